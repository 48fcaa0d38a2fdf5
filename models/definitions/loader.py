"""Reads a bundle (a folder of YAML) into a Bundle, remembering file and line of everything for the checks.

programme.yaml names the stage files in order; forms.yaml, messages.yaml, words.yaml, areas.yaml and intake.yaml stand beside it,
and public.yaml when people register by themselves.
"""

import hashlib
import json
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from models.definitions.live import Bundle

Path_ = tuple[str | int, ...]
PINNED_KEYS = ("programme", "version", "effective_from", "number_prefix", "name")
LIVE_KEYS = ("target", "calendar", "groups", "queues", "partners", "resources", "consent", "retention_months")

HINTS = {
    "extra_forbidden": "remove it or correct its spelling",
    "missing": "add it",
    "dict_type": "write keys and values",
    "list_type": "write a list, e.g. [a, b]",
    "string_type": "write a text; quote what looks like a number or yes/no",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong: where, what, and what to do. A warning does not stop publishing."""

    file: str
    line: int
    message: str
    hint: str = ""
    warning: bool = False

    def __str__(self) -> str:
        hint = f" Hint: {self.hint}" if self.hint else ""
        return f"{self.file}:{self.line}: {'warning: ' if self.warning else ''}{self.message}.{hint}"


@dataclass(slots=True)
class Source:
    """Where each path of the bundle stands: (file, line) by path, such as ("pinned", "stages", 3, "steps", "apply")."""

    roots: dict[Path_, tuple[str, Any]] = field(default_factory=dict)

    def place(self, path: Path_) -> tuple[str, int]:
        """The file and line (from 1) of a path, or of its nearest known ancestor."""
        for size in range(len(path), -1, -1):
            found = self.roots.get(path[:size])
            if found:
                file, node = found
                return file, _line(node, path[size:])
        return "programme.yaml", 1


def _line(node: Any, rest: Path_) -> int:
    line = getattr(getattr(node, "lc", None), "line", 0)
    for key in rest:
        if isinstance(node, CommentedMap) and key in node:
            line = node.lc.key(key)[0]
        elif isinstance(node, CommentedSeq) and isinstance(key, int) and key < len(node):
            line = node.lc.item(key)[0]
        else:
            break
        node = node[key]
    return int(line) + 1


@dataclass(frozen=True, slots=True)
class Loaded:
    """What came of reading a folder: the bundle (None when it has errors), findings and places."""

    bundle: Bundle | None
    findings: list[Finding]
    source: Source


def load(folder: Path) -> Loaded:
    """Read and validate a bundle; errors come back as findings with file and line, never as exceptions."""
    source, findings = Source(), list[Finding]()

    read = partial(_read, folder, source, findings)
    programme = read("programme.yaml")
    if not isinstance(programme, CommentedMap):
        if not findings:
            findings.append(Finding("programme.yaml", 1, "must hold keys and values", "begin with programme: code"))
        return Loaded(None, findings, source)
    _root(source, programme)
    names = programme.get("stages")
    if not isinstance(names, CommentedSeq) or not names:
        findings.append(
            Finding(
                "programme.yaml", _line(programme, ("stages",)), "stages: must be a list of stage files", "e.g. stages: [p1_registration]"
            )
        )
        return Loaded(None, findings, source)
    stages = [read(f"{name}.yaml", "pinned", "stages", n) for n, name in enumerate(names)]
    pinned = {key: programme[key] for key in PINNED_KEYS if key in programme}
    pinned |= {"stages": stages, "forms": read("forms.yaml", "pinned", "forms") or {}}
    live = {key: programme[key] for key in LIVE_KEYS if key in programme}
    live["messages"] = read("messages.yaml", "live", "messages") or {}
    live["words"] = read("words.yaml", "live", "words") or {}
    live["areas"] = read("areas.yaml", "live", "areas") or {}
    if (folder / "public.yaml").exists():
        live["public"] = read("public.yaml", "live", "public")
    live["evidence"] = _evidence(source, read("intake.yaml", "live", "evidence"), findings)
    for unknown in set(programme) - {*PINNED_KEYS, *LIVE_KEYS, "stages"}:
        file, line = source.place((unknown,))
        findings.append(Finding(file, line, f"unknown key {unknown}", f"known are {', '.join(PINNED_KEYS + LIVE_KEYS)}"))
    if findings:
        return Loaded(None, findings, source)
    try:
        return Loaded(Bundle.model_validate({"pinned": plain(pinned), "live": plain(live)}), [], source)
    except ValidationError as error:
        return Loaded(None, [_finding(source, dict(item)) for item in error.errors()], source)


def _read(folder: Path, source: Source, findings: list[Finding], name: str, *path: str | int) -> Any:
    """One file's content, its place remembered under `path`; None with a finding when it cannot be read."""
    try:
        node = YAML(typ="rt").load((folder / name).read_text(encoding="utf-8"))
    except FileNotFoundError:
        findings.append(Finding(name, 1, "the file is missing", f"create {name} beside programme.yaml"))
        return None
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        findings.append(Finding(name, line, f"not readable as YAML: {error.problem}", "check indentation and quotes"))
        return None
    except (YAMLError, UnicodeDecodeError) as error:
        findings.append(Finding(name, 1, f"not readable as YAML: {error}", "save it as UTF-8 text"))
        return None
    source.roots[path] = (name, node)
    return node


def _evidence(source: Source, node: Any, findings: list[Finding]) -> Any:
    """The list under `evidence:`; its place is that of the list, so that a rule is found by its number."""
    if not isinstance(node, CommentedMap):
        if node is not None:
            findings.append(Finding("intake.yaml", 1, "must hold evidence: and a list", "begin with evidence:"))
        return []
    for unknown in set(node) - {"evidence"}:
        findings.append(Finding("intake.yaml", _line(node, (unknown,)), f"unknown key {unknown}", "known is evidence"))
    rules = node.get("evidence") or []
    if isinstance(rules, CommentedSeq):
        source.roots[("live", "evidence")] = ("intake.yaml", rules)
    return rules


def _root(source: Source, programme: CommentedMap) -> None:
    """Register the keys of programme.yaml under the parts of the bundle to which they belong."""
    for key in programme:
        part = "pinned" if key in PINNED_KEYS else "live"
        if isinstance(programme[key], CommentedMap | CommentedSeq):
            source.roots[(part, key)] = ("programme.yaml", programme[key])


def _finding(source: Source, item: dict[str, Any]) -> Finding:
    path = tuple(part for part in item["loc"])
    file, line = source.place(path)
    where = ".".join(str(part) for part in path[1:])
    message = str(item["msg"]).removeprefix("Value error, ")
    return Finding(file, line, f"{where}: {message}", HINTS.get(str(item["type"]), ""))


def plain(node: Any) -> Any:
    """Turn ruamel's nodes into plain dicts, lists and scalars."""
    if isinstance(node, dict):
        return {str(key): plain(value) for key, value in node.items()}
    if isinstance(node, list):
        return [plain(value) for value in node]
    return node


def canonical(model: Any) -> str:
    """The canonical JSON of a part: sorted keys, no blanks, defaults left out."""
    data = model.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    return json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def in_order(model: Any) -> str:
    """The JSON of a part as it is kept: steps and outcomes in the order in which they were written."""
    return json.dumps(model.model_dump(mode="json", by_alias=True, exclude_defaults=True), ensure_ascii=False)


def content_hash(model: Any) -> str:
    """SHA-256 of the canonical JSON, as 64 hex digits."""
    return hashlib.sha256(canonical(model).encode()).hexdigest()

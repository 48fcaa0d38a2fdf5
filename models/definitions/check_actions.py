"""What can be wrong with the parameters of an action: missing, unknown, or of the wrong type."""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, get_args

from pydantic import TypeAdapter, ValidationError
from pydantic_core import to_json

from models.definitions.checking import ActionSpec, Checking, near
from models.definitions.loader import HINTS, Finding, Path_
from models.definitions.schema import Step

MOST = {"places": 10_000, "weeks_ahead": 520}
EXPECTED = HINTS | {"int_type": "write a whole number, e.g. 5"}


def action(c: Checking, name: str, step: Step, path: Path_) -> Iterator[Finding]:
    """The action exists, has all that it needs, of the right type, and nothing else."""
    spec = c.actions.get(str(step.do))
    if spec is None:
        yield c.found((*path, "do"), f"{name}: there is no action {step.do}", near(str(step.do), c.actions))
        return
    for need in sorted(spec.needs.keys() - step.with_.keys()):
        if not _may_be_left_out(spec.needs[need]):
            yield c.found((*path, "with"), f"{name}: {step.do} needs {need}", f"say it under with: {need}: …")
    for key, value in step.with_.items():
        if key not in spec.needs:
            yield c.found((*path, "with", key), f"{name}: {step.do} takes no {key}", near(key, spec.needs) if spec.needs else "remove it")
        else:
            yield from _value(c, name, (*path, "with", key), key, value, spec)
            if isinstance(value, int) and value > MOST.get(key, value):
                yield c.found((*path, "with", key), f"{name}: {key}: {value} is too many", f"say at most {MOST[key]}")
    message = step.with_.get("message")
    if step.do == "send_message" and isinstance(message, str) and message not in c.definition.live.messages:
        yield c.found((*path, "with", "message"), f"{name}: there is no message {message}", near(message, c.definition.live.messages))


def _value(c: Checking, name: str, path: Path_, key: str, value: Any, spec: ActionSpec) -> Iterator[Finding]:
    try:
        _reader(spec.needs[key]).validate_json(to_json(value, fallback=str), strict=True)
    except ValidationError as error:
        for item in error.errors():
            where = ".".join([key, *(str(part) for part in item["loc"])])
            message = str(item["msg"]).removeprefix("Value error, ")
            if message.startswith("Input should be "):
                message = f"expected {message.removeprefix('Input should be ')}, not {str(item['input'])[:60]!r}"
            yield c.found((*path, *item["loc"]), f"{name}: {where}: {message}", EXPECTED.get(item["type"], ""))


@cache
def _reader(type_: Any) -> TypeAdapter[Any]:
    return TypeAdapter(type_)


def _may_be_left_out(type_: Any) -> bool:
    return type(None) in get_args(type_)


def facts_of(spec: ActionSpec, parameters: Mapping[str, Any]) -> set[str]:
    """The facts that an action gives with these parameters: `{fact}_found` stands for a text, `{facts}` for keys of a map."""
    found = set[str]()
    for name in spec.gives:
        asked = re.search(r"\{(\w+)\}", name)
        value = parameters.get(asked[1]) if asked else None
        if asked is None:
            found.add(name)
        elif isinstance(value, dict):
            found |= set(value)
        elif value is not None:
            found.add(name.replace(asked[0], str(value)))
    return found

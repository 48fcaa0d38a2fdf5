"""Forms of a definition: checking what a person typed the Indonesian way, and which fields are asked meanwhile.

Own code instead of a JSON Schema validator, because each error must say in the reader's language what to do, and money
and dates arrive as people type them ("Rp 2.500.000", "31 Januari 2018"). Staff pages, the API and public pages ask the same.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from models.definitions.conditions import is_true, value_of
from models.definitions.field import FILES, Form, FormField, Option
from models.definitions.form_words import limit_problem, problem
from models.definitions.typed import READ, json_type_missed
from models.errors import Problem
from models.language import BOTH

Variables = dict[str, Any]
MOST_ROWS: Final = 50
_ID: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(frozen=True, slots=True)
class _Reading:
    """How answers are read: in which language to complain, strictly or not, and the files that there are (id: media type)."""

    locale: str = BOTH
    optional: bool = False
    as_json: bool = False
    files: Mapping[str, str] = field(default_factory=dict)


def validate(
    form: Form,
    typed: Mapping[str, Any],
    locale: str = BOTH,
    *,
    optional: bool = False,
    as_json: bool = False,
    files: Mapping[str, str] | None = None,
) -> tuple[dict[str, Any], dict[str, Any], list[Problem]]:
    """Check and clean answers as typed, or `as_json`: of JSON's own types; when `optional`, required fields may stay empty.

    `files` are the uploaded files that an answer may name: id → media type. Returns (clean answers, personal answers,
    problems). Dates become ISO text, rupiah integers, phones E.164, a file true, a group a list of its rows' answers. A
    field whose condition is false is not asked and its answer dropped. When there are problems the answers are incomplete.
    """
    clean, problems = _fields(form.fields, typed, _Reading(locale, optional, as_json, files or {}), {}, "")
    personal = {item.name: clean.pop(item.name) for item in form.fields if item.personal and item.name in clean}
    return clean, personal, problems


def _fields(
    fields: Iterable[FormField], typed: Mapping[str, Any], how: _Reading, above: dict[str, Any], place: str
) -> tuple[dict[str, Any], list[Problem]]:
    """Clean answers and problems of a form, or of one row of a group whose form has the answers `above`."""
    known = {item.name: item for item in fields}
    clean: dict[str, Any] = {}
    problems = [problem("unknown_field", f"{place}{name}", how.locale) for name in typed if name not in known]
    for name, item in known.items():
        if not is_asked(item, above | clean):
            continue
        raw = typed.get(name)
        if _is_empty(raw):
            if item.required and not how.optional:
                problems.append(problem("required", f"{place}{name}", how.locale))
            continue
        if item.type == "group":
            value, found = _rows(item, raw, how, above | clean, f"{place}{name}")
            problems += found
        else:
            value, code = _read(item, raw, how)
            found = [limit_problem(item, f"{place}{name}", code, how.locale)] if code else []
            problems += found
        if not found:
            clean[name] = value
    return clean, problems


def _read(item: FormField, raw: Any, how: _Reading) -> tuple[Any, str | None]:
    if item.type in FILES and isinstance(raw, str) and (_ID.fullmatch(raw) or how.as_json):
        kind = how.files.get(raw)
        if kind is None:
            return None, "no_such_file"
        return (True, None) if item.type != "photo" or kind.startswith("image/") else (None, "not_photo")
    code = json_type_missed(raw, item) if how.as_json else None
    value, code = (None, code) if code else READ[item.type](raw, item)
    return value, code or _limits(item, value)


def _rows(item: FormField, raw: Any, how: _Reading, above: dict[str, Any], place: str) -> tuple[list[dict[str, Any]], list[Problem]]:
    """The rows of a group; those that a person left empty are none. Problems stand at `group.row.field`, rows from 0."""
    if not isinstance(raw, list) or len(raw) > MOST_ROWS or not all(isinstance(row, dict) for row in raw):
        return [], [problem("not_rows", place, how.locale, MOST_ROWS)]
    rows: list[dict[str, Any]] = []
    problems: list[Problem] = []
    for number, row in enumerate(raw):
        if all(_is_empty(value) for value in row.values()):
            continue
        clean, found = _fields(item.fields, row, how, above, f"{place}.{number}.")
        rows.append(clean)
        problems += found
    code = "too_few_rows" if not how.optional and len(rows) < (item.min or 0) else None
    code = "too_many_rows" if item.max is not None and len(rows) > item.max else code
    return rows, [*problems, *([limit_problem(item, place, code, how.locale)] if code else [])]


def _is_empty(raw: Any) -> bool:
    """Whether nothing was answered; rows without an answer are nothing."""
    if isinstance(raw, list):
        return all(isinstance(row, dict) and all(_is_empty(value) for value in row.values()) for row in raw)
    return raw is None or (isinstance(raw, str) and not raw.strip())


def is_asked(item: FormField, answers: dict[str, Any]) -> bool:
    """Whether a field is shown, given the clean answers before it."""
    return item.when is None or is_true(item.when, {"answers": answers, "facts": answers, "case": {}})


def offered(item: FormField, answers: dict[str, Any], around: Variables | None) -> list[Option]:
    """The options of a field that may be chosen, given the answers before it; all of them when nothing is known around it."""
    if around is None:
        return item.options
    variables = _with_answers(around, answers)
    return [option for option in item.options if option.when is None or is_true(option.when, variables)]


def asked_now(form: Form, typed: Mapping[str, Any], around: Variables | None = None) -> dict[str, tuple[str, ...]]:
    """The fields that are asked while somebody types, in order, each with the options that it offers; `group.row.field` inside groups.

    Whatever cannot be read yet counts as not answered.
    """
    return dict(_asked(form.fields, typed, around, {}, ""))


def _asked(
    fields: Iterable[FormField], typed: Mapping[str, Any], around: Variables | None, above: dict[str, Any], place: str
) -> Iterator[tuple[str, tuple[str, ...]]]:
    lenient, clean = _Reading(optional=True), dict(above)
    for item in fields:
        if not is_asked(item, clean):
            continue
        options = [option.value for option in offered(item, clean, around)]
        yield f"{place}{item.name}", tuple(options)
        raw = typed.get(item.name)
        if item.type == "group":
            for number, row in enumerate(raw if isinstance(raw, list) else []):
                yield from _asked(item.fields, row, around, clean, f"{place}{item.name}.{number}.")
        # A choice that is not offered any more is no answer to what comes after it.
        if not item.options or raw in options or isinstance(raw, list):
            clean |= _fields([item.model_copy(update={"when": None})], {item.name: raw}, lenient, clean, "")[0]


def broken(fields: Iterable[FormField], answers: dict[str, Any], around: Variables, locale: str = "id") -> list[Problem]:
    """What clean answers violate that only the case can tell: `must:` of a field, and options that are not offered now.

    `around` is what conditions read: {"case": …, "facts": …}. One problem for a field, the first of its rules.
    """
    return list(_broken(fields, answers, around, {}, "", locale))


def _broken(
    fields: Iterable[FormField], answers: dict[str, Any], around: Variables, above: dict[str, Any], place: str, locale: str
) -> Iterator[Problem]:
    together = above | answers
    variables = _with_answers(around, together)
    for item in fields:
        value = answers.get(item.name)
        if value is None:
            continue
        if item.type == "group":
            for number, row in enumerate(value):
                yield from _broken(item.fields, row, around, together, f"{place}{item.name}.{number}.", locale)
        given = value if isinstance(value, list) else [value]
        known = [option.value for option in offered(item, together, around)]
        if item.options and not all(chosen in known for chosen in given):
            yield problem("not_choice", f"{place}{item.name}", locale)
            continue
        failed = next((rule for rule in item.must if value_of(rule.if_, variables) is False), None)
        if failed is not None:
            yield Problem("must", failed.else_.in_(locale), field=f"{place}{item.name}")


def _with_answers(around: Variables, answers: dict[str, Any]) -> Variables:
    return {"case": around["case"], "facts": {**around["facts"], **answers}, "answers": answers}


def _limits(item: FormField, value: Any) -> str | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    if item.min is not None and value < item.min:
        return "too_small"
    if item.max is not None and value > item.max:
        return "too_large"
    return None

"""Forms of a definition: their JSON Schema, and checking what a person typed the Indonesian way.

Own code instead of a JSON Schema validator, because each error must say in the reader's language what to do, and money
and dates arrive as people type them ("Rp 2.500.000", "24/01/2018").
"""

from collections.abc import Iterable
from typing import Any, Final

from models.definitions.conditions import is_true, value_of
from models.definitions.schema import Form, FormField, Option, Text
from models.definitions.typed import JSON_TYPE, READ, json_type_missed
from models.errors import Problem
from models.language import BOTH

Variables = dict[str, Any]
_WORDS: Final[dict[str, tuple[str, str]]] = {
    "required": ("Isi bagian ini.", "Fill this in."),
    "unknown_field": ("Bagian ini tidak dikenal.", "This field is not known."),
    "not_text": ("Isi dengan teks, paling panjang {limit} huruf.", "Enter text, at most {limit} characters."),
    "not_number": ("Isi dengan angka, misalnya 12 atau 12,5.", "Enter a number, for example 12 or 12.5."),
    "not_rupiah": ("Isi jumlah dalam rupiah, misalnya 2.500.000.", "Enter an amount in rupiah, for example 2.500.000."),
    "not_date": ("Isi tanggal seperti 24/01/2018.", "Enter a date such as 24/01/2018."),
    "not_choice": ("Pilih salah satu dari daftar.", "Choose one from the list."),
    "not_yes_no": ("Pilih ya atau tidak.", "Choose yes or no."),
    "not_phone": (
        "Isi nomor HP Indonesia, misalnya 0812 3456 7890.",
        "Enter an Indonesian number, e.g. 0812 3456 7890.",
    ),
    "not_code": (
        "Isi nomor dokumen: huruf, angka, titik, garis miring atau garis datar, paling panjang {limit}.",
        "Enter a document's number: letters, digits, dots, slashes or dashes, at most {limit}.",
    ),
    "looks_like_nik": ("Ini seperti NIK. Isi nomor dokumen.", "This looks like a NIK. Enter the document's number."),
    "not_case": ("Isi nomor berkas seperti OKO-2018-000123.", "Enter a case number such as OKO-2018-000123."),
    "not_json_number": ("Kirim sebagai angka JSON, bukan teks.", "Send a JSON number, not text."),
    "not_json_boolean": ("Kirim true atau false.", "Send true or false."),
    "too_small": ("Isi paling sedikit {limit}.", "Enter at least {limit}."),
    "too_large": ("Isi paling banyak {limit}.", "Enter at most {limit}."),
}


def json_schema(form: Form, locale: str = "id", around: Variables | None = None) -> dict[str, Any]:
    """The form as JSON Schema; `x-…` keys are hints for whoever draws it.

    With what is known `around` it, options that cannot be chosen whatever is answered are left out.
    """
    properties = {}
    for field in form.fields:
        described = dict(JSON_TYPE[field.type]) | {"title": field.label.in_(locale), "x-type": field.type}
        if field.hint:
            described["description"] = field.hint.in_(locale)
        if field.options:
            there = offered(field, {}, around)
            shown = [option for option in field.options if option in there or "answers." in (option.when or "")]
            target = described["items"] if field.type == "choices" else described
            target["enum"] = [option.value for option in shown]
            described["x-labels"] = {option.value: option.label.in_(locale) for option in shown}
            if any(option.when for option in shown):
                described["x-option-when"] = {option.value: option.when for option in shown if option.when}
        if field.min is not None:
            described["minimum"] = field.min
        if field.max is not None:
            described["maximum"] = field.max
        if field.when:
            described["x-when"] = field.when
        if field.personal:
            described["x-personal"] = True
        properties[field.name] = described
    required = [field.name for field in form.fields if field.required and not field.when]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": form.title.in_(locale),
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": False,
    }


def validate(
    form: Form, typed: dict[str, Any], locale: str = BOTH, *, optional: bool = False, as_json: bool = False
) -> tuple[dict[str, Any], dict[str, Any], list[Problem]]:
    """Check and clean answers as typed, or `as_json`: of JSON's own types; when `optional`, required fields may stay empty.

    Returns (clean answers, personal answers, problems). Dates become ISO text, rupiah integers, phones E.164. A field
    whose condition is false is not asked and its answer dropped. When there are problems the answers are incomplete.
    """
    clean: dict[str, Any] = {}
    problems: list[Problem] = []
    names = {field.name for field in form.fields}
    problems += [_problem("unknown_field", name, locale) for name in typed if name not in names]
    for field in form.fields:
        if not is_asked(field, clean):
            continue
        raw = typed.get(field.name)
        if raw is None or (isinstance(raw, str) and not raw.strip()) or raw == []:
            if field.required and not optional:
                problems.append(_problem("required", field.name, locale))
            continue
        value, code = (None, json_type_missed(raw, field)) if as_json else (None, None)
        if code is None:
            value, code = READ[field.type](raw, field)
        if code is None:
            code = _limits(field, value)
        if code is not None:
            problems.append(_limit_problem(field, code, locale))
            continue
        clean[field.name] = value
    personal = {field.name: clean.pop(field.name) for field in form.fields if field.personal and field.name in clean}
    return clean, personal, problems


def is_asked(field: FormField, answers: dict[str, Any]) -> bool:
    """Whether a field is shown, given the answers before it."""
    return field.when is None or is_true(field.when, {"answers": answers, "facts": answers, "case": {}})


def offered(field: FormField, answers: dict[str, Any], around: Variables | None) -> list[Option]:
    """The options of a field that may be chosen, given the answers before it; all of them when nothing is known around it."""
    if around is None:
        return field.options
    variables = _with_answers(around, answers)
    return [option for option in field.options if option.when is None or is_true(option.when, variables)]


def broken(fields: Iterable[FormField], answers: dict[str, Any], around: Variables, locale: str = "id") -> list[Problem]:
    """What clean answers violate that only the case can tell: `must:` of a field, and options that are not offered now.

    `around` is what conditions read: {"case": …, "facts": …}. One problem for a field, the first of its rules.
    """
    variables, problems = _with_answers(around, answers), []
    for field in fields:
        value = answers.get(field.name)
        if value is None:
            continue
        given = value if isinstance(value, list) else [value]
        known = [option.value for option in offered(field, answers, around)]
        if field.options and not all(item in known for item in given):
            problems.append(_problem("not_choice", field.name, locale))
            continue
        failed = next((rule for rule in field.must if value_of(rule.if_, variables) is False), None)
        if failed is not None:
            problems.append(Problem("must", failed.else_.in_(locale), field=field.name))
    return problems


def _with_answers(around: Variables, answers: dict[str, Any]) -> Variables:
    return {"case": around["case"], "facts": {**around["facts"], **answers}, "answers": answers}


def _problem(code: str, name: str, locale: str, limit: Any = "") -> Problem:
    indonesian, english = (words.format(limit=limit) for words in _WORDS[code])
    return Problem(code, Text(id=indonesian, en=english).in_(locale), field=name)


def _limits(field: FormField, value: Any) -> str | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    if field.min is not None and value < field.min:
        return "too_small"
    if field.max is not None and value > field.max:
        return "too_large"
    return None


def _limit_problem(field: FormField, code: str, locale: str) -> Problem:
    if code in ("too_small", "too_large"):
        if field.error:
            return Problem(code, field.error.in_(locale), field=field.name)
        return _problem(code, field.name, locale, field.min if code == "too_small" else field.max)
    return _problem(code, field.name, locale, JSON_TYPE[field.type].get("maxLength", ""))

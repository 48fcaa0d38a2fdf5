"""Forms of a definition: their JSON Schema, and checking what a person typed the Indonesian way.

Own code instead of a JSON Schema validator, because each error must say in the reader's language what to do, and money
and dates arrive as people type them ("Rp 2.500.000", "24/01/2018").
"""

import re
from collections.abc import Callable, Iterable
from datetime import date
from typing import Any, Final

import phonenumbers

from models.definitions.conditions import is_true, value_of
from models.definitions.schema import Form, FormField, Option, Text
from models.errors import Problem
from models.language import BOTH

Variables = dict[str, Any]
_JSON_TYPE: Final[dict[str, dict[str, Any]]] = {
    "text": {"type": "string", "maxLength": 200},
    "long_text": {"type": "string", "maxLength": 4000},
    "number": {"type": "number"},
    "rupiah": {"type": "integer"},
    "date": {"type": "string", "format": "date"},
    "choice": {"type": "string"},
    "choices": {"type": "array", "items": {"type": "string"}},
    "yes_no": {"type": "boolean"},
    "phone": {"type": "string"},
    "document": {"type": "boolean"},
    "person": {"type": "string", "format": "uuid"},
    "code": {"type": "string", "maxLength": 60},
    "case": {"type": "string", "maxLength": 20},
}
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
    "too_small": ("Isi paling sedikit {limit}.", "Enter at least {limit}."),
    "too_large": ("Isi paling banyak {limit}.", "Enter at most {limit}."),
}
_YES: Final = {"ya", "yes", "true", "1", "y"}
_NO: Final = {"tidak", "no", "false", "0", "n"}
_NIK: Final = re.compile(r"\d{6}([04][1-9]|[1256]\d|[37][01])(0[1-9]|1[0-2])\d{6}")


def json_schema(form: Form, locale: str = "id", around: Variables | None = None) -> dict[str, Any]:
    """The form as JSON Schema; `x-…` keys are hints for whoever draws it.

    With what is known `around` it, options that cannot be chosen whatever is answered are left out.
    """
    properties = {}
    for field in form.fields:
        described = dict(_JSON_TYPE[field.type]) | {"title": field.label.in_(locale), "x-type": field.type}
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
    form: Form, typed: dict[str, Any], locale: str = BOTH, *, optional: bool = False
) -> tuple[dict[str, Any], dict[str, Any], list[Problem]]:
    """Check and clean answers as typed; when `optional`, required fields may stay empty.

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
        value, code = _READ[field.type](raw, field)
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
    return _problem(code, field.name, locale, _JSON_TYPE[field.type].get("maxLength", ""))


Read = tuple[Any, str | None]


def _text(raw: Any, field: FormField) -> Read:
    limit = _JSON_TYPE[field.type]["maxLength"]
    ok = isinstance(raw, str) and len(raw) <= limit and "\x00" not in raw
    return (raw.strip(), None) if ok else (None, "not_text")


def number_of(raw: Any) -> float | None:
    """A number as Indonesians type it: 1.234,5 or 1234.5; None when it is none."""
    if isinstance(raw, bool):
        return None
    if isinstance(raw, int | float):
        return float(raw) if abs(raw) < 1e15 else None
    text = str(raw).strip().replace(" ", "")
    if re.fullmatch(r"-?\d{1,3}(\.\d{3})+(,\d+)?", text):
        text = text.replace(".", "").replace(",", ".")
    elif re.fullmatch(r"-?\d+,\d+", text):
        text = text.replace(",", ".")
    return float(text) if re.fullmatch(r"-?\d{1,15}(\.\d+)?", text) else None


def _number(raw: Any, _field: FormField) -> Read:
    value = number_of(raw)
    if value is None:
        return None, "not_number"
    return (int(value) if value.is_integer() else value), None


def _rupiah(raw: Any, _field: FormField) -> Read:
    text = raw if isinstance(raw, int | float) else re.sub(r"(?i)^rp\.?\s*|,-$", "", str(raw).strip())
    value = number_of(text)
    return (int(value), None) if value is not None and value.is_integer() else (None, "not_rupiah")


def _date(raw: Any, _field: FormField) -> Read:
    text = str(raw).strip()
    match = re.fullmatch(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})", text)
    try:
        if match:
            return date(int(match[3]), int(match[2]), int(match[1])).isoformat(), None
        return date.fromisoformat(text).isoformat(), None
    except ValueError:
        return None, "not_date"


def _choice(raw: Any, field: FormField) -> Read:
    return (raw, None) if raw in [option.value for option in field.options] else (None, "not_choice")


def _choices(raw: Any, field: FormField) -> Read:
    known = [option.value for option in field.options]
    ok = isinstance(raw, list) and all(item in known for item in raw)
    return (sorted(set(raw)), None) if ok else (None, "not_choice")


def _yes_no(raw: Any, _field: FormField) -> Read:
    if isinstance(raw, bool):
        return raw, None
    word = str(raw).strip().lower()
    return (word in _YES, None) if word in _YES | _NO else (None, "not_yes_no")


def _phone(raw: Any, _field: FormField) -> Read:
    try:
        number = phonenumbers.parse(str(raw), "ID")
    except phonenumbers.NumberParseException:
        return None, "not_phone"
    if not phonenumbers.is_valid_number(number):
        return None, "not_phone"
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164), None


def _code(raw: Any, _field: FormField) -> Read:
    text = str(raw).strip()
    if _NIK.fullmatch(re.sub(r"[. -]", "", text)):
        return None, "looks_like_nik"
    # A number has few blanks; a sentence around it could name somebody.
    if len(text) > 60 or not re.fullmatch(r"[\w./-]+( [\w./-]+){0,2}", text) or not re.search(r"\d", text):
        return None, "not_code"
    return text, None


def _case(raw: Any, _field: FormField) -> Read:
    text = str(raw).strip().upper()
    return (text, None) if re.fullmatch(r"[A-Z]{2,5}-\d{4}-\d{6,}", text) else (None, "not_case")


_READ: Final[dict[str, Callable[[Any, FormField], Read]]] = {
    "text": _text,
    "long_text": _text,
    "number": _number,
    "rupiah": _rupiah,
    "date": _date,
    "choice": _choice,
    "choices": _choices,
    "yes_no": _yes_no,
    "phone": _phone,
    "document": _yes_no,
    "person": lambda raw, _field: (raw, None) if re.fullmatch(r"[0-9a-f-]{36}", str(raw)) else (None, "not_choice"),
    "code": _code,
    "case": _case,
}

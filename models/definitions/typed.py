"""Reading one answer: as people type it the Indonesian way ("Rp 2.500.000", "24/01/2018"), or of JSON's own types."""

import re
from collections.abc import Callable
from datetime import date
from typing import Any, Final

import phonenumbers

from models.definitions.months import FULL, SHORT
from models.definitions.schema import FormField

JSON_TYPE: Final[dict[str, dict[str, Any]]] = {
    "text": {"type": "string", "maxLength": 200},
    "long_text": {"type": "string", "maxLength": 4000},
    "number": {"type": "number"},
    "rupiah": {"type": "integer"},
    "date": {"type": "string", "format": "date"},
    "choice": {"type": "string"},
    "choices": {"type": "array", "items": {"type": "string"}},
    "yes_no": {"type": "boolean"},
    "phone": {"type": "string"},
    # The id of a file of the case, or true when the original was seen.
    "document": {"type": ["string", "boolean"]},
    "photo": {"type": ["string", "boolean"]},
    "person": {"type": "string", "format": "uuid"},
    "code": {"type": "string", "maxLength": 60},
    "case": {"type": "string", "maxLength": 20},
    "group": {"type": "array"},
}
_YES: Final = {"ya", "yes", "true", "1", "y"}
_NO: Final = {"tidak", "no", "false", "0", "n"}
_NIK: Final = re.compile(r"\d{6}([04][1-9]|[1256]\d|[37][01])(0[1-9]|1[0-2])\d{6}")

Read = tuple[Any, str | None]


def _text(raw: Any, field: FormField) -> Read:
    limit = JSON_TYPE[field.type]["maxLength"]
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
    text = str(raw).strip().lower()
    match = re.fullmatch(r"(\d{1,2})[/. -](\d{1,2}|[a-z]{3,9}\.?)[/. -](\d{4})", text)
    try:
        if match:
            return date(int(match[3]), _month(match[2]), int(match[1])).isoformat(), None
        return date.fromisoformat(text).isoformat(), None
    except ValueError:
        return None, "not_date"


def _month(word: str) -> int:
    """A month as a number or by its name, in full or by its first three letters. Raises ValueError."""
    if word.isdigit():
        return int(word)
    name = word.rstrip(".")
    begun = {number for known, number in FULL.items() if known == name or (len(name) == 3 and known.startswith(name))}
    if name in SHORT or len(begun) == 1:
        return SHORT[name] if name in SHORT else begun.pop()
    raise ValueError(word)


def as_typed(value: Any, field: FormField) -> Any:
    """A clean answer as a person would have typed it: "2.500.000", "24/01/2018", "ya"; groups row by row."""
    if isinstance(value, bool):
        return "ya" if value else "tidak"
    if field.type == "group":
        rows = value if isinstance(value, list) else []
        return [{f.name: as_typed(row[f.name], f) for f in field.fields if row.get(f.name) is not None} for row in rows]
    if field.type in ("rupiah", "number") and isinstance(value, int | float):
        return f"{value:,}".translate({ord(","): ".", ord("."): ","})
    if field.type == "date" and (match := re.fullmatch(r"(\d{4})-(\d\d)-(\d\d)", str(value))):
        return f"{match[3]}/{match[2]}/{match[1]}"
    return value if isinstance(value, list) else str(value)


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


READ: Final[dict[str, Callable[[Any, FormField], Read]]] = {
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
    "photo": _yes_no,
    "person": lambda raw, _field: (raw, None) if re.fullmatch(r"[0-9a-f-]{36}", str(raw)) else (None, "not_choice"),
    "code": _code,
    "case": _case,
}


def json_type_missed(raw: Any, field: FormField) -> str | None:
    """What a machine should have sent, where it sent text or the like for a number or a boolean."""
    kind = JSON_TYPE[field.type]["type"]
    if kind in ("number", "integer") and (isinstance(raw, bool) or not isinstance(raw, int | float)):
        return "not_json_number"
    return "not_json_boolean" if kind == "boolean" and not isinstance(raw, bool) else None

"""What may be stored of a person, a rule for each field: the same for one who registers and for a correction.

A list is read by the same rules where a cell must not be taken as it stands; where it can be mended it is, and a warning says so.
"""

import re
from collections.abc import Callable
from datetime import date
from typing import Any, Final

from models.errors import Problem
from models.intake import fields
from models.intake.cells import text_of
from models.intake.messages import MESSAGES
from models.intake.nik import read_nik

Read = tuple[Any, Problem | None]
LONGEST_NAME: Final = 120


def check(values: dict[str, Any], today: date) -> tuple[dict[str, Any], list[Problem]]:
    """The values as they are stored, and what is wrong by field; None, and a field without a rule, stay as they are.

    Dates come and go as ISO text. What is wrong is left in as it was given.
    """
    clean, problems = dict(values), []
    for name, rule in _RULES.items():
        if clean.get(name) is not None:
            clean[name], problem = rule(clean[name], today)
            problems += [problem] if problem else []
    return clean, problems


def in_both(code: str, field: str, **words: str) -> Problem:
    """A code of lists as the problem of a field, in both languages."""
    return Problem(code, " / ".join(MESSAGES[code]).format(**words), field=field)


def _name(value: str, _today: date) -> Read:
    name = fields.name_of(value)[:LONGEST_NAME]
    if not name:
        return name, Problem("required", "Isi bagian ini / Fill this in", field="name")
    # As it was sent, too: what a list's cell is freed of without a word, nobody types into a field by accident.
    return name, None if fields.is_name(value.strip()) and fields.is_name(name) else in_both("NAME_INVALID", "name")


def _nik(value: str, _today: date) -> Read:
    nik = read_nik(value)
    return nik.digits, in_both(nik.error, "nik", shown=nik.shown) if nik.error else None


def _sex(value: str, _today: date) -> Read:
    sex = fields.sex_of(value)
    return sex, None if sex else Problem("not_choice", "Isi dengan L atau P / Enter L (male) or P (female)", field="sex")


def _birth_date(value: str, today: date) -> Read:
    message = "Tanggal lahir antara 1900 dan hari ini / a date between 1900 and today"
    return value, None if "1900" <= value <= today.isoformat() else Problem("not_date", message, field="birth_date")


def _email(value: str, _today: date) -> Read:
    message = "Isi alamat surel seperti nama@contoh.id / enter an address such as name@example.org"
    return value, None if fields.email_of(value) else Problem("not_email", message, field="email")


def _three_digits(name: str) -> Callable[[str, date], Read]:
    message = "Isi satu sampai tiga angka / one to three digits"

    def rule(value: str, _today: date) -> Read:
        fits = re.fullmatch(r"[0-9]{1,3}", value)
        return value.zfill(3), None if fits else Problem("not_number", message, field=name)

    return rule


def _text(value: str, _today: date) -> Read:
    return text_of(value) or None, None


_RULES: Final[dict[str, Callable[[str, date], Read]]] = {
    "name": _name,
    "nik": _nik,
    "sex": _sex,
    "birth_place": _text,
    "birth_date": _birth_date,
    "email": _email,
    "address": _text,
    "rt": _three_digits("rt"),
    "rw": _three_digits("rw"),
    "business_type": _text,
}

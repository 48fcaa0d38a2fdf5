"""The NIK, Indonesia's identity number, as it arrives from spreadsheets.

16 digits: region of first issue (6), birth date DDMMYY with 40 added to a woman's day (6), serial from 0001 (4). It never
changes: a difference to the present address or to a corrected birth date is no reason to refuse anybody.
"""

import re
from dataclasses import dataclass
from datetime import date
from typing import Any

from models.intake.cells import is_nothing, text_of


@dataclass(frozen=True, slots=True)
class Nik:
    """A NIK, or the code of what is wrong with it; `warning` when it is right but doubtful; `shown` for messages."""

    digits: str = ""
    error: str | None = None
    warning: str | None = None
    normalised: bool = False
    shown: str = ""

    @property
    def woman(self) -> bool:
        """Whether its day says that it was issued to a woman."""
        return int(self.digits[6:8]) > 40

    def birth_fits(self, day: date) -> bool:
        """Whether it was issued for that birth date."""
        number = int(self.digits[6:8])
        mine = (number - 40 if number > 40 else number, int(self.digits[8:10]), int(self.digits[10:12]))
        return mine == (day.day, day.month, day.year % 100)

    def birth_date(self, today: date) -> date | None:
        """The birth date that it holds; the century is the later one that lies before today."""
        number = int(self.digits[6:8])
        year = 2000 + int(self.digits[10:12])
        try:
            return date(year if year < today.year - 5 else year - 100, int(self.digits[8:10]), number - 40 if number > 40 else number)
        except ValueError:
            return None


def read_nik(cell: Any) -> Nik:
    """Read a cell that should hold a NIK."""
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return _number(cell)
    raw = str(cell)
    text = text_of(raw)
    if is_nothing(text) or not re.search(r"\d", text) or re.fullmatch(r"0{1,8}", text):
        return Nik(error="NIK_MISSING")
    if match := re.fullmatch(r"['`’\"]?(\d)[.,]?(\d*)\s*[eE]\s*\+?(\d{1,2})", text):
        whole = len(match[2]) == int(match[3]) == 15
        return _checked(match[1] + match[2], warning="NIK_NUMERIC_EXACT") if whole else Nik(error="NIK_PRECISION_LOST")
    warning = None
    if (match := re.fullmatch(r"(.*\d)[.,]0{1,2}", text)) and 15 <= len(re.sub(r"\D", "", match[1])) <= 17:
        text = raw = match[1]
        warning = "NIK_DOT_ZERO"
    bare = re.sub(r"^(no\.?|nomor)?\s*(nik|e?-?ktp)\s*(el)?\s*[:.]?", "", text, flags=re.IGNORECASE)
    bare = re.sub(r"[\s.,\-–—'`’‘“”\"_/*=:;()\[\]]", "", bare)
    if not bare.isdigit() or not bare.isascii():
        return Nik(error="NIK_NOT_NUMERIC")
    return _checked(bare, warning=warning, normalised=warning is None and raw != bare)


def _number(cell: float) -> Nik:
    """A NIK that a spreadsheet holds as a number: 15 digits are kept for sure, a 16th 0 is none."""
    if cell != cell or cell in (float("inf"), 0):
        return Nik(error="NIK_MISSING")
    digits = str(int(cell))
    if len(digits) == 16 and digits.endswith("0"):
        return Nik(error="NIK_PRECISION_LOST")
    return _checked(digits, warning="NIK_NUMERIC_EXACT" if len(digits) == 16 else None)


def _checked(digits: str, warning: str | None = None, normalised: bool = False) -> Nik:
    if digits.startswith("09") and len(digits) >= 14:
        return Nik(error="NIK_OLD_FORMAT")
    if len(digits) != 16:
        return Nik(error="NIK_LENGTH", shown=str(len(digits)))
    day, month = int(digits[6:8]), int(digits[8:10])
    day -= 40 if day > 40 else 0
    if not 1 <= month <= 12:
        return Nik(error="NIK_BAD_DATE", shown=digits[8:10])
    longest = 30 if month in (4, 6, 9, 11) else 31
    if month == 2:
        longest = 29 if int(digits[10:12]) % 4 == 0 else 28
    if not 1 <= day <= longest:
        return Nik(error="NIK_BAD_DATE", shown=digits[6:8])
    if digits[12:] == "0000":
        return Nik(error="NIK_SERIAL_ZERO")
    return Nik(digits, warning=warning, normalised=normalised)

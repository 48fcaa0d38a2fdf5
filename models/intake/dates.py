"""Dates as people write them in Indonesia, as spreadsheets keep them, and the place of birth before them."""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

from rapidfuzz import process
from rapidfuzz.distance import DamerauLevenshtein

from models.definitions.months import FULL, SHORT
from models.intake.cells import text_of

ROMAN = dict(zip("i ii iii iv v vi vii viii ix x xi xii".split(), range(1, 13), strict=True))
EPOCH = date(1899, 12, 30)
_DAY_NAME = re.compile(r"^(senin|selasa|rabu|kamis|jum'?at|sabtu|minggu|ahad|tgl|tanggal)\b[ ,.:]+")
_TIME = re.compile(r"[ t]+\d{1,2}[:.]\d{2}([:.]\d{2})?([.,]\d+)?\s*(z|wib|am|pm|[+-]\d{2}:?\d{2})?$")
_YEAR_FIRST = re.compile(r"(\d{4})\s*[-/. ]\s*(\d{1,2})\s*[-/. ]\s*(\d{1,2})")
_NUMBERS = re.compile(r"(\d{1,2})\s*[-/. ,\\]+\s*(\d{1,2})\s*[-/. ,\\]+\s*(\d{4}|\d{2})")
_DAY_MONTH = re.compile(r"(\d{1,2})[-/. ,]*([a-z]+)[-/. ,]*(\d{4}|\d{2})")
_MONTH_DAY = re.compile(r"([a-z]+)[ .]*(\d{1,2})(?:st|nd|rd|th)?[ ,]+(\d{4})")
_RUN_ON = re.compile(r"(\d{2})(\d{2})(\d{4}|\d{2})")


@dataclass(frozen=True, slots=True)
class Written:
    """A date; `plain` when written dd/mm/yyyy; `month_first` when it can only be read with the month before the day."""

    day: date
    plain: bool = False
    month_first: bool = False


@lru_cache(maxsize=4096)
def month_of(word: str) -> int | None:
    """The month that a word means: in Indonesian or English, shortened, in Roman numerals or with a typing error."""
    if word in FULL or word in SHORT:
        return FULL.get(word) or SHORT[word]
    if word in ROMAN:
        return ROMAN[word]
    begun = {number for name, number in FULL.items() if len(word) >= 3 and name.startswith(word)}
    if len(begun) == 1:
        return begun.pop()
    near = process.extractOne(word, FULL.keys(), scorer=DamerauLevenshtein.distance, score_cutoff=1 if len(word) < 7 else 2)
    return FULL[near[0]] if near and len(word) >= 4 else None


def read_date(cell: Any, latest: date) -> Written | None:
    """Read a date; two-digit years are taken so that they lie before `latest`. None when there is none."""
    if isinstance(cell, datetime):
        return Written(cell.date())
    if isinstance(cell, date):
        return Written(cell)
    if isinstance(cell, int | float):
        return _serial(cell)
    text = text_of(cell).lower().strip(" .,;:'`’‘\"")
    text = re.sub(r"\(.*?\)", "", re.sub(r"['’`]", "", text)).strip()
    text = _TIME.sub("", _DAY_NAME.sub("", text)).strip(" ,.")
    return _text(text, latest)


def _serial(number: float) -> Written | None:
    """A day as a spreadsheet counts it, or eight digits typed without marks."""
    if 1 < number < 80_000:
        return Written(EPOCH + timedelta(days=int(number)))
    return _run_on(f"{int(number):08d}", date.max) if 1_010_000 < number < 32_000_000 else None


def _text(text: str, latest: date) -> Written | None:
    if match := _YEAR_FIRST.fullmatch(text):
        return _as_written(int(match[1]), int(match[2]), int(match[3]), plain=False)
    if match := _NUMBERS.fullmatch(text):
        plain = bool(re.fullmatch(r"\d\d[-/]\d\d[-/]\d{4}", text))
        return _as_written(_year(match[3], latest), int(match[2]), int(match[1]), plain=plain)
    if match := _DAY_MONTH.fullmatch(text):
        found = _built(_year(match[3], latest), month_of(match[2]), int(match[1]))
        return Written(found) if found else None
    if match := _MONTH_DAY.fullmatch(text):
        found = _built(int(match[3]), month_of(match[1]), int(match[2]))
        return Written(found) if found else None
    if re.fullmatch(r"\d{5}([.,]\d+)?", text):
        return _serial(int(text[:5]))
    return _run_on(text, latest)


def _run_on(text: str, latest: date) -> Written | None:
    """Digits without marks: ddmmyyyy, ddmmyy or yyyymmdd."""
    if match := re.fullmatch(r"((?:19|20)\d{2})(\d{2})(\d{2})", text):
        found = _built(int(match[1]), int(match[2]), int(match[3]))
        if found:
            return Written(found)
    match = _RUN_ON.fullmatch(text)
    found = _built(_year(match[3], latest), int(match[2]), int(match[1])) if match else None
    return Written(found) if found else None


def _as_written(year: int, month: int, day: int, plain: bool) -> Written | None:
    found = _built(year, month, day)
    if found:
        return Written(found, plain)
    turned = _built(year, day, month)
    return Written(turned, month_first=True) if turned else None


def date_of(cell: Any, latest: date) -> tuple[date | None, bool]:
    """A date and whether it was written plainly (dd/mm/yyyy)."""
    found = read_date(cell, latest)
    return (found.day, found.plain) if found else (None, False)


def date_in(text: str) -> date | None:
    """A date that a text ends with, whatever stands before it."""
    found = read_date(place_and_date(text)[1], date(2100, 1, 1)) if text else None
    return found.day if found else None


def place_and_date(cell: Any) -> tuple[str, Any]:
    """The place before a date in one cell ("Jakarta, 12 Maret 1985"), "" when there is none, and the rest."""
    if not isinstance(cell, str):
        return "", cell
    match = re.fullmatch(r"\s*([^\d\W][^\d]*?)\s*[,/;:.\-]*\s*((?:tgl\.?|tanggal)?\s*\d.*)", cell, re.IGNORECASE | re.DOTALL)
    if match is None or month_of(match[1].lower().strip(" .,")) is not None or _DAY_NAME.match(match[1].lower() + " "):
        return "", cell
    return text_of(match[1]).strip(" ,.-/"), match[2]


def swapped(day: date) -> date | None:
    """The date with day and month exchanged, None when that is none."""
    return _built(day.year, day.day, day.month)


def _year(digits: str, latest: date) -> int:
    if len(digits) == 4:
        return int(digits)
    year = 1900 + int(digits)
    return year + 100 if year + 100 <= latest.year else year


def _built(year: int, month: int | None, day: int) -> date | None:
    try:
        return date(year, month or 0, day) if 1900 <= year <= 2100 else None
    except ValueError:
        return None

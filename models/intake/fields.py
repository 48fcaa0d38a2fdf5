"""Single cells as people fill them: dates, sex, phones, RT/RW, money, durations."""

import re
from datetime import date, datetime, timedelta
from typing import Any

import phonenumbers

MONTHS = {
    "jan": 1, "januari": 1, "january": 1, "feb": 2, "peb": 2, "februari": 2, "pebruari": 2, "february": 2, "mar": 3,
    "mrt": 3, "maret": 3, "march": 3, "apr": 4, "april": 4, "mei": 5, "may": 5, "jun": 6, "juni": 6, "june": 6, "jul": 7,
    "juli": 7, "july": 7, "agu": 8, "ags": 8, "agt": 8, "agust": 8, "aug": 8, "agustus": 8, "august": 8, "sep": 9,
    "sept": 9, "september": 9, "okt": 10, "oct": 10, "oktober": 10, "october": 10, "nov": 11, "nop": 11, "november": 11,
    "nopember": 11, "des": 12, "dec": 12, "desember": 12, "december": 12,
}  # fmt: skip
MEN = {"l", "lk", "laki", "lakilaki", "pria", "m", "male", "cowok"}
WOMEN = {"p", "pr", "perempuan", "wanita", "w", "f", "female", "cewek"}
NOTHING = {"", "-", "--", "n/a", "na", "tidak ada", "tdk ada", "belum ada", "belum", "blm", "nihil", "none", "null", "."}


def text_of(cell: Any) -> str:
    """A cell as text: whole numbers without ".0", blanks collapsed."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return re.sub(r"\s+", " ", str(cell).replace("\xa0", " ")).strip()


def is_nothing(cell: Any) -> bool:
    """Whether a cell says that there is nothing."""
    return text_of(cell).lower() in NOTHING


def name_of(cell: Any) -> str:
    """A name with single blanks and capitals as in a name when it was written all large or all small."""
    name = text_of(cell).strip(" .,;")
    return name.title() if name.isupper() or name.islower() else name


def date_of(cell: Any, latest: date) -> tuple[date | None, bool]:
    """A date and whether it was written plainly (dd/mm/yyyy); two-digit years are taken so that they lie before `latest`."""
    if isinstance(cell, datetime):
        return cell.date(), False
    if isinstance(cell, date):
        return cell, False
    if isinstance(cell, int | float):
        return (date(1899, 12, 30) + timedelta(days=int(cell)), False) if 1 < cell < 80_000 else (None, False)
    text = text_of(cell).lower().strip(" .,'")
    text = re.sub(r"^(senin|selasa|rabu|kamis|jumat|jum'at|sabtu|minggu)[ ,]+", "", text)
    text = re.sub(r"[ t]\d{1,2}[:.]\d{2}([:.]\d{2})?( ?(wib|am|pm))?$", "", text)
    if match := re.fullmatch(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})", text):
        return _built(int(match[1]), int(match[2]), int(match[3])), False
    if match := re.fullmatch(r"(\d{1,2})\s*[-/. ]\s*(\d{1,2})\s*[-/. ]\s*(\d{4}|\d{2})", text):
        year, plain = _year(match[3], latest), len(match[3]) == 4 and bool(re.fullmatch(r"\d\d[-/]\d\d[-/]\d{4}", text))
        found = _built(year, int(match[2]), int(match[1]))
        return (found, plain) if found else (_built(year, int(match[1]), int(match[2])), False)
    if match := re.fullmatch(r"(\d{1,2})[-/. ]*([a-z]+)[-/. ,]*(\d{4}|\d{2})", text):
        return _built(_year(match[3], latest), MONTHS.get(match[2], 0), int(match[1])), False
    if match := re.fullmatch(r"([a-z]+)[ .]*(\d{1,2}),? *(\d{4})", text):
        return _built(int(match[3]), MONTHS.get(match[1], 0), int(match[2])), False
    return None, False


def swapped(day: date) -> date | None:
    """The date with day and month exchanged, None when that is none."""
    return _built(day.year, day.day, day.month)


def _year(digits: str, latest: date) -> int:
    if len(digits) == 4:
        return int(digits)
    year = 1900 + int(digits)
    return year + 100 if year + 100 <= latest.year else year


def _built(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day) if 1900 <= year <= 2100 else None
    except ValueError:
        return None


def sex_of(cell: Any) -> str | None:
    """L or P; None when it is missing or unreadable."""
    word = re.sub(r"[^a-z]", "", text_of(cell).lower())
    return "L" if word in MEN else "P" if word in WOMEN else None


def phones_of(cell: Any) -> tuple[list[str], bool]:
    """The numbers of a cell in E.164 and whether the cell held just one plain number (08…)."""
    text = text_of(cell)
    if isinstance(cell, float | int) and not isinstance(cell, bool):
        text = str(int(cell))
    plain = bool(re.fullmatch(r"0\d{8,12}", str(cell).strip()))
    found = []
    for part in re.split(r"\s*(?:/|;|,|\bdan\b|\batau\b|&|\n|\|)\s*", re.sub(r"\([^)]*\)|[a-zA-Z:']+\.?", " ", text)):
        digits = re.sub(r"[^\d+]", "", part)
        if len(re.sub(r"\D", "", digits)) < 8:
            continue
        if digits.startswith("62"):
            digits = "+" + digits
        elif digits.startswith("8"):
            digits = "0" + digits
        try:
            number = phonenumbers.parse(digits, "ID")
        except phonenumbers.NumberParseException:
            continue
        if phonenumbers.is_possible_number(number) and number.country_code == 62:
            written = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
            if written not in found and 12 <= len(written) <= 15:
                found.append(written)
    return found, plain


def rt_rw_of(cell: Any, rt: Any = "", rw: Any = "") -> tuple[str | None, str | None, bool]:
    """RT and RW as three digits, and whether a spreadsheet had turned them into a date."""
    if isinstance(cell, date):
        return f"{cell.day:03d}", f"{cell.month:03d}", True
    text = text_of(cell).lower()
    if match := re.fullmatch(r"(\d{1,2})[- ]([a-z]{3,})\.?", text):
        month = MONTHS.get(match[2])
        if month:
            return f"{int(match[1]):03d}", f"{month:03d}", True
    if match := re.fullmatch(r"([a-z]{3,})[- ](\d{1,2})", text):
        month = MONTHS.get(match[1])
        if month:
            return f"{month:03d}", f"{int(match[2]):03d}", True
    numbers = re.findall(r"\d+", text) or [*re.findall(r"\d+", text_of(rt))[:1], *re.findall(r"\d+", text_of(rw))[:1]]
    if len(numbers) >= 2 and max(len(numbers[0]), len(numbers[1])) <= 3:
        return f"{int(numbers[0]):03d}", f"{int(numbers[1]):03d}", False
    return (f"{int(numbers[0]):03d}" if len(numbers) == 1 and len(numbers[0]) <= 3 else None), None, False


def rupiah_of(cell: Any) -> int | None:
    """An amount in rupiah: "Rp 750.000,-", "2,5 jt", "500rb", 4500000.0."""
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return int(cell) if cell >= 0 else None
    text = re.sub(r"(?i)^rp\.?|/?\s*(bln|bulan|per bulan)$|,-$|\.-$", "", text_of(cell).strip()).strip().lower()
    match = re.fullmatch(r"([\d.,]+)\s*(jt|juta|rb|ribu|k|m|miliar|milyar)?\.?", text)
    if not match:
        return None
    factor = {"jt": 10**6, "juta": 10**6, "rb": 1000, "ribu": 1000, "k": 1000, "m": 10**9, "miliar": 10**9, "milyar": 10**9}
    number = match[1].strip(".,")
    if match[2]:
        value = float(number.replace(",", ".")) if number.count(",") + number.count(".") <= 1 else float(re.sub(r"[.,]", "", number))
        return round(value * factor[match[2]])
    if re.fullmatch(r"\d{1,3}([.,]\d{3})+([.,]\d{1,2})?", number):
        number = re.sub(r"[.,]\d{1,2}$", "", number) if not re.search(r"[.,]\d{3}$", number) else number
    elif re.fullmatch(r"\d+[.,]\d{1,2}", number):
        number = re.split(r"[.,]", number)[0]
    digits = re.sub(r"[.,]", "", number)
    return int(digits) if digits and len(digits) <= 13 else None


def months_of(cell: Any) -> int | None:
    """How long a business has run, in months: "10 tahun", "3 bln", "1 th 6 bln"."""
    if is_nothing(cell):
        return None
    text = text_of(cell).lower()
    if text in ("baru", "belum", "belum mulai", "rencana"):
        return 0
    years = re.search(r"(\d+(?:[.,]\d+)?)\s*(?:tahun|thn|th|yr|years?)", text)
    months = re.search(r"(\d+)\s*(?:bulan|bln|bl|months?)", text)
    if not years and not months:
        return None
    return round(float(years[1].replace(",", ".")) * 12 if years else 0) + (int(months[1]) if months else 0)

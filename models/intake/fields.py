"""Single cells as people fill them: names, sex, RT/RW, money, durations."""

import re
from datetime import date
from typing import Any

from rapidfuzz import process
from rapidfuzz.distance import DamerauLevenshtein

from models.intake.cells import has_invisible, is_nothing, text_of
from models.intake.dates import date_of, month_of, read_date

MEN = set("l lk laki lakilaki pria m male cowok bpk bapak tn tuan".split())
WOMEN = set("p pr perempuan wanita w f female cewek wn prp ibu ny nyonya nn nona".split())
_LONG_SEX = [word for word in MEN | WOMEN if len(word) >= 6]
FACTORS = {"jt": 10**6, "juta": 10**6, "jta": 10**6, "rb": 1000, "ribu": 1000, "rbu": 1000, "k": 1000}
FACTORS |= {"m": 10**9, "miliar": 10**9, "milyar": 10**9}
_ABOUT = r"±|\+/-|~|>|<|>=|<=|kurang lebih|sekitar|kira-kira|kira2|rata-rata|rata2|min\.?|minimal|max\.?|maks\.?|lebih dari|kurang dari"
LARGEST_RUPIAH = 10**13 - 1
MOST_MONTHS = 1200
_EACH_MONTH = re.compile(r"\s*(/|per|tiap|setiap|se)?\s*(bln|bulan|month|bl)\.?$")


def name_of(cell: Any) -> str:
    """A name with single blanks and capitals as in a name when it was written all large or all small."""
    if is_nothing(cell):
        return ""
    name = re.sub(r"^\d{1,5}\s*[.)]\s*", "", text_of(cell)).strip(" ,;'`\"*").lstrip(".")
    # A stop at the end is kept where it belongs to something shortened: "S.E.", "Muh."
    if name.endswith(".") and not re.search(r"(\.\S*|\b\w{1,3})\.$", name):
        name = name[:-1]
    return re.sub(r"(?<![\w'’])\w", lambda first: first[0].upper(), name.lower()) if name.isupper() or name.islower() else name


def is_name(text: str) -> bool:
    """Whether a text can be a name: it holds letters, begins like no formula, and nothing in it is invisible or turns the direction."""
    return any(char.isalpha() for char in text) and text[:1] not in ("=", "+", "-", "@") and not has_invisible(text)


def email_of(cell: Any) -> str | None:
    """An e-mail address; None when it is missing or none."""
    address = text_of(cell)
    return address if re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", address) else None


def sex_of(cell: Any) -> str | None:
    """L or P; None when it is missing or unreadable."""
    word = re.sub(r"[^a-z]", "", text_of(cell).lower())
    if word in MEN or word in WOMEN:
        return "L" if word in MEN else "P"
    for short in (word[:-1], word[1:]):  # "Laki-laki (L)", "P. Perempuan"
        if len(short) >= 4 and (short in MEN or short in WOMEN):
            return "L" if short in MEN else "P"
    near = process.extractOne(word, _LONG_SEX, scorer=DamerauLevenshtein.distance, score_cutoff=2) if len(word) >= 6 else None
    return None if near is None else "L" if near[0] in MEN else "P"


def rt_rw_of(cell: Any, rt: Any = "", rw: Any = "") -> tuple[str | None, str | None, bool]:
    """RT and RW as three digits, and whether a spreadsheet had turned them into a date."""
    if isinstance(cell, date):
        return (*_from_date(cell), True)
    if isinstance(cell, int | float) and 10_000 < cell < 80_000:
        found, _ = date_of(cell, date.max)
        return (*_from_date(found), True) if found else (None, None, False)
    text = text_of(cell).lower()
    dated = _dated(text)
    if dated:
        return (*dated, True)
    if match := re.search(r"rw\W*(\d{1,3})\W+rt\W*(\d{1,3})", text):
        return _three(match[2]), _three(match[1]), False
    numbers = re.findall(r"\d+", text)
    if not numbers:
        numbers = [*re.findall(r"\d+", text_of(rt))[:1], *re.findall(r"\d+", text_of(rw))[:1]]
        if len(numbers) == 1 and not re.search(r"\d", text_of(rt)):
            return None, _three(numbers[0]), False
    if len(numbers) == 1 and len(numbers[0]) == 6:
        numbers = [numbers[0][:3], numbers[0][3:]]
    if len(numbers) >= 2:
        return _three(numbers[0]), _three(numbers[1]), False
    alone = _three(numbers[0]) if numbers else None
    return (None, alone, False) if text.startswith("rw") else (alone, None, False)


def _dated(text: str) -> tuple[str, str] | None:
    """What a spreadsheet made of "9/3": "09-Mar", "Mar-09", "2018-03-09", "09/03/2018"."""
    if match := re.fullmatch(r"(\d{1,2})[- ]([a-z]{3,})\.?", text):
        month = month_of(match[2])
        return (f"{int(match[1]):03d}", f"{month:03d}") if month else None
    if match := re.fullmatch(r"([a-z]{3,})[- ](\d{1,2})", text):
        month = month_of(match[1])
        return (f"{month:03d}", f"{int(match[2]):03d}") if month else None
    if not re.search(r"\d{4}|\d[- ][a-z]{3,}[- ]\d", text):
        return None
    found = read_date(text, date.max)
    return _from_date(found.day) if found else None


def _from_date(day: date) -> tuple[str, str]:
    """Day and month; a first of the month in the 1930s to 1990s was month and a number too large for a day."""
    if day.day == 1 and 1932 <= day.year <= 1999:
        return f"{day.month:03d}", f"{day.year % 100:03d}"
    return f"{day.day:03d}", f"{day.month:03d}"


def _three(digits: str) -> str | None:
    number = digits.lstrip("0")
    return number.zfill(3) if len(number) <= 3 else None


def rt_rw_in(address: str) -> tuple[str | None, str | None]:
    """RT and RW that an address names."""
    match = re.search(r"\brt\W*(\d{1,3})\W*(?:rw)?\W*(\d{1,3})\b", address, re.IGNORECASE)
    return (_three(match[1]), _three(match[2])) if match else (None, None)


def rupiah_of(cell: Any, unit: int = 1) -> int | None:
    """An amount in rupiah: "Rp 750.000,-", "2,5 jt", "500rb", "1 jt 500 rb", 4500000.0; small ones are taken times `unit`."""
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return round(cell * (unit if cell < 100_000 else 1)) if 0 <= cell <= LARGEST_RUPIAH else None
    text = re.sub(rf"^({_ABOUT})\s*", "", text_of(cell).lower())
    text = re.sub(r"^(rp|idr)\b\s*[.:]?\s*|^rp\.?\s*(?=\d)", "", text)
    text = re.sub(rf"^({_ABOUT})\s*", "", text)
    text = re.sub(r"[,.]?\s*-+$|\s*(rupiah|rp)\.?$", "", _EACH_MONTH.sub("", text)).strip()
    parts = re.findall(r"([\d.,]+)\s*([a-z]*)\.?\s*", text)
    if not parts or "".join(re.split(r"[\d.,]+\s*[a-z]*\.?\s*", text)).strip():
        return None
    if len(parts) == 1 and not parts[0][1]:
        if unit > 1 and re.fullmatch(r"\d+[.,]\d{1,2}", parts[0][0]):
            return round(_decimal(parts[0][0]) * unit)
        value = _plain_number(parts[0][0])
        return None if value is None else value * (unit if value < 100_000 else 1)
    if any(word not in FACTORS for _, word in parts) or len({word for _, word in parts}) < len(parts):
        return None
    amounts = [_decimal(number) for number, _ in parts]
    amount = round(sum(a * FACTORS[word] for a, (_, word) in zip(amounts, parts, strict=True)))
    return amount if amount <= LARGEST_RUPIAH else None


def _decimal(number: str) -> float:
    number = number.strip(".,")
    marks = number.count(",") + number.count(".")
    return float(number.replace(",", ".")) if marks <= 1 and number else float(re.sub(r"[.,]", "", number) or 0)


def _plain_number(written: str) -> int | None:
    number = written.strip(".,")
    if re.fullmatch(r"\d{1,3}([.,]\d{3})+([.,]\d{1,2})?", number):
        number = re.sub(r"[.,]\d{1,2}$", "", number) if not re.search(r"[.,]\d{3}$", number) else number
    elif re.fullmatch(r"\d+[.,]\d{1,2}", number):
        number = re.split(r"[.,]", number)[0]
    digits = re.sub(r"[.,]", "", number)
    return int(digits) if digits and len(digits) <= 13 else None


def says_money(cell: Any) -> bool:
    """Whether a cell speaks of an amount at all, readable or not."""
    return bool(re.search(r"\d|\b(juta|jt|ribu|rb)\b", text_of(cell).lower()))


def months_of(cell: Any) -> int | None:
    """How long a business has run, in months: "10 tahun", "3 bln", "1 th 6 bln"."""
    if is_nothing(cell):
        return None
    text = text_of(cell).lower()
    if text in ("baru", "belum mulai", "rencana"):
        return 0
    years = re.search(r"(\d{1,3}(?:[.,]\d+)?)\s*(?:tahun|thn|th|yr|years?)", text)
    months = re.search(r"(\d{1,3})\s*(?:bulan|bln|bl|months?)", text)
    if not years and not months:
        return None
    found = round(float(years[1].replace(",", ".")) * 12 if years else 0) + (int(months[1]) if months else 0)
    return found if found <= MOST_MONTHS else None

"""Dates, numbers and money as people in Jakarta read them."""

import re
from datetime import date, datetime
from decimal import localcontext
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime, format_time
from babel.numbers import format_decimal

from ui.i18n import t

ZONE = ZoneInfo("Asia/Jakarta")


def number(value: int | float, locale: str) -> str:
    """4.230"""
    # Rounding to the locale's decimals has room for 28 digits by itself; what is stored may be longer.
    with localcontext(prec=400):
        return format_decimal(value, locale=locale)


def rupiah(value: int, locale: str) -> str:
    """Rp 2.500.000"""
    return f"Rp {number(value, locale)}"


def day(moment: datetime | None, locale: str) -> str:
    """Jum 19 Jan"""
    return format_date(moment.astimezone(ZONE), "EEE d MMM", locale=locale) if moment else "–"


def exact(moment: datetime | None, locale: str) -> str:
    """Jum 19 Jan 2018 16.00"""
    return format_datetime(moment.astimezone(ZONE), "EEE d MMM yyyy HH.mm", locale=locale) if moment else "–"


def clock(moment: datetime, locale: str) -> str:
    """09.44"""
    return format_time(moment.astimezone(ZONE), "HH.mm", locale=locale)


def due(moment: datetime | None, now: datetime, locale: str) -> tuple[str, str]:
    """A due time relative to now and how pressing it is: late, soon or calm."""
    if moment is None:
        return "–", "calm"
    days = (moment.astimezone(ZONE).date() - now.astimezone(ZONE).date()).days
    if moment < now:
        return (t(locale, "working_late", days=max(1, -days)) if days < 0 else t(locale, "overdue").lower()), "late"
    if days == 0:
        return t(locale, "today_at", time=format_time(moment.astimezone(ZONE), "HH.mm", locale=locale)), "soon"
    if days == 1:
        return t(locale, "tomorrow"), "soon"
    return day(moment, locale), "calm"


def seconds(value: float | None) -> str:
    """0,2 s or 3 min"""
    if value is None:
        return "–"
    return f"{value:.1f} s" if value < 120 else f"{value / 60:.0f} min"


def fact(value: Any, locale: str) -> str:
    """A fact of a case for reading."""
    if isinstance(value, bool):
        return t(locale, "yes" if value else "no")
    if isinstance(value, int):
        return number(value, locale)
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", value):
        moment = date.fromisoformat(value)
        return f"{moment.day:02d}/{moment.month:02d}/{moment.year}"
    if isinstance(value, list):
        return ", ".join(str(item) for item in value) or "–"
    return str(value) if value is not None else "–"


def file_size(count: int, locale: str) -> str:
    """1,2 MB or 34 kB, of a number of bytes."""
    if count >= 1024**2:
        return f"{number(round(count / 1024**2, 1), locale)} MB"
    return f"{number(max(1, round(count / 1024)), locale)} kB"

"""Phone numbers as people write them, one or several in a cell, in E.164."""

import re
from typing import Any

from models.intake.cells import text_of

SHORTEST, LONGEST = 10, 13  # digits with the leading 0
_BETWEEN = re.compile(r"\s*(?:/|;|,|\\|\bdan\b|\batau\b|\band\b|\bor\b|&|\n|\r|\||(?<=\d)\s*\(?(?:wa|hp|tlp|telp)\b)\s*", re.IGNORECASE)
_SCIENTIFIC = re.compile(r"(\d)[.,]?(\d*)[eE]\+?(\d{1,2})")


def phones_of(cell: Any) -> tuple[list[str], bool]:
    """The numbers of a cell in E.164 and whether the cell held just one plain number (08…)."""
    if isinstance(cell, float | int) and not isinstance(cell, bool):
        number = _e164(str(int(cell)))
        return ([number] if number else []), False
    raw = str(cell).strip()
    if re.fullmatch(r"0\d{8,12}", raw):
        number = _e164(raw)
        return ([number] if number else []), True
    if match := _SCIENTIFIC.fullmatch(raw):
        number = _e164(match[1] + match[2]) if len(match[2]) == int(match[3]) else None
        return ([number] if number else []), False
    raw = re.sub(r"[.,]0$", "", raw)
    found: list[str] = []
    for part in _BETWEEN.split(raw):
        for number in _numbers(part):
            if number not in found:
                found.append(number)
    if not found:
        whole = _e164(_digits(raw))
        found = [whole] if whole else []
    return found, False


def _digits(text: str) -> str:
    """The digits of a text; "" when a letter stands among them, since then one of them is wrong."""
    plain = re.sub(r"(?<=\d)[^\W\d_]+(?=\d)", "?", text_of(text))
    return "" if "?" in plain else re.sub(r"\D", "", plain)


def _numbers(part: str) -> list[str]:
    """The number in a part, or the two that only blanks or dashes separate."""
    digits = _digits(part)
    if len(digits) < 8:
        return []
    one = _e164(digits)
    if one:
        return [one]
    pieces = re.findall(r"\d+", part)
    for place in range(1, len(pieces)):
        first, second = _e164("".join(pieces[:place])), _e164("".join(pieces[place:]))
        if first and second:
            return [first, second]
    return []


def _e164(digits: str) -> str | None:
    """An Indonesian number in E.164; None when it is none or its length is impossible."""
    if digits.startswith("0062"):
        digits = digits[2:]
    if digits.startswith("62"):
        digits = digits[2:].removeprefix("0")
    elif digits.startswith("0"):
        digits = digits[1:]
    elif not digits.startswith("8"):
        return None
    possible = SHORTEST - 1 <= len(digits) <= LONGEST - 1 and digits[:1] in "23456789"
    return f"+62{digits}" if possible else None

"""Text files with separated columns: any separator, any encoding, quotes that were never closed."""

import csv
import re
from collections import Counter

DELIMITERS = ";,\t|"
MOST_JOINED = 20
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")


def decoded(content: bytes) -> str | None:
    """The text of a file, None when it is no text at all."""
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return content.decode("utf-16", errors="replace").lstrip("\ufeff")
    start = content[:8192]
    zeros = start.count(0)
    if zeros * 4 >= len(start):  # every second byte of plain text in UTF-16 without its mark
        little = start[1::2].count(0) >= start[::2].count(0)
        return _if_text(content.decode("utf-16-le" if little else "utf-16-be", errors="replace"))
    if len(_CONTROL.findall(start)) * 50 > len(start):
        return None
    content = content.replace(b"\x00", b"")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def _if_text(text: str) -> str | None:
    start = text[:4096]
    return text if sum(char.isprintable() or char.isspace() for char in start) * 10 >= len(start) * 9 else None


def delimiter_of(text: str) -> tuple[str, int]:
    """The separator, and how many lines at the start only name it ("sep=;")."""
    if match := re.match(r"\s*sep=(.)\r?\n", text, re.IGNORECASE):
        return match[1], 1
    sample = [line for line in text[:60_000].splitlines()[:200] if line.strip()]

    def regular(mark: str) -> tuple[int, int]:
        """Lines that have the most frequent number of this mark, weighed by that number."""
        counts = Counter(line.count(mark) for line in sample)
        counts.pop(0, None)
        number, lines = max(counts.items(), key=lambda found: found[0] * found[1], default=(0, 0))
        return number * lines, -DELIMITERS.index(mark)

    return max(DELIMITERS, key=regular), 0


def records(text: str) -> list[tuple[int, list[str]]]:
    """The rows of a text, each with the number of the line where it begins.

    A quotation mark that is not closed within some lines is taken as an ordinary character, so that it swallows nothing.
    """
    delimiter, first = delimiter_of(text)
    lines = re.split(r"\r\n|\n|\r", text)
    while lines and not lines[-1]:
        lines.pop()
    usual = Counter(line.count(delimiter) for line in lines if line).most_common(1)
    whole = max(2, usual[0][0] * 4 // 5) if usual else 2
    rows: list[tuple[int, list[str]]] = []
    place = first
    while place < len(lines):
        height = _joined(lines, place, delimiter, whole)
        cells = _cells("\n".join(lines[place : place + max(1, height)]), delimiter, plain=height == 0)
        rows.append((place + 1, cells))
        place += max(1, height)
    return _unwrapped(rows, delimiter)


def _joined(lines: list[str], place: int, delimiter: str, whole: int) -> int:
    """How many lines one row takes; 0 when its quotation marks do not close before another whole row begins."""
    if lines[place].count('"') % 2 == 0:
        return 1
    quotes = 0
    for more, line in enumerate(lines[place : place + MOST_JOINED], 1):
        quotes += line.count('"')
        if quotes % 2 == 0:
            cells = _cells("\n".join(lines[place : place + more]), delimiter, plain=False)
            inside = (part for cell in cells if "\n" in cell for part in cell.split("\n"))
            return 0 if any(part.count(delimiter) >= whole for part in inside) else more
        if more > 1 and line.count(delimiter) >= whole:
            return 0
    return 0


def _cells(text: str, delimiter: str, plain: bool) -> list[str]:
    if plain:
        return [cell.strip('"') for cell in text.split(delimiter)]
    if '"' not in text:
        return text.split(delimiter)
    try:
        return next(csv.reader([line + "\n" for line in text.split("\n")], delimiter=delimiter), [])
    except csv.Error:
        return text.split(delimiter)


def _unwrapped(rows: list[tuple[int, list[str]]], delimiter: str) -> list[tuple[int, list[str]]]:
    """Rows that were put into quotation marks as a whole are taken apart."""
    alone = sum(len(cells) == 1 and cells[0].count(delimiter) >= 2 for _, cells in rows)
    if alone * 2 <= len(rows):
        return rows
    return [(number, _cells(cells[0], delimiter, plain=False) if len(cells) == 1 else cells) for number, cells in rows]

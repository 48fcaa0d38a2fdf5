"""Workbooks: their visible sheets as rows of cells, and a look inside before they are unpacked."""

import io
import re
import zipfile
import zlib
from typing import Any

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetVisibleEnum

LARGEST_UNPACKED = 300 * 1024 * 1024
MOST_CELLS = 8_000_000
CHUNK = 4 * 1024 * 1024
# A cell that is not empty: `<c r="B7" …>` with something inside.
_CELL = re.compile(rb'<(?:\w+:)?c\s(?:[^>]*?\s)?r="([A-Z]{1,3})(\d{1,7})"[^>]*(?<!/)>')


class TooLarge(Exception):
    """The workbook unpacks to more than is sensible; says where."""


class Protected(Exception):
    """The workbook asks for a password."""


class Damaged(Exception):
    """The file cannot be read as a workbook."""


def sheets_of(content: bytes) -> list[tuple[str, list[list[Any]]]]:
    """The visible sheets in order: name and rows from the first. Raises TooLarge, Protected or Damaged."""
    try:
        _look_inside(content)
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        names = [sheet.name for sheet in book.sheets_metadata if sheet.visible == SheetVisibleEnum.Visible]
        return [(name, _rows(book.get_sheet_by_name(name))) for name in names]
    except RuntimeError as error:  # zipfile: an encrypted entry
        raise Protected(str(error)) from None
    except (CalamineError, zipfile.BadZipFile, OSError, ValueError, NotImplementedError, EOFError, zlib.error) as error:
        raise Damaged(type(error).__name__) from None
    except BaseException as error:
        if type(error).__name__ != "PanicException":
            raise
        raise Damaged("PanicException") from None


def _rows(sheet: CalamineSheet) -> list[list[Any]]:
    rows: list[list[Any]] = sheet.to_python(skip_empty_area=False)
    for (top, left), (bottom, _right) in sheet.merged_cell_ranges or ():
        # What is merged over several rows holds for each of them.
        for row in rows[top + 1 : bottom + 1]:
            if left < len(row) and row[left] == "":
                row[left] = rows[top][left]
    return rows


def _look_inside(content: bytes) -> None:
    """Unpack piece by piece and count, since what a file says of its own size need not be true."""
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        if sum(item.file_size for item in packed.infolist()) > LARGEST_UNPACKED:
            raise TooLarge("setelah dibuka / when unpacked")
        for item in packed.infolist():
            is_sheet = re.fullmatch(r"xl/worksheets/[^/]+\.xml", item.filename) is not None
            rows, columns, tail = 0, 0, b""
            with packed.open(item) as stream:
                while piece := stream.read(CHUNK):
                    if is_sheet:
                        rows, columns = _reach(tail + piece, rows, columns)
                        tail = piece[-200:]
            if rows * columns > MOST_CELLS:
                raise TooLarge(f"isi sampai baris {rows} / filled down to row {rows}")


def _reach(piece: bytes, rows: int, columns: int) -> tuple[int, int]:
    """How far down and to the right the cells of a sheet reach."""
    seen = {letters: int(number) for letters, number in _CELL.findall(piece)}
    if seen:
        rows = max(rows, *seen.values())
        columns = max(columns, *(_column(letters) for letters in seen))
    return rows, columns


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number

"""Turns a file into rows of cells, whatever program wrote it."""

import csv
import io
import zipfile
from dataclasses import dataclass
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook

from models.errors import Invalid, Problem

LARGEST_BYTES = 20 * 1024 * 1024
LARGEST_UNPACKED = 300 * 1024 * 1024
MOST_ROWS = 100_000
DELIMITERS = ";,\t|"
OLE, ZIP, PDF = b"\xd0\xcf\x11\xe0", b"PK\x03\x04", b"%PDF"


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a sheet: its number as the sender sees it, and its cells (text, numbers, dates)."""

    sheet: str
    number: int
    cells: list[Any]


def unreadable(code: str, indonesian: str, english: str) -> Invalid:
    """One clear error about a whole file."""
    message = f"{indonesian} / {english}"
    return Invalid(message, [Problem(code, message, field="file")])


def read(content: bytes, filename: str) -> list[list[Line]]:
    """The sheets of an XLSX or CSV file. Raises Invalid with one sentence when it is none."""
    if not content.strip():
        raise unreadable("file_empty", "Berkas kosong", "the file is empty")
    if len(content) > LARGEST_BYTES:
        raise unreadable("file_too_large", "Berkas lebih dari 20 MB; bagi menjadi beberapa", "larger than 20 MB; split it")
    if content.startswith(PDF):
        raise unreadable("file_is_pdf", "Ini PDF, bukan lembar kerja; simpan sebagai XLSX atau CSV", "a PDF; save it as XLSX or CSV")
    if content.startswith(OLE):
        if "EncryptedPackage".encode("utf-16-le") in content:
            raise unreadable("file_protected", "Berkas berkata sandi; simpan tanpa kata sandi", "save it without a password")
        raise unreadable("file_is_xls", "Format Excel lama (.xls); simpan sebagai XLSX", "old Excel format; save it as XLSX")
    if content.startswith(ZIP):
        return _workbook(content)
    if filename.lower().endswith((".xlsx", ".xlsm")) or (b"\x00" in content[:4096] and content[:2] not in (b"\xff\xfe", b"\xfe\xff")):
        raise unreadable("file_unreadable", "Bukan berkas XLSX atau CSV yang dapat dibaca", "not a readable XLSX or CSV file")
    return [_text(content)]


def _workbook(content: bytes) -> list[list[Line]]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            if sum(item.file_size for item in packed.infolist()) > LARGEST_UNPACKED:
                raise unreadable("file_too_large", "Berkas terlalu besar setelah dibuka", "too large when unpacked")
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        sheets = []
        for described in book.sheets_metadata:
            if "Visible" not in str(described.visible):
                continue
            rows = book.get_sheet_by_name(described.name).to_python(skip_empty_area=False)
            sheets.append([Line(described.name, number, row) for number, row in enumerate(rows[:MOST_ROWS], 1)])
    except (CalamineError, zipfile.BadZipFile, OSError, ValueError) as error:
        raise unreadable("file_unreadable", "Berkas XLSX rusak", f"damaged XLSX ({type(error).__name__})") from None
    return sheets


def _text(content: bytes) -> list[Line]:
    words = _decoded(content)
    sample = words[:20_000].splitlines()[:60]
    delimiter = max(DELIMITERS, key=lambda mark: (sorted(line.count(mark) for line in sample)[len(sample) // 2], -DELIMITERS.index(mark)))
    reader = csv.reader(io.StringIO(words, newline=""), delimiter=delimiter)
    lines: list[Line] = []
    last = 0
    try:
        for cells in reader:
            lines.append(Line("", last + 1, list(cells)))
            last = reader.line_num
            if len(lines) > MOST_ROWS:
                break
    except csv.Error as error:
        raise unreadable("file_unreadable", f"CSV tidak dapat dibaca pada baris {last + 1}", f"unreadable CSV: {error}") from None
    return lines


def _decoded(content: bytes) -> str:
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return content.decode("utf-16", errors="replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")

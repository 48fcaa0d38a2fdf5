"""Turns a file into rows of cells, whatever program wrote it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from models.errors import Invalid, Problem
from models.intake.delimited import decoded, records
from models.intake.workbook import Damaged, Protected, TooLarge, sheets_of

LARGEST_BYTES = 20 * 1024 * 1024
MOST_ROWS = 100_000
OLE, ZIP, PDF = b"\xd0\xcf\x11\xe0", b"PK\x03\x04", b"%PDF"
MARKUP = (b"<html", b"<!doctype", b"<?xml", b"<table", b"<meta", b"<head", b"{\\rtf")


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
            raise _protected()
        raise unreadable("file_is_xls", "Format Excel lama (.xls); simpan sebagai XLSX", "old Excel format; save it as XLSX")
    if content.startswith(ZIP):
        return _workbook(content)
    if content[:4096].lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith(MARKUP):
        raise unreadable(
            "file_is_markup", "Ini halaman web atau dokumen; simpan sebagai XLSX atau CSV", "a web page; save it as XLSX or CSV"
        )
    text = None if filename.lower().endswith((".xlsx", ".xlsm")) else decoded(content)
    if text is None:
        raise unreadable("file_unreadable", "Bukan berkas XLSX atau CSV yang dapat dibaca", "not a readable XLSX or CSV file")
    return [_lines("", records(text))]


def _protected() -> Invalid:
    return unreadable("file_protected", "Berkas berkata sandi; simpan tanpa kata sandi", "save it without a password")


def _workbook(content: bytes) -> list[list[Line]]:
    try:
        sheets = sheets_of(content)
    except TooLarge as error:
        raise unreadable("file_too_large", f"Lembar kerja terlalu besar: {error}", "too large") from None
    except Protected:
        raise _protected() from None
    except Damaged as error:
        raise unreadable("file_unreadable", "Berkas XLSX rusak", f"damaged XLSX ({error})") from None
    return [_lines(name, enumerate(rows, 1)) for name, rows in sheets]


def _lines(sheet: str, rows: Iterable[tuple[int, list[Any]]]) -> list[Line]:
    """The rows that hold anything; more than can be are refused, never cut off."""
    lines = [Line(sheet, number, cells) for number, cells in rows if any(cell != "" for cell in cells)]
    if len(lines) > MOST_ROWS:
        raise unreadable("file_too_large", f"Lebih dari {MOST_ROWS} baris; bagi menjadi beberapa berkas", "too many rows; split it")
    return lines

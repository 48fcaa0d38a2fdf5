"""A whole list: rows read, doubles found, and the report in its forms."""

import csv
import io
import json
import os
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import xlsxwriter

from models.definitions.areas import AreaTree
from models.definitions.intake import EvidenceRule
from models.intake.cells import text_of
from models.intake.doubles import mark_in_file
from models.intake.layout import data_rows
from models.intake.nik import read_nik
from models.intake.rows import Reader, RowResult
from models.intake.sheet import Line, read, unreadable

OUTCOMES = ("ok", "warn", "rejected", "duplicate")
NIK_LOST = "NIK_PRECISION_LOST"
HEADS = {"id": ("Hasil", "Alasan", "Baris"), "en": ("Result", "Reason", "Row")}


@dataclass(slots=True)
class Report:
    """What came of a file."""

    file: str
    rows: list[RowResult]
    dry_run: bool = True
    skipped: list[Line] = field(default_factory=list)

    @property
    def summary(self) -> dict[str, int]:
        """How many rows had which outcome."""
        return {word: sum(row.outcome == word for row in self.rows) for word in OUTCOMES}

    def accepted(self) -> list[RowResult]:
        """The rows that are imported."""
        return [row for row in self.rows if row.outcome in ("ok", "warn")]

    def as_json(self) -> dict[str, Any]:
        """The report in the shape of the contract."""
        return {
            "file": self.file,
            "dry_run": self.dry_run,
            "summary": self.summary,
            "rows": [row_json(row) for row in self.rows],
            "skipped": [{"sheet": line.sheet, "sheet_row": line.number, "text": _line_text(line)} for line in self.skipped],
        }


def row_json(row: RowResult) -> dict[str, Any]:
    """One row in the shape of the contract; refused rows carry no values."""
    values = {key: value.isoformat() if isinstance(value, date) else value for key, value in row.values.items()}
    return {
        "row": row.row,
        "sheet_row": row.sheet_row,
        "sheet": row.sheet,
        "outcome": row.outcome,
        "codes": row.codes,
        "messages": row.messages,
        "normalised": row.normalised,
        "values": values if row.outcome in ("ok", "warn") else {},
        "evidence": [{"rule": p.rule, "skip": list(p.skip), "text": p.text} for p in row.evidence],
        **row.references,
    }


def parse_file(
    content: bytes,
    filename: str,
    areas: AreaTree,
    as_of: date,
    evidence: list[EvidenceRule] | None = None,
    stages: dict[str, list[str]] | None = None,
) -> Report:
    """Read a file and judge each row by itself and against the others of the file.

    Raises Invalid with one sentence when the file as a whole is no list of registrants.
    """
    rules = evidence or []
    reader = Reader(areas, rules, stages or {}, as_of)
    skipped: list[Line] = []
    found = [row for lines in read(content, filename) for row in data_rows(lines, rules, skipped)]
    if not found:
        raise unreadable(
            "no_list",
            "Tidak ada kepala kolom dengan NIK dan nama, atau tidak ada baris data",
            "no header with NIK and name, or no rows of data",
        )
    report = Report(filename, [reader.read(number, row) for number, row in enumerate(found, 1)], skipped=skipped)
    mark_in_file(report.accepted())
    return report


def _line_text(line: Line) -> str:
    """What a line says that is no row of data, for the report."""
    return " ".join(text for text in map(text_of, line.cells) if text)[:120]


def write_report(report: Report, path: Path) -> None:
    """Write a report as .json, .csv or .xlsx; the file is private (0600), since it holds personal data."""
    if path.suffix == ".json":
        content = json.dumps(report.as_json(), ensure_ascii=False, indent=1).encode()
    elif path.suffix == ".csv":
        content = _as_csv(report)
    elif path.suffix == ".xlsx":
        content = sheet_of(report.rows)
    else:
        raise unreadable("report_format", "Laporan harus .json, .csv, atau .xlsx", "the report must be .json, .csv or .xlsx")
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        os.fchmod(file.fileno(), 0o600)
        file.write(content)


def _as_csv(report: Report) -> bytes:
    target = io.StringIO()
    writer = csv.writer(target, delimiter=";")
    writer.writerow(["row", "sheet_row", "outcome", "codes", "message_id", "message_en", "case_number"])
    for row in report.rows:
        case = row.references.get("case_number", "")
        writer.writerow([row.row, row.sheet_row, row.outcome, " ".join(row.codes), row.messages["id"], row.messages["en"], case])
    return target.getvalue().encode("utf-8-sig")


def sheet_of(rows: list[RowResult], locale: str = "id") -> bytes:
    """Rows as the sender wrote them, with outcome and reason in front: to correct and send again. Every cell is text.

    `locale` ("id" or "en") is the reader's.
    """
    target = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(target, options) as book:
        page, bold, plain = book.add_worksheet(), book.add_format({"bold": True}), book.add_format({"num_format": "@"})
        titles = max((row.titles for row in rows), key=len, default=[])
        for column, title in enumerate([*HEADS[locale], *titles]):
            page.write_string(0, column, str(title), bold)
        for number, row in enumerate(rows, 1):
            cells = [row.outcome, row.messages[locale], str(row.sheet_row), *(_shown(cell, row.codes) for cell in row.cells)]
            for column, cell in enumerate(cells):
                page.write_string(number, column, cell, plain)
        page.freeze_panes(1, 0)
        page.set_column(1, 1, 60)
    return target.getvalue()


def _shown(cell: Any, codes: list[str]) -> str:
    """A cell as text. A NIK that the spreadsheet has damaged is left out: as text it would pass for a real one."""
    if NIK_LOST in codes and isinstance(cell, int | float) and read_nik(cell).error == NIK_LOST:
        return ""
    if isinstance(cell, date):
        return cell.strftime("%d/%m/%Y")
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)

"""A whole list: rows read, doubles found, and the report in its forms."""

import csv
import io
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import xlsxwriter

from models.definitions.areas import AreaTree
from models.definitions.intake import EvidenceRule
from models.intake.headers import data_rows
from models.intake.rows import Reader, RowResult
from models.intake.sheet import read, unreadable


@dataclass(slots=True)
class Report:
    """What came of a file."""

    file: str
    rows: list[RowResult]
    dry_run: bool = True

    @property
    def summary(self) -> dict[str, int]:
        """How many rows had which outcome."""
        return {word: sum(row.outcome == word for row in self.rows) for word in ("ok", "warn", "rejected", "duplicate")}

    def accepted(self) -> list[RowResult]:
        """The rows that are imported."""
        return [row for row in self.rows if row.outcome in ("ok", "warn")]

    def as_json(self) -> dict[str, Any]:
        """The report in the shape of the contract."""
        return {"file": self.file, "dry_run": self.dry_run, "summary": self.summary, "rows": [row_json(r) for r in self.rows]}


def row_json(row: RowResult) -> dict[str, Any]:
    """One row in the shape of the contract; refused rows carry no values."""
    values = {key: value.isoformat() if isinstance(value, date) else value for key, value in row.values.items()}
    return {
        "row": row.row,
        "sheet_row": row.sheet_row,
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
    found = [row for lines in read(content, filename) for row in data_rows(lines, rules)]
    if not found:
        raise unreadable(
            "no_list",
            "Tidak ada kepala kolom dengan NIK dan nama, atau tidak ada baris data",
            "no header with NIK and name, or no rows of data",
        )
    report = Report(filename, [reader.read(number, row) for number, row in enumerate(found, 1)])
    _doubles_in_file(report)
    return report


def _doubles_in_file(report: Report) -> None:
    first: dict[str, RowResult] = {}
    alike: dict[tuple[Any, ...], list[RowResult]] = {}
    for row in report.accepted():
        values = row.values
        known = first.get(values["nik"])
        if known is not None:
            where = f"baris {known.row}"
            if _name(row) != _name(known) and values["tgl_lahir"] != known.values["tgl_lahir"]:
                row.refuse("rejected", "NIK_CONFLICT", where=where)
                row.references = {"conflicts_with": known.row}
            else:
                row.refuse("duplicate", "NIK_DUPLICATE", where=where)
                row.references = {"duplicate_of": known.row}
            continue
        first[values["nik"]] = row
        key = (_name(row), values["tgl_lahir"], values["hp"])
        if values["hp"] is not None:
            for other in alike.setdefault(key, []):
                if sum(a != b for a, b in zip(values["nik"], other.values["nik"], strict=True)) == 1:
                    row.note("POSSIBLE_DUPLICATE", where=f"baris {other.row}")
                    row.references["possible_duplicate_of"] = other.row
                    break
            alike[key].append(row)


def mark_known(report: Report, known: Mapping[str, str]) -> None:
    """Mark rows whose NIK has a case already; `known` gives the case number by NIK."""
    for row in report.accepted():
        number = known.get(row.values["nik"])
        if number is not None:
            row.refuse("duplicate", "NIK_DUPLICATE", where=f"berkas {number}")
            row.references = {"duplicate_of": None, "case_number": number}


def _name(row: RowResult) -> str:
    return " ".join(str(row.values["nama"]).casefold().split())


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


def sheet_of(rows: list[RowResult]) -> bytes:
    """Rows as the sender wrote them, with outcome and reason in front: to correct and send again. Every cell is text."""
    target = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(target, options) as book:
        page, bold, plain = book.add_worksheet(), book.add_format({"bold": True}), book.add_format({"num_format": "@"})
        titles = max((row.titles for row in rows), key=len, default=[])
        for column, title in enumerate(["Hasil", "Alasan", "Baris", *titles]):
            page.write_string(0, column, str(title), bold)
        for number, row in enumerate(rows, 1):
            cells = [row.outcome, row.messages["id"], str(row.sheet_row), *(_shown(cell) for cell in row.cells)]
            for column, cell in enumerate(cells):
                page.write_string(number, column, cell, plain)
        page.freeze_panes(1, 0)
        page.set_column(1, 1, 60)
    return target.getvalue()


def _shown(cell: Any) -> str:
    if isinstance(cell, date):
        return cell.strftime("%d/%m/%Y")
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)

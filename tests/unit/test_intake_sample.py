"""The realistic list: all rows, in both forms, come out as the people who know it expect."""

import json
import os
from datetime import date
from pathlib import Path

import pytest

from models.intake.report import parse_file, row_json

FOLDER = os.environ.get("LANGKAH_SAMPLE_DIR")
pytestmark = pytest.mark.skipif(not FOLDER, reason="LANGKAH_SAMPLE_DIR names no folder with the sample list")


@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
def test_every_row_of_the_sample_comes_out_as_expected(suffix, ok_oce):
    folder = Path(str(FOLDER))
    expected = json.loads((folder / "intake_sample.expected.json").read_text())
    content = (folder / f"intake_sample.{suffix}").read_bytes()
    as_of = date.fromisoformat(expected["meta"]["as_of"])
    report = parse_file(content, f"intake_sample.{suffix}", ok_oce.areas, as_of, ok_oce.live.evidence)
    assert len(report.rows) == len(expected["rows"])
    wrong = []
    for row, want in zip(report.rows, expected["rows"], strict=True):
        want = want | (want.get("xlsx_override", {}) if suffix == "xlsx" else {})
        got = row_json(row)
        pairs = [(got[name], want[name]) for name in ("row", "outcome", "codes")]
        if suffix == "csv":
            # A leading apostrophe is part of the text in CSV and invisible in a workbook.
            pairs.append((got["normalised"], want["normalised"]))
        pairs.append((got["sheet_row"], want["csv_line" if suffix == "csv" else "xlsx_row"]))
        for name in ("duplicate_of", "conflicts_with", "possible_duplicate_of", "hp2"):
            pairs.append((got.get(name), want.get(name)))
        for name, value in want.get("values", {}).items():
            mine = got["values"].get(name)
            pairs.append(tuple(" ".join(str(x).casefold().split()) for x in (mine, value)) if name == "nama" else (mine, value))
        wrong += [(want["row"], *pair) for pair in pairs if pair[0] != pair[1]]
    assert not wrong, "\n".join(str(item) for item in wrong)

"""Files from any program: encodings, quotation marks, huge and broken ones."""

import io
import zipfile
from datetime import date

import pytest
import xlsxwriter

from models.errors import Invalid
from models.intake.report import parse_file, sheet_of

DAY = date(2018, 1, 22)
HEAD = "Nama;NIK;Kec;HP\n"


def person(number, name="Ani"):
    return f"{name};31710145018{number:05d};Gambir;0812345678{number:02d}\n"


def read(ok_oce, content, name="daftar.csv"):
    return parse_file(content if isinstance(content, bytes) else content.encode(), name, ok_oce.areas, DAY)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le", "utf-16-be"])
def test_any_encoding(ok_oce, encoding):
    report = read(ok_oce, (HEAD + person(1, "André")).encode(encoding))
    assert report.rows[0].values["nama"] == "André"


@pytest.mark.parametrize(
    "text",
    [
        "sep=;\n" + HEAD + person(1),
        HEAD + person(1).replace("Ani", "Ani\x00"),
        "\n\nDaftar, tahun 2018, ke-1, bagian a\n" + HEAD + person(1) + person(2) + person(3),
        "".join('"' + line + '"\n' for line in (HEAD + person(1)).splitlines()),
        (HEAD + person(1)).replace("\n", "\r"),
    ],
    ids=["separator named", "NUL bytes", "commas in the title", "rows in quotation marks", "old line ends"],
)
def test_any_text_file(ok_oce, text):
    assert read(ok_oce, text).rows[0].outcome == "ok"


def test_an_open_quotation_mark_swallows_nobody(ok_oce):
    report = read(ok_oce, HEAD + '"' + person(1) + person(2, '"Ina\nSari"') + person(3, 'Toko "Uni') + person(4))
    assert [(row.sheet_row, row.values["nama"]) for row in report.rows] == [(2, "Ani"), (3, "Ina Sari"), (5, 'Toko "Uni'), (6, "Ani")]


def cells(*places, **options):
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, options) as book:
        page = book.add_worksheet()
        for row, column, value in places:
            page.write(row, column, value)
    return target.getvalue()


@pytest.mark.parametrize(
    ("content", "name", "code"),
    [
        (b"  \n ", "kosong.csv", "file_empty"),
        (HEAD.encode(), "judul.csv", "no_list"),
        (b"Nama\nAni\nIna\n", "satu.csv", "no_list"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 9, "foto.csv", "file_unreadable"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 9, "foto.xlsx", "file_unreadable"),
        (b"<html><table><tr><td>NIK</td></tr></table></html>", "ekspor.xls", "file_is_markup"),
        (cells((0, 0, "NIK"), (1_048_575, 16_000, "x")), "jauh.xlsx", "file_too_large"),
        ((HEAD + "x;y;;\n" * 100_001).encode(), "panjang.csv", "file_too_large"),
    ],
)
def test_what_is_no_list_gives_one_clear_error(ok_oce, content, name, code):
    with pytest.raises(Invalid) as refused:
        read(ok_oce, content, name)
    assert [problem.code for problem in refused.value.problems] == [code]


def test_a_workbook_that_understates_its_size_is_damaged(ok_oce):
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/worksheets/sheet1.xml", b"0" * 5_000_000)
    content = target.getvalue().replace((5_000_000).to_bytes(4, "little"), (50).to_bytes(4, "little"))
    with pytest.raises(Invalid, match="rusak"):
        read(ok_oce, content, "bom.xlsx")


def test_five_hundred_columns_are_just_wide(ok_oce):
    wide = HEAD.strip() + "".join(f";K{n}" for n in range(500)) + "\n" + person(1).strip() + ";x" * 500 + "\n"
    assert read(ok_oce, wide).rows[0].outcome == "ok"


def test_the_rejected_rows_do_not_turn_a_damaged_nik_into_a_real_one(ok_oce):
    head = [(0, column, title) for column, title in enumerate(("NIK", "Nama", "Kecamatan", "No HP"))]
    rows = [(1, 0, 3171040805929150.0), (1, 1, "Siti"), (1, 2, "Gambir"), (1, 3, "081234567890")]
    [row] = read(ok_oce, cells(*head, *rows), "daftar.xlsx").rows
    assert row.codes == ["NIK_PRECISION_LOST"]
    [again] = read(ok_oce, sheet_of([row]), "ditolak.xlsx").rows
    assert again.codes == ["NIK_MISSING"]

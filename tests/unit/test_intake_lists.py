"""Lists of other shapes than the sample: other columns, other defects, ten thousand rows."""

import io
import random
from datetime import date

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from models.definitions.typed import number_of
from models.intake import dates, fields
from models.intake.nik import read_nik
from models.intake.phones import phones_of
from models.intake.report import parse_file

DAY = date(2018, 1, 22)
TITLES = {
    "nik": "NIK (16 digit)",
    "nama": "Nama Peserta",
    "kel": "Kelurahan Domisili",
    "kec": "KECAMATAN",
    "lahir": "Tanggal Lahir",
    "hp": "No. Telp/HP",
    "jk": "Jenis Kelamin",
}


def row(n):
    """A valid person of Gambir."""
    day, month = 1 + n % 28, 1 + n % 12
    return {
        "nik": f"317101{day + 40:02d}{month:02d}80{n % 9999 + 1:04d}",
        "nama": f"SITI NOMOR {n}",
        "kel": "Gambir",
        "kec": "GAMBIR",
        "lahir": f"{day:02d}/{month:02d}/1980",
        "hp": f"0812{n:08d}",
        "jk": "P",
    }


def listed(ok_oce, rows, order, delimiter=",", before=(), encoding="utf-8"):
    lines = [*before, delimiter.join(TITLES[key] for key in order)]
    lines += [delimiter.join(str(r[key]) for key in order) for r in rows]
    return parse_file("\n".join(lines).encode(encoding), "daftar.csv", ok_oce.areas, DAY)


@pytest.mark.parametrize(("delimiter", "encoding"), [(",", "utf-8"), (";", "utf-8-sig"), ("\t", "utf-16"), ("|", "cp1252")])
def test_any_order_of_columns_any_delimiter_and_titles_above(ok_oce, delimiter, encoding):
    order = list(TITLES)
    random.Random(7).shuffle(order)
    report = listed(ok_oce, [row(n) for n in range(5)], order, delimiter, ["DAFTAR PENDAFTAR", ""], encoding)
    assert report.summary == {"ok": 5, "warn": 0, "rejected": 0, "duplicate": 0}
    assert report.rows[0].sheet_row == 4


def test_ten_thousand_rows_come_through(ok_oce):
    report = listed(ok_oce, [row(n) for n in range(9_000)], list(TITLES))
    assert len(report.accepted()) == 9_000


def test_a_workbook_with_dates_as_dates_numbers_as_numbers_and_two_sheets(ok_oce):
    target = io.BytesIO()
    with xlsxwriter.Workbook(target) as book:
        style = book.add_format({"num_format": "dd/mm/yyyy"})
        for name in ("Gambir", "Rekap"):
            page = book.add_worksheet(name)
            page.write_row(2, 1, ["No KTP", "Nama Lengkap", "Tgl Lahir", "Kec", "Kel", "Telepon"])
            if name == "Gambir":
                page.write_row(3, 1, ["3171014202800003", "Ani", "", "Gambir", "Cideng", 81200000009])
                page.write_datetime(3, 3, date(1980, 2, 2), style)
                page.write_row(4, 1, [3171014202800013, "Ina", "02/02/1980", "Gambir", "Cideng", "-"])
                page.write_row(5, 1, [3171014202800010, "Nia", "02/02/1980", "Gambir", "Cideng", "-"])
    report = parse_file(target.getvalue(), "daftar.xlsx", ok_oce.areas, DAY)
    assert [r.codes for r in report.rows] == [[], ["NIK_NUMERIC_EXACT", "HP_MISSING"], ["NIK_PRECISION_LOST"]]
    assert (report.rows[0].values["hp"], report.rows[0].values["tgl_lahir"]) == ("+6281200000009", date(1980, 2, 2))


@pytest.mark.parametrize(
    ("cell", "error"),
    [
        ("3171014501800001", None),
        ("NIK: 3171-0145-0180-0001", None),
        ("’3171014501800001", None),
        ("317101450180001", "NIK_LENGTH"),
        ("3171017201800001", "NIK_BAD_DATE"),
        ("3171013102800001", "NIK_BAD_DATE"),
        ("31710145O1800001", "NIK_NOT_NUMERIC"),
        ("3.17101E+15", "NIK_PRECISION_LOST"),
        ("tidak ada", "NIK_MISSING"),
    ],
)
def test_a_nik_is_read_or_the_reason_is_told(cell, error):
    assert read_nik(cell).error == error


@given(st.dates(date(1930, 1, 1), date(2005, 12, 31)))
def test_a_date_is_read_however_it_is_written(day):
    month = {
        1: "Januari",
        2: "Peb",
        3: "maret",
        4: "Apr",
        5: "Mei",
        6: "JUNI",
        7: "Juli",
        8: "Agust",
        9: "Sept",
        10: "Okt",
        11: "Nop",
        12: "Des",
    }
    for text in (f"{day:%d/%m/%Y}", f"{day:%Y-%m-%d}", f"{day.day} {month[day.month]} {day.year}", f"{day.day}-{day.month}-{day.year}"):
        assert dates.date_of(text, DAY)[0] == day, text


@given(st.integers(500, 999_999_999))
def test_money_is_read_however_it_is_written(amount):
    dotted = f"{amount:,}".replace(",", ".")
    for text in (str(amount), f"Rp {dotted},-", f"Rp{dotted}", dotted):
        assert fields.rupiah_of(text) == amount, text
    assert number_of(dotted) == amount


@given(st.text(max_size=40))
def test_no_cell_breaks_a_reader(cell):
    dates.date_of(cell, DAY)
    fields.rupiah_of(cell)
    phones_of(cell)
    fields.rt_rw_of(cell)
    fields.months_of(cell)
    read_nik(cell)

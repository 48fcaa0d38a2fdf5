"""The same person twice in a list, and two people who only look alike."""

import io
from datetime import date

import pytest
import xlsxwriter
from python_calamine import CalamineWorkbook

from models.intake.doubles import KnownCase, mark_known, same_name
from models.intake.report import parse_file, sheet_of

DAY = date(2018, 1, 22)
HEAD = "Nama;NIK;Kec;HP;Tgl Lahir\n"
FIRST = "Siti Aminah;3171014501800001;Gambir;081234567890;05/01/1980\n"


def second(ok_oce, row):
    """What comes of a row after Siti Aminah's."""
    found = parse_file((HEAD + FIRST + row).encode(), "daftar.csv", ok_oce.areas, DAY).rows[1]
    return found.outcome, found.codes, next(iter(found.references.values()), None)


@pytest.mark.parametrize(
    ("row", "outcome", "code"),
    [
        ("SITI AMINAH;3171 0145 0180 0001;Senen;0812;05/01/1980", "duplicate", "NIK_DUPLICATE"),
        ("Hj. Siti Aminah, S.E.;3171014501800001;Gambir;081234567890;07/01/1980", "duplicate", "NIK_DUPLICATE"),
        ("Siti Aminnah;3171014501800001;Gambir;081234567890;07/01/1980", "duplicate", "NIK_DUPLICATE"),
        ("Rudi Hartono;3171014501800001;Gambir;081234567899;09/09/1970", "rejected", "NIK_CONFLICT"),
        ("Siti Aminah;3171014501800007;Gambir;081299999999;05/01/1980", "warn", "POSSIBLE_DUPLICATE"),
        ("Siti Aminah;3275014501800932;Gambir;081234567890;05/01/1980", "warn", "POSSIBLE_DUPLICATE"),
        ("Siti Aisyah;3171014501800002;Gambir;081234567890;05/01/1980", "ok", None),
        ("Siti Aminah;3171014501800932;Gambir;081299999999;05/01/1980", "ok", None),
    ],
    ids=["copy", "title and degree", "typing error", "another person", "one digit", "same phone", "twin", "namesake"],
)
def test_a_second_row(ok_oce, row, outcome, code):
    assert second(ok_oce, row) == (outcome, [code] if code else [], 1 if code else None)


def test_a_refused_row_takes_nobodys_place(ok_oce):
    rows = FIRST.replace("Gambir", "Bekasi Barat") + FIRST
    found = parse_file((HEAD + rows).encode(), "daftar.csv", ok_oce.areas, DAY).rows
    assert [row.outcome for row in found] == ["rejected", "ok"]


@pytest.mark.parametrize(
    ("name", "birth_date", "code"), [("siti aminah", date(1980, 1, 5), "NIK_DUPLICATE"), ("Rudi", date(1970, 1, 1), "NIK_CONFLICT")]
)
def test_a_nik_that_has_a_case(ok_oce, name, birth_date, code):
    rows = parse_file((HEAD + FIRST).encode(), "daftar.csv", ok_oce.areas, DAY).rows
    mark_known(rows, {"3171014501800001": KnownCase("OKOCE-2018-000001", name, birth_date)})
    assert (rows[0].codes, rows[0].references["case_number"]) == ([code], "OKOCE-2018-000001")


def test_names_of_one_person():
    assert same_name("Muh. Ali", "Muhammad Ali")
    assert same_name("Dewi Nur Halimah", "Dewi Halimah")
    assert not same_name("Dewi Halimah", "Rina Halimah")


@pytest.mark.parametrize("name", ['=CMD("calc")', "+62 Siti", "-1+1", "@Siti", "12345"])
def test_what_can_be_no_name_is_refused(ok_oce, name):
    assert second(ok_oce, f"{name.replace(chr(34), '')};3171014501800002;Gambir;081234567891;05/01/1980") == (
        "rejected",
        ["NAME_INVALID"],
        None,
    )


def test_a_double_is_named_by_the_row_that_the_sheet_shows_in_the_readers_language(ok_oce):
    """Two lines of title and an empty one stand above: the fifth line of the file is the first row of data."""
    content = "DAFTAR PENDAFTAR\n2018\n\n" + HEAD + FIRST + FIRST
    row = parse_file(content.encode(), "daftar.csv", ok_oce.areas, DAY).rows[1]
    assert (row.row, row.sheet_row, row.references["duplicate_of"]) == (2, 6, 1)
    assert row.messages == {"id": "NIK sudah ada pada baris 5.", "en": "The NIK is there already: row 5."}
    for locale, words in (("id", "baris 5"), ("en", "row 5")):
        [_, shown] = CalamineWorkbook.from_filelike(io.BytesIO(sheet_of([row], locale))).get_sheet_by_index(0).to_python()
        assert (words in shown[1], shown[2]) == (True, "6")


def test_a_double_of_another_sheet_is_named_with_it(ok_oce):
    target = io.BytesIO()
    with xlsxwriter.Workbook(target) as book:
        for name in ("Gambir", "Senen"):
            page = book.add_worksheet(name)
            for number, line in enumerate([HEAD, FIRST], 2):
                page.write_row(number, 0, line.strip().split(";"))
    row = parse_file(target.getvalue(), "daftar.xlsx", ok_oce.areas, DAY).rows[1]
    assert row.messages == {"id": 'NIK sudah ada pada baris 4 lembar "Gambir".', "en": 'The NIK is there already: row 4 of "Gambir".'}


def test_a_person_with_a_case_is_named_in_both_languages(ok_oce):
    rows = parse_file((HEAD + FIRST).encode(), "daftar.csv", ok_oce.areas, DAY).rows
    mark_known(rows, {"3171014501800001": KnownCase("OKO-2018-000001", "Siti Aminah", date(1980, 1, 5))})
    assert rows[0].messages["en"] == "The NIK is there already: case OKO-2018-000001."


@pytest.mark.parametrize("locale", ["id", "en"])
def test_refused_rows_can_be_sent_again_as_they_were_given_back(ok_oce, locale):
    rows = parse_file((HEAD + FIRST.replace("Siti Aminah", "12345")).encode(), "daftar.csv", ok_oce.areas, DAY).rows
    again = parse_file(sheet_of(rows, locale), "again.xlsx", ok_oce.areas, DAY).rows
    assert [(row.codes, row.cells[3:]) for row in again] == [(["NAME_INVALID"], rows[0].cells)]

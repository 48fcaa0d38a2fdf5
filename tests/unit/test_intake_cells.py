"""Single cells as people and spreadsheets write them."""

from datetime import date, datetime

import pytest

from models.intake import fields
from models.intake.dates import date_of, place_and_date, read_date
from models.intake.nik import read_nik
from models.intake.phones import phones_of
from models.intake.report import parse_file

DAY = date(2018, 1, 22)


@pytest.mark.parametrize(
    "cell",
    [
        *"12-03-85|12/3/1985|12.03.1985|12 Mrt 1985|12-Mar-85|12Maret1985|12-III-1985|Selasa, 12 Maret 1985|12 Maret '85|12031985|19850312"
        "|31118|1985-03-12T00:00:00.000Z|12/Mar/1985|March 12, 1985|12 maret 1985 (32 th)|tgl 12 Maret 1985|12 Mart 1985".split("|"),
        31118.0,
        datetime(1985, 3, 12, 8),
    ],
)
def test_one_day_in_many_spellings(cell):
    assert date_of(cell, DAY)[0] == date(1985, 3, 12)


@pytest.mark.parametrize(
    ("word", "month"), [("Agt", 8), ("Peb", 2), ("Febuari", 2), ("Nop", 11), ("Desmber", 12), ("Sept", 9), ("Jul", 7), ("Jun", 6)]
)
def test_months_as_people_shorten_and_misspell_them(word, month):
    assert date_of(f"3 {word} 1985", DAY)[0] == date(1985, month, 3)


def test_a_date_with_the_month_first_is_told_apart():
    assert read_date("12/25/1985", DAY).month_first
    assert date_of("31/02/1985", DAY)[0] is None


@pytest.mark.parametrize(
    ("cell", "place", "day"),
    [
        ("Jakarta, 12 Maret 1985", "Jakarta", "12 Maret 1985"),
        ("BOGOR 12-03-1985", "BOGOR", "12-03-1985"),
        ("Kab. Tegal / 12/03/85", "Kab. Tegal", "12/03/85"),
        ("Maret 12, 1985", "", "Maret 12, 1985"),
    ],
)
def test_place_and_date_of_birth_in_one_cell(cell, place, day):
    assert place_and_date(cell) == (place, day)


@pytest.mark.parametrize(
    "cell",
    [
        *"0812-3456-7890|0812.3456.7890|+62 812 3456 7890|6281234567890|81234567890|(0812) 34567890|+62 (0)812 34567890|WA: 081234567890"
        "|081234567890 (WA)|081234567890.0|8.1234567890E+10|0812/3456/7890|‎+62 812‑3456‑7890|081234567890/-".split("|"),
        81234567890.0,
    ],
)
def test_one_phone_in_many_spellings(cell):
    assert phones_of(cell)[0] == ["+6281234567890"]


@pytest.mark.parametrize("between", [" / ", "/", ", ", "\n", " ", "-", " atau ", " dan ", " (WA) "])
def test_two_phones_in_one_cell(between):
    assert phones_of(f"081234567890{between}085711112222")[0] == ["+6281234567890", "+6285711112222"]


@pytest.mark.parametrize("cell", ["-", "8,12346E+10", "081234", "08123456789012", "08l234567890", "+60123456789", 0.0])
def test_what_is_no_phone_stays_empty(cell):
    assert phones_of(cell)[0] == []


def test_a_landline_is_a_phone():
    assert phones_of("(021) 5551234")[0] == ["+62215551234"]


NIK = "3171014501800003"


@pytest.mark.parametrize(
    ("cell", "error", "warning"),
    [
        ("3.171.014.501.800.003", None, None),
        (f"No. KTP {NIK}", None, None),
        (f'="{NIK}"', None, None),
        (f"\u200b{NIK}\u202c", None, None),
        (f"{NIK},00", None, "NIK_DOT_ZERO"),
        ("3.171014501800003E+15", None, "NIK_NUMERIC_EXACT"),
        ("3,17E+15", "NIK_PRECISION_LOST", None),
        (3171014501800000.0, "NIK_PRECISION_LOST", None),
        ("09.5401.621062.0123", "NIK_OLD_FORMAT", None),
        ("3171012902850003", "NIK_BAD_DATE", None),
        ("3171012902840003", None, None),
        ("belum punya KTP", "NIK_MISSING", None),
        ("0", "NIK_MISSING", None),
    ],
)
def test_a_nik_as_spreadsheets_damage_it(cell, error, warning):
    found = read_nik(cell)
    assert (found.error, found.warning) == (error, warning)


@pytest.mark.parametrize(
    ("cell", "rt", "rw", "dated"),
    [
        ("RT 3 RW 7", "003", "007", False),
        ("RW 07 RT 03", "003", "007", False),
        ("003007", "003", "007", False),
        ("09-Mar", "009", "003", True),
        (date(2018, 3, 9), "009", "003", True),
        ("2018-03-09", "009", "003", True),
        (43168.0, "009", "003", True),
        (date(1945, 12, 1), "012", "045", True),
    ],
)
def test_rt_and_rw(cell, rt, rw, dated):
    assert fields.rt_rw_of(cell) == (rt, rw, dated)


@pytest.mark.parametrize(
    ("cell", "amount"),
    [
        ("Rp 2.500.000,-", 2_500_000),
        ("2,5 jt", 2_500_000),
        ("2jt500rb", 2_500_000),
        ("±2 juta / bln", 2_000_000),
        ("1.500.000,00", 1_500_000),
        ("1 jt - 2 jt", None),
        ("100.000/hari", None),
        ("tidak tentu", None),
    ],
)
def test_turnover(cell, amount):
    assert fields.rupiah_of(cell) == amount


def test_a_title_may_say_what_the_turnover_is_counted_in(ok_oce):
    rows = f"Nama;NIK;Kec;Omzet (juta)\nAni;{NIK};Gambir;2,5\n"
    assert parse_file(rows.encode(), "daftar.csv", ok_oce.areas, DAY).rows[0].values["omzet"] == 2_500_000


@pytest.mark.parametrize(
    ("cell", "sex"), [("Lk.", "L"), ("Laki2", "L"), ("Prempuan", "P"), ("P (Perempuan)", "P"), ("Ibu", "P"), ("?", None)]
)
def test_sex(cell, sex):
    assert fields.sex_of(cell) == sex


@pytest.mark.parametrize(
    ("cell", "name"),
    [("SITI  NUR'AINI", "Siti Nur'aini"), ("1. budi", "Budi"), ("Ani, S.E.", "Ani, S.E."), ("Ani Sari.", "Ani Sari"), ("-", "")],
)
def test_names(cell, name):
    assert fields.name_of(cell) == name

"""Districts and villages as people write them, and what is doubtful about a place."""

import pytest

from models.intake.places import place_of


def found(ok_oce, district="", village="", **more):
    """Names of district and village, the codes noted, or the error."""
    place = place_of(ok_oce.areas, district, village, **more)
    if place.error:
        return place.error
    return ok_oce.areas.name(place.district), ok_oce.areas.name(place.village), [code for code, _ in place.notes]


@pytest.mark.parametrize(
    ("district", "village", "read"),
    [
        ("Kec. Ps Minggu", "Pejaten Brt", ("Pasar Minggu", "Pejaten Barat")),
        ("KEC.KEBAYORAN LAMA", "Kel.Grogol Utara", ("Kebayoran Lama", "Grogol Utara")),
        ("Kb Jeruk", "Kb. Jeruk", ("Kebon Jeruk", "Kebon Jeruk")),
        ("Tj. Priok", "Kebun Bawang", ("Tanjung Priok", "Kebon Bawang")),
        ("Gambir, Jakarta Pusat", "CIDENG", ("Gambir", "Cideng")),
        ("Klp Gading", "Pegangsaan II", ("Kelapa Gading", "Pegangsaan Dua")),
        ("Kepulauan Seribu Utr", "P. Kelapa", ("Kepulauan Seribu Utara", "Pulau Kelapa")),
    ],
)
def test_usual_spellings_are_no_reason_for_a_warning(ok_oce, district, village, read):
    assert found(ok_oce, district, village) == (*read, [])


@pytest.mark.parametrize(
    ("district", "village", "outcome"),
    [
        ("Duren Swit", "Duren Sawit", ("Duren Sawit", "Duren Sawit", ["KEC_TYPO"])),
        ("Mampang", "Bangka", ("Mampang Prapatan", "Bangka", ["KEC_TYPO"])),
        ("Kebayoran", "Grogol Utara", ("Kebayoran Lama", "Grogol Utara", ["KEC_TYPO"])),
        ("Kbyrn Lama", "Cipulir", ("Kebayoran Lama", "Cipulir", ["KEC_TYPO"])),
        ("Gambir", "Cidng", ("Gambir", "Cideng", ["KEL_TYPO"])),
        ("Gambir", "Bintara", ("Gambir", "", ["KEL_UNKNOWN"])),
        ("", "Cideng", ("Gambir", "Cideng", ["KEC_FROM_KEL"])),
        ("-", "Cideng", ("Gambir", "Cideng", ["KEC_FROM_KEL"])),
        ("Jakarta Pusat", "Cideng", ("Gambir", "Cideng", ["KEC_FROM_KEL"])),
        ("Cideng", "", ("Gambir", "Cideng", ["KEC_FROM_KEL"])),
        ("Senen", "Cideng", ("Gambir", "Cideng", ["KEC_KEL_MISMATCH"])),
        ("Cideng", "Gambir", ("Gambir", "Cideng", ["KEC_KEL_MISMATCH"])),
        ("", "", "AREA_MISSING"),
        ("Jakarta Pusat", "", "AREA_MISSING"),
    ],
)
def test_what_is_corrected_or_doubtful_is_told(ok_oce, district, village, outcome):
    assert found(ok_oce, district, village) == outcome


@pytest.mark.parametrize(
    ("district", "village"),
    [
        ("Bekasi Barat", "Bintara"),
        ("Bogor Tengah", "Kebon Kelapa"),
        ("Limo", "Grogol"),
        ("Pancoran Mas", "Depok Jaya"),
        ("Cinere", "Gandul"),
    ],
)
def test_a_neighbouring_town_is_outside_even_if_a_village_has_the_same_name(ok_oce, district, village):
    assert found(ok_oce, district, village) == "OUT_OF_AREA"


def test_a_city_elsewhere_is_outside_unless_district_and_village_are_certain(ok_oce):
    assert found(ok_oce, "Cipayung", "Ratujaya", city="Kota Depok") == "OUT_OF_AREA"
    assert found(ok_oce, "Gambir", "Cideng", city="Kota Adm. Jakarta Pusat") == ("Gambir", "Cideng", [])
    assert found(ok_oce, "Gambir", "Cideng", city="Wilayah I") == ("Gambir", "Cideng", [])


@pytest.mark.parametrize("cell", ["Cideng / Gambir", "Kel. Cideng Kec. Gambir", "Kec. Gambir, Kel. Cideng", "Cideng, Gambir"])
def test_one_cell_for_both(ok_oce, cell):
    assert found(ok_oce, both=cell) == ("Gambir", "Cideng", [])
    assert found(ok_oce, cell) == ("Gambir", "Cideng", [])


def test_the_address_helps_when_the_columns_say_nothing(ok_oce):
    address = "Jl. Melati No. 3 RT 003/RW 007, Kel. Cideng, Kec. Gambir, Jakarta Pusat"
    assert found(ok_oce, "-", "", address=address) == ("Gambir", "Cideng", [])

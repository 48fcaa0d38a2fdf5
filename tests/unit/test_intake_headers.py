"""Headers as senders write them: any spelling, any order, one row or several, and what is no row of data."""

import io
from datetime import date

import pytest
import xlsxwriter

from models.intake.headers import evidence_of, fields_of
from models.intake.report import parse_file

DAY = date(2018, 1, 22)


def nik(number, woman=True):
    """A NIK of somebody born on 5 January 1980."""
    return f"317101{45 if woman else 5:02d}0180{number:04d}"


def read(ok_oce, text, name="daftar.csv"):
    return parse_file(text if isinstance(text, bytes) else text.encode(), name, ok_oce.areas, DAY, ok_oce.live.evidence)


def workbook(fill):
    target = io.BytesIO()
    with xlsxwriter.Workbook(target) as book:
        fill(book)
    return target.getvalue()


SPELLINGS = {
    "nik": "NIK|No. KTP|NIK/No. KTP|NO. INDUK KEPENDUDUKAN|Nomor Induk Kependudukan (NIK)|e-KTP|N I K|No. Identitas|nik_ktp",
    "nama": "NAMA|Nama Lengkap (sesuai KTP)|NAMA PESERTA|NamaLengkap|Nama Pemilik Usaha|Nama UMKM|Full Name|nama_pendaftar",
    "jk": "L/P|JK|J/K|Jenis Kelamin (L/P)|Jns. Kel|Gender|Laki-laki/Perempuan|JenisKelamin",
    "birth": "TTL|Tmp/Tgl Lahir|Tempat, Tanggal Lahir|Tempat & Tgl. Lahir",
    "tgl_lahir": "Tgl. Lhr|TANGGAL LAHIR (dd/mm/yyyy)|TglLahir|Date of Birth|Tangal Lahirr",
    "tempat_lahir": "Tempat Lahir|Kota Kelahiran|Tmp Lahir",
    "hp": "HP|No.HP/WA|Nomor WhatsApp Aktif|No. Telp|NOHP|No. Handphone yang aktif|Kontak",
    "kecamatan": "Kec.|KECAMATAN|KecamatanDomisili|Nama Kecamatan|Kecmatan",
    "kelurahan": "Kel|Kelurahan/Desa|KELURAHAN DOMISILI|Desa / Kel.",
    "kelkec": "Kel/Kec|Kelurahan & Kecamatan",
    "rtrw": "RT/RW|RT - RW|RTRW",
    "omzet": "Omset per Bulan|OMZET (Rp)|Pendapatan/bulan|Rata-rata Omzet",
    "tgl_daftar": "Tgl Daftar|Tanggal Pendaftaran|TGL REGISTRASI|Timestamp|Tgl. Masuk",
    "jenis_usaha": "Jenis Usaha|Bidang Usaha|Usaha yang dijalankan|Produk",
}


@pytest.mark.parametrize(("field", "title"), [(f, title) for f, titles in SPELLINGS.items() for title in titles.split("|")])
def test_a_title_names_its_field_however_it_is_spelt(field, title):
    assert fields_of(title)[0][0] == field


@pytest.mark.parametrize(
    "title", ["No. KK", "Nama Ibu Kandung", "No. HP Pendamping", "NPWP", "Status Perkawinan", "Kode Pos", "Foto KTP", "Umur"]
)
def test_what_is_about_somebody_or_something_else_names_no_field(title):
    assert not fields_of(title)


def test_the_surest_title_takes_the_field_and_a_family_card_is_no_nik(ok_oce):
    report = read(ok_oce, f"No KK;Nama Usaha;NIK;Nama;Kec;HP\n3171010101010001;Dapur Ani;{nik(1)};Ani;Gambir;081234567890\n")
    assert (report.rows[0].outcome, report.rows[0].values["nama"], report.rows[0].values["nik"]) == ("ok", "Ani", nik(1))
    assert report.rows[0].values["jenis_usaha"] == "Dapur Ani"


def test_a_column_of_niks_is_found_by_what_stands_in_it(ok_oce):
    report = read(ok_oce, f"Nama;Data diri;Kec;HP\nAni;{nik(1)};Gambir;081234567890\n")
    assert report.rows[0].values["nik"] == nik(1)


def test_a_merged_header_on_two_rows_with_a_column_for_each_sex(ok_oce):
    def fill(book):
        page = book.add_worksheet()
        page.merge_range(0, 0, 0, 9, "DATA CALON PESERTA")
        page.merge_range(1, 0, 1, 9, "KECAMATAN GAMBIR")
        for column, title in ((0, "NO"), (1, "NAMA"), (2, "NIK"), (10, "TELP")):
            page.merge_range(3, column, 4, column, title)
        for first, last, title in ((3, 4, "LAHIR"), (5, 6, "JENIS KELAMIN"), (7, 9, "DOMISILI")):
            page.merge_range(3, first, 3, last, title)
        page.write_row(4, 3, ["TEMPAT", "TANGGAL", "L", "P", "RT", "RW", "KELURAHAN"])
        page.write_row(5, 0, list(range(1, 12)))
        page.write_row(6, 0, [1, "Ani", nik(1), "Bogor", "5 Jan 1980", "", "v", 3, 7, "Cideng", "081234567890"])
        page.write_row(7, 0, [2, "Budi", nik(2, woman=False), "Tegal", "05/01/1980", "v", "", "004", "008", "Cideng", "081234567891"])

    report = read(ok_oce, workbook(fill), "daftar.xlsx")
    assert [(row.sheet_row, row.outcome, row.values["jk"], row.values["rt"]) for row in report.rows] == [
        (7, "ok", "P", "003"),
        (8, "ok", "L", "004"),
    ]
    assert report.rows[0].values["tempat_lahir"] == "Bogor"
    assert report.rows[0].values["kecamatan"] == "31.71.01", "the heading above the list names it"


def test_headings_between_the_rows_name_the_village(ok_oce):
    rows = f"KECAMATAN : GAMBIR;;;\nNo;Nama;NIK;HP\nKELURAHAN CIDENG;;;\n1;Ani;{nik(1)};081234567890\nKELURAHAN DURI PULO;;;\n"
    report = read(ok_oce, rows + f"1;Ina;{nik(2)};081234567891\n")
    assert [ok_oce.areas.name(row.values["kelurahan"]) for row in report.rows] == ["Cideng", "Duri Pulo"]


def test_every_row_about_a_person_gets_an_outcome_and_the_rest_is_listed_as_skipped(ok_oce):
    report = read(
        ok_oce,
        f"No,Nama,NIK,Kec,HP\n(1),(2),(3),(4),(5)\n1,Ani,{nik(1)},Gambir,081234567890\n2,Budi,,,\n3,,,,\n,Jumlah,2,,\n"
        f"No,Nama,NIK,Kec,HP\n4,Ina,{nik(2)},Gambir,081234567891\n,Total,3,,\n"
        ',,,"Jakarta, 22 Januari 2018",\n,Mengetahui,,Pendamping,\n,(Drs. Ali),,(Rina),\n,NIP. 196504041990031002,,,\n',
    )
    assert [(row.sheet_row, row.outcome) for row in report.rows] == [(3, "ok"), (4, "rejected"), (8, "ok")]
    assert [line.number for line in report.skipped] == [2, 5, 6, 9, 10, 11, 12, 13]
    assert report.as_json()["skipped"][2]["text"] == "Jumlah 2"


def test_a_repeated_header_may_bring_another_order(ok_oce):
    report = read(ok_oce, f"Nama;NIK;Kec\nAni;{nik(1)};Gambir\nNIK;Kec;Nama\n{nik(2)};Senen;Ina\n")
    assert [(row.values["nama"], row.values["kecamatan"]) for row in report.rows] == [("Ani", "31.71.01"), ("Ina", "31.71.04")]


def test_hidden_sheets_stay_out_and_a_cover_does_no_harm(ok_oce):
    def fill(book):
        book.add_worksheet("Sampul").write(3, 2, "DAFTAR PESERTA")
        for name, number in (("lama", 1), ("Gambir", 2), ("Senen", 3)):
            page = book.add_worksheet(name)
            page.write_row(0, 0, ["NAMA", "NIK", "KEC", "HP"])
            page.write_row(1, 0, [f"Orang {name}", nik(number), "Gambir", "081234567890"])
            if name == "lama":
                page.hide()

    report = read(ok_oce, workbook(fill), "daftar.xlsx")
    assert [(row.row, row.sheet, row.sheet_row) for row in report.rows] == [(1, "Gambir", 2), (2, "Senen", 2)]


def test_a_cell_merged_over_several_people_holds_for_each(ok_oce):
    def fill(book):
        page = book.add_worksheet()
        page.write_row(0, 0, ["NAMA", "NIK", "KEC", "HP"])
        for number, name in enumerate(("Ani", "Ina", "Uni"), 1):
            page.write_row(number, 0, [name, nik(number), "", "081234567890"])
        page.merge_range(1, 2, 3, 2, "Gambir")

    assert [row.outcome for row in read(ok_oce, workbook(fill), "daftar.xlsx").rows] == ["ok"] * 3


@pytest.mark.parametrize(
    ("title", "rule"),
    [
        ("Tgl. Ikut Pelatihan", "trained"),
        ("Sudah Pelatihan (ya/tidak)", "trained"),
        ("Status Pendampingan", "mentored"),
        ("No. Izin Usaha", "licensed"),
        ("Nomor IUMK", "licensed"),
        ("Rencana Pelatihan", None),
        ("Lokasi Pelatihan", None),
        ("NPWP", None),
    ],
)
def test_evidence_is_known_by_what_its_column_is_about(ok_oce, title, rule):
    found = evidence_of(title, ok_oce.live.evidence)
    assert (found.id if found else None) == rule


@pytest.mark.parametrize(
    ("cell", "proven"),
    [
        ("v", True),
        ("sudah", True),
        ("12/01/2018", True),
        ("12/01/2019", False),
        ("belum", False),
        ("-", False),
        ("x", False),
        ("tidak", False),
    ],
)
def test_what_a_cell_of_evidence_proves(ok_oce, cell, proven):
    report = read(ok_oce, f"Nama;NIK;Kec;HP;Pelatihan\nAni;{nik(1)};Gambir;081234567890;{cell}\n")
    assert [proof.rule for proof in report.rows[0].evidence] == (["trained"] if proven else [])

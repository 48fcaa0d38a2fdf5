"""What each code means, in both languages. Braces are filled with the row's own values."""

from typing import Final

MESSAGES: Final[dict[str, tuple[str, str]]] = {
    "NIK_MISSING": ("NIK kosong.", "The NIK is missing."),
    "NIK_PRECISION_LOST": (
        "NIK tersimpan sebagai angka di Excel (angka terakhir hilang); ketik ulang sebagai teks.",
        "The NIK was stored as a number in Excel (its last digit is lost); type it again as text.",
    ),
    "NIK_NUMERIC_EXACT": (
        "NIK bertipe angka di Excel tetapi 16 angka masih utuh; cek KTP-el.",
        "The NIK is a number in Excel but its 16 digits are whole; check the identity card.",
    ),
    "NIK_DOT_ZERO": ('Akhiran ".0" pada NIK dibuang.', 'The ".0" at the end of the NIK was removed.'),
    "NIK_NOT_NUMERIC": ("NIK berisi huruf; ketik ulang dari KTP-el.", "The NIK holds letters; copy it again from the card."),
    "NIK_OLD_FORMAT": (
        "Nomor KTP lama (berawalan 09); minta NIK 16 angka dari KTP-el.",
        "An old card number (begins with 09); ask for the 16 digits of the electronic card.",
    ),
    "NIK_LENGTH": ("NIK {shown} angka; harus 16 angka.", "The NIK has {shown} digits; it must have 16."),
    "NIK_BAD_DATE": ("Tanggal lahir di dalam NIK tidak sah ({shown}).", "The birth date in the NIK is impossible ({shown})."),
    "NIK_SERIAL_ZERO": ("Nomor urut NIK 0000 tidak pernah diterbitkan.", "The serial 0000 was never issued."),
    "NIK_DUPLICATE": ("NIK sudah ada pada {where}.", "The NIK is there already: {where}."),
    "NIK_CONFLICT": (
        "NIK sama dengan {where} tetapi nama dan tanggal lahir berbeda; cek KTP-el keduanya.",
        "The same NIK as {where} but another name and birth date; check both cards.",
    ),
    "POSSIBLE_DUPLICATE": (
        "Nama dan tanggal lahir sama dengan {where}, NIK mirip atau HP sama; perlu diputuskan petugas.",
        "Name and birth date as in {where}, with a similar NIK or the same phone; an officer must decide.",
    ),
    "NAME_INVALID": (
        "Nama tidak dapat dipakai; tulis nama orang dengan huruf, bukan angka saja dan bukan rumus.",
        "This cannot be a name; write the person's name in letters, no mere number and no formula.",
    ),
    "NAME_MISSING": ("Nama kosong.", "The name is missing."),
    "OUT_OF_AREA": ("Alamat di luar wilayah program ({shown}).", "The address lies outside the programme's area ({shown})."),
    "OUTSIDE_YOUR_AREA": (
        "Kecamatan {shown} di luar wilayah kerja Anda; kirim baris ini lewat petugas wilayahnya.",
        "The district {shown} lies outside your area; have this row sent by those who work there.",
    ),
    "AREA_MISSING": ("Kecamatan dan kelurahan kosong.", "Neither district nor village is given."),
    "KEC_TYPO": ('Kecamatan "{shown}" dibaca "{read}".', 'The district "{shown}" was read as "{read}".'),
    "KEL_TYPO": ('Kelurahan "{shown}" dibaca "{read}".', 'The village "{shown}" was read as "{read}".'),
    "KEL_UNKNOWN": ('Kelurahan "{shown}" tidak dikenal; dikosongkan.', 'The village "{shown}" is unknown; left empty.'),
    "KEC_FROM_KEL": ("Kecamatan kosong; diisi dari kelurahan.", "The district is empty; taken from the village."),
    "KEC_KEL_MISMATCH": (
        "Kelurahan bukan bagian kecamatan tertulis; dipakai kecamatan dari kelurahan.",
        "The village is not in the district given; the village's own district is used.",
    ),
    "DOB_SWAPPED": (
        "Tanggal dan bulan lahir tertukar; diperbaiki sesuai NIK.",
        "Day and month of birth were exchanged; corrected by the NIK.",
    ),
    "DOB_NIK_MISMATCH": (
        "Tanggal lahir tidak cocok dengan NIK; cek KTP-el (nilai isian dipertahankan).",
        "The birth date does not fit the NIK; check the card (the value given is kept).",
    ),
    "DOB_FROM_NIK": ("Tanggal lahir kosong; diisi dari NIK.", "The birth date is empty; taken from the NIK."),
    "DOB_UNREADABLE": (
        "Tanggal lahir tidak terbaca; diisi dari NIK.",
        "The birth date is unreadable; taken from the NIK.",
    ),
    "JK_FROM_NIK": ("Jenis kelamin kosong; diisi dari NIK.", "The sex is empty; taken from the NIK."),
    "JK_NIK_MISMATCH": (
        "Jenis kelamin tidak cocok dengan NIK; perlu dicek (nilai isian dipertahankan).",
        "The sex does not fit the NIK; check it (the value given is kept).",
    ),
    "HP_MISSING": ("Nomor HP kosong; peserta tidak bisa dihubungi.", "No phone number; the participant cannot be reached."),
    "HP_INVALID": ("Nomor HP tidak sah; dikosongkan.", "The phone number is invalid; left empty."),
    "HP_MULTI": (
        "Dua nomor; nomor pertama dipakai, nomor kedua dicatat.",
        "Two numbers; the first is used, the second noted.",
    ),
    "RTRW_AUTODATE": (
        "RT/RW berubah menjadi tanggal oleh Excel; dibaca kembali sebagai RT/RW.",
        "Excel had turned RT/RW into a date; read back as RT/RW.",
    ),
    "OMZET_UNREADABLE": ("Omzet tidak terbaca; dikosongkan.", "The turnover is unreadable; left empty."),
    "TGL_DAFTAR_UNREADABLE": (
        "Tanggal daftar tidak terbaca; dipakai tanggal impor.",
        "The registration date is unreadable; the day of the import is used.",
    ),
    "TGL_DAFTAR_FUTURE": (
        "Tanggal daftar di masa depan; dipakai tanggal impor.",
        "The registration date lies in the future; the day of the import is used.",
    ),
}

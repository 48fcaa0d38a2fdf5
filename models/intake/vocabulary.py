"""The words of column titles: every spelling of a word, and a title taken apart into words, glued and misspelt ones too."""

import re
import unicodedata
from functools import lru_cache

from rapidfuzz import process
from rapidfuzz.distance import DamerauLevenshtein

_SPELLINGS = {
    "no": "no nomor nomer nmr nmor num number urut nourut",
    "nik": "nik ktp ektp kependudukan identitas identity nikktp ktpel",
    "kk": "kk",
    "family": "keluarga ibu ayah suami istri kandung wali",
    "nama": "nama nm name nma",
    "person": "peserta pendaftar pemilik wirausaha wirausahawan pengusaha pelaku anggota calon"
    " participant applicant owner orang warga",
    "tempat": "tempat tmp tmpt tpt tmpat tempt place",
    "tgl": "tgl tanggal tggl tgal date waktu hari",
    "lahir": "lahir lhr kelahiran birth born dob",
    "ttl": "ttl",
    "daftar": "daftar pendaftaran mendaftar terdaftar registrasi register registration registered masuk timestamp",
    "jk": "jk kelamin klamin gender sex klmn jnskelamin lp pl",
    "man": "l lk pria laki",
    "woman": "p pr w wanita perempuan",
    "jenis": "jenis jns bidang kategori sektor type kind",
    "alamat": "alamat almt alm address jalan",
    "email": "email mail surel",
    "rt": "rt",
    "rw": "rw",
    "kel": "kel kelurahan keldesa desa klrhn kelrahan village subdistrict",
    "kec": "kec kecamatan kcmtn kecmatan district",
    "kota": "kota kab kabupaten kotamadya city",
    "hp": "hp handphone hape telepon telp tlp telpon tlpn telephone ponsel wa whatsapp whatsap kontak phone mobile"
    " seluler selular hub contact",
    "usaha": "usaha umkm ukm bisnis dagang toko business merk merek perusahaan",
    "product": "produk product komoditi komoditas jualan dagangan",
    "lama": "lama lamanya umur usia sejak berdiri",
    "omzet": "omzet omset ozet pendapatan penghasilan penjualan turnover revenue income",
    "tahap": "tahap tahapan pas posisi langkah step stage",
    "status": "status",
    "ket": "ket keterangan catatan remark remarks note notes",
    "home": "domisili tinggal rumah sekarang home",
    "other": "npwp rekening rek bank foto scan pendamping mentor petugas kode pos pendidikan agama pekerjaan jabatan ttd tanda tangan"
    " darurat saudara keluarga bpjs kendaraan pernikahan kawin perkawinan",
    "filler": "lengkap sesuai dengan dan and atau or yang di of the per bln bulan bulanan month monthly rp rupiah rata"
    " aktif induk dijalankan"
    " digit el e data diri asli full saat ini akhir terakhir isi wajib dd mm yyyy th tahun thn hh bila ada baru id utama dimiliki j k",
}  # fmt: skip
_WORD = {spelling: word for word, spellings in _SPELLINGS.items() for spelling in spellings.split()}
_LONG = [spelling for spelling in _WORD if len(spelling) >= 5]


@lru_cache(maxsize=20_000)
def words_of(title: str) -> tuple[str, ...]:
    """The words of a title; a word that is none of ours stays as it is written, with a "?" before it."""
    plain = unicodedata.normalize("NFKC", title).strip()
    if re.fullmatch(r"(\w\s+)+\w", plain):  # N I K
        plain = re.sub(r"\s", "", plain)
    plain = re.sub(r"\b([ejEJ])[\s.\-/]*(ktp|mail|k)\b", r"\1\2", plain, flags=re.IGNORECASE)
    return tuple(word for piece in re.findall(r"[A-Za-z]+", plain) for word in _pieces(piece))


def _pieces(piece: str) -> list[str]:
    """The words of one run of letters: as a whole, else apart at its capitals ("TglLahir")."""
    whole = _known(piece.lower())
    parts = re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])", piece)
    return whole if len(parts) < 2 or not whole[0].startswith("?") else [word for part in parts for word in _known(part.lower())]


def _known(piece: str) -> list[str]:
    if piece in _WORD:
        return [_WORD[piece]]
    parts = _split(piece)
    if parts:
        return parts
    near = process.extractOne(piece, _LONG, scorer=DamerauLevenshtein.distance, score_cutoff=1 if len(piece) < 9 else 2)
    return [_WORD[near[0]]] if near and len(piece) >= 5 else [f"?{piece}"]


def _split(piece: str) -> list[str]:
    """Words written as one, if there is no letter that belongs to none."""
    if len(piece) > 40:
        return []
    best: list[list[str] | None] = [[]] + [None] * len(piece)
    for end in range(2, len(piece) + 1):
        for start in range(max(0, end - 16), end - 1):
            before = best[start]
            word = _WORD.get(piece[start:end])
            if before is not None and word and (best[end] is None or len(before) + 1 < len(best[end] or [])):
                best[end] = [*before, word]
    return best[-1] or []

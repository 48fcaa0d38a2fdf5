"""Finds the header of a list, in any order and spelling, on one or two rows, and the rows that are data."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from models.definitions.intake import EvidenceRule
from models.intake.sheet import Line

# Most telling first: a header belongs to the first field whose pattern fits it (after squeezing).
PATTERNS: tuple[tuple[str, str], ...] = (
    ("nik", r"^(no|nomor)?(nik|ktp|nikktp|ktpnik|indukkependudukan)(16digit|el|sesuaiktp)?$|^nonik|^nomornik|^nikpeserta"),
    ("tempat_lahir", r"^(tempat|tmpt|tpt)(lahir|lhr)$|^kotalahir"),
    ("tgl_lahir", r"^(tgl|tanggal|tgllahir|tanggallahir)(lahir|lhr)?$|^ttl$|^(tgl|tanggal)lahir|^lahir$"),
    ("tgl_daftar", r"^(tgl|tanggal|waktu)(daftar|pendaftaran|registrasi|mendaftar)|^timestamp$|^terdaftar"),
    ("rtrw", r"^rt(dan)?rw$"),
    ("rt", r"^rt$|^norrt$|^nort$"),
    ("rw", r"^rw$|^norw$"),
    ("kelurahan", r"^(nama)?(kel|kelurahan|keldesa|kelurahandesa|desa|desakelurahan)(domisili|usaha|tempattinggal)?$"),
    ("kecamatan", r"^(nama)?(kec|kecamatan)(domisili|usaha|tempattinggal)?$"),
    (
        "hp",
        r"^(no|nomor)?(hp|wa|hpwa|wahp|handphone|telepon|telp|tlp|telephone|ponsel|whatsapp|kontak|hpwhatsapp|telphp|hptelp)(aktif|peserta)?$",
    ),
    ("email", r"^(alamat)?(email|surel|mail)$"),
    ("jk", r"^(jk|lp|jeniskelamin|kelamin|gender|sex|jnskelamin|pl)$"),
    ("jenis_usaha", r"^(jenis|bidang|nama|jns)?usaha$|^(jenis|bidang)(usaha|produk)|^produk$"),
    ("lama_usaha", r"^(lama|umur|usia|lamanya)(usaha|berusaha)|^usahasejak$"),
    ("omzet", r"^(omzet|omset)|^pendapatan|^penghasilan"),
    ("alamat", r"^alamat(domisili|lengkap|rumah|tinggal|ktp|usaha)?$"),
    ("tahap", r"^(tahap|status|pas|posisi)(7pas|peserta|terakhir|sekarang)?$"),
    ("nama", r"^nama(lengkap|peserta|pendaftar|sesuaiktp|pemilik|lengkappeserta|wirausaha)?$"),
    ("ket", r"^(ket|keterangan|catatan|remarks?)$"),
)
CORE = ("nik", "nama", "tgl_lahir", "hp", "kelurahan", "kecamatan", "tgl_daftar", "alamat", "jk")
TOTALS = re.compile(r"^\s*(jumlah|total|sub\s*total|mengetahui|catatan|rekap|keterangan|demikian)\b", re.IGNORECASE)


def squeezed(text: Any) -> str:
    """A header reduced to its letters and digits, without what stands in parentheses."""
    return re.sub(r"[^a-z0-9]", "", re.sub(r"\([^)]*\)", "", str(text).lower()))


def field_of(text: Any) -> str | None:
    """The field that a header names."""
    plain = squeezed(text)
    if not plain or len(plain) > 40:
        return None
    return next((name for name, pattern in PATTERNS if re.search(pattern, plain)), None)


@dataclass(slots=True)
class Header:
    """Which column holds which field; `evidence` columns by rule; `titles` as the sender wrote them."""

    fields: dict[str, int]
    evidence: dict[int, EvidenceRule] = field(default_factory=dict)
    titles: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class DataRow:
    """A row of data with its header."""

    line: Line
    header: Header

    def cell(self, name: str) -> Any:
        """The cell of a field, "" when there is none."""
        column = self.header.fields.get(name)
        return self.line.cells[column] if column is not None and column < len(self.line.cells) else ""


def data_rows(lines: list[Line], rules: list[EvidenceRule]) -> Iterator[DataRow]:
    """The rows of data of a sheet, in order; titles, repeated headers, numbering rows, blanks and footers are left out."""
    header: Header | None = None
    for place, line in enumerate(lines):
        found = _header(line, lines[place + 1] if place + 1 < len(lines) else None, rules)
        if found is not None:
            if header is None or len(found.fields) >= len(header.fields):
                header = found
            continue
        if header is not None and _is_data(line, header):
            yield DataRow(line, header)


def _header(line: Line, below: Line | None, rules: list[EvidenceRule]) -> Header | None:
    titles = [str(cell).strip() for cell in line.cells]
    names = [field_of(title) for title in titles]
    if len({name for name in names if name}) < 3 or not {"nik", "nama"} & set(names):
        return None
    if below is not None and sum(field_of(cell) is not None for cell in below.cells) >= 2:
        under = [str(cell).strip() for cell in below.cells] + [""] * max(0, len(titles) - len(below.cells))
        titles += [""] * max(0, len(under) - len(titles))
        if not any(field_of(cell) == "nik" for cell in under):
            titles = [lower if lower and field_of(lower) else upper for upper, lower in zip(titles, under, strict=True)]
    fields: dict[str, int] = {}
    for column, title in enumerate(titles):
        name = field_of(title)
        if name and name not in fields:
            fields[name] = column
    evidence = {}
    for column, title in enumerate(titles):
        for rule in rules:
            if squeezed(title) and squeezed(title) in {squeezed(known) for known in rule.columns}:
                evidence[column] = rule
                fields = {name: at for name, at in fields.items() if at != column}
    return Header(fields, evidence, titles)


def _is_data(line: Line, header: Header) -> bool:
    values = {name: line.cells[at] for name, at in header.fields.items() if at < len(line.cells) and str(line.cells[at]).strip()}
    named = str(values.get("nama", ""))
    if TOTALS.match(named) and len(values) <= 4:
        return False
    known = [name for name in CORE if name in values]
    if sum(field_of(value) is not None for value in values.values()) >= 3:
        return False
    digits = re.sub(r"\D", "", str(values.get("nik", "")))
    numbering = all(re.fullmatch(r"\(?\d{1,2}\)?(\.0)?", str(value).strip()) for value in values.values())
    return not numbering and (len(known) >= 3 or (len(digits) >= 10 and "nama" in known))

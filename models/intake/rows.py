"""One row of a list: read its fields, correct what is certain, name what is doubtful."""

import re
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from models.definitions.areas import AreaTree
from models.definitions.intake import EvidenceRule
from models.intake import fields
from models.intake.cells import is_nothing, text_of
from models.intake.dates import date_of, place_and_date, read_date, swapped
from models.intake.layout import DataRow
from models.intake.messages import MESSAGES
from models.intake.nik import Nik, read_nik
from models.intake.phones import phones_of
from models.intake.places import place_of
from models.intake.proofs import Proof, proofs_of

Both = tuple[str, str]  # the same in Indonesian and in English


@dataclass(slots=True)
class RowResult:
    """What came of a row; `values` are clean, `cells` as the sender wrote them."""

    row: int
    sheet_row: int
    outcome: str = "ok"
    codes: list[str] = field(default_factory=list)
    messages: dict[str, str] = field(default_factory=lambda: {"id": "", "en": ""})
    normalised: list[str] = field(default_factory=list)
    values: dict[str, Any] = field(default_factory=dict)
    evidence: list[Proof] = field(default_factory=list)
    references: dict[str, Any] = field(default_factory=dict)
    titles: list[str] = field(default_factory=list)
    cells: list[Any] = field(default_factory=list)
    sheet: str = ""

    def note(self, code: str, **words: str | Both) -> None:
        """Add a code with its sentence; the row is a warning from now on unless it is worse. A word may differ by language."""
        self.codes.append(code)
        if self.outcome == "ok":
            self.outcome = "warn"
        for place, language in enumerate(("id", "en")):
            sentence = MESSAGES[code][place].format(**{k: w if isinstance(w, str) else w[place] for k, w in words.items()})
            self.messages[language] = f"{self.messages[language]} {sentence}".strip()

    def refuse(self, outcome: str, code: str, **words: str | Both) -> None:
        """End with one reason: the row is not imported."""
        self.outcome, self.codes, self.normalised = outcome, [], []
        self.messages = {"id": "", "en": ""}
        self.note(code, **words)


@dataclass(frozen=True, slots=True)
class Reader:
    """What is needed to read rows."""

    areas: AreaTree
    rules: list[EvidenceRule]
    stages: dict[str, list[str]]
    as_of: date

    def read(self, number: int, data: DataRow) -> RowResult:
        """Read one row; the first thing that forbids its import ends it."""
        result = RowResult(number, data.line.number, titles=data.header.titles, cells=data.line.cells, sheet=data.line.sheet)
        nik = read_nik(data.cell("nik"))
        values = result.values = {"nik": nik.digits, "nama": fields.name_of(data.cell("nama"))}
        if nik.error:
            result.refuse("rejected", nik.error, shown=nik.shown)
            return result
        if not values["nama"]:
            result.refuse("rejected", "NAME_MISSING")
            return result
        if not fields.is_name(values["nama"]):
            result.refuse("rejected", "NAME_INVALID")
            return result
        if nik.normalised:
            result.normalised.append("nik_format")
        if nik.warning:
            result.note(nik.warning)
        self._birth(result, data, nik)
        self._sex(result, data, nik)
        if not self._place(result, data):
            return result
        self._contact(result, data)
        self._business(result, data)
        result.evidence = proofs_of(data, self.rules, self.stages, str(result.values["ket"] or ""), self.as_of)
        return result

    def _birth(self, result: RowResult, data: DataRow, nik: Nik) -> None:
        place, cell = _born(data)
        result.values["tempat_lahir"] = None if is_nothing(place) else text_of(place)
        found = read_date(cell, self.as_of)
        if found is None or found.day > self.as_of:
            result.values["tgl_lahir"] = nik.birth_date(self.as_of)
            if not is_nothing(cell):
                result.note("DOB_UNREADABLE")
            elif data.header.fields.keys() & {"tgl_lahir", "birth"}:
                result.note("DOB_FROM_NIK")
            return
        day, turned = found.day, swapped(found.day)
        if not found.plain and not found.month_first:
            result.normalised.append("dob_format")
        if found.month_first and nik.birth_fits(day):
            result.note("DOB_SWAPPED")
        elif not nik.birth_fits(day) and turned is not None and nik.birth_fits(turned):
            day = turned
            result.note("DOB_SWAPPED")
        elif not nik.birth_fits(day):
            result.note("DOB_NIK_MISMATCH")
        result.values["tgl_lahir"] = day

    def _sex(self, result: RowResult, data: DataRow, nik: Nik) -> None:
        sex = fields.sex_of(data.cell("jk"))
        marked = [not is_nothing(data.cell(name)) for name in ("man", "woman")]  # a column for each, with a mark in one
        if sex is None and any(marked) and not all(marked):
            sex = "L" if marked[0] else "P"
        if sex is None:
            if data.header.fields.keys() & {"jk", "man", "woman"}:
                result.note("JK_FROM_NIK")
            sex = "P" if nik.woman else "L"
        elif (sex == "P") != nik.woman:
            result.note("JK_NIK_MISMATCH")
        result.values["jk"] = sex

    def _place(self, result: RowResult, data: DataRow) -> bool:
        address = text_of(data.cell("alamat"))
        kec, kel = self._named(data, "district", "kecamatan"), self._named(data, "village", "kelurahan")
        place = place_of(self.areas, kec, kel, both=text_of(data.cell("kelkec")), address=address, city=text_of(data.cell("kota")))
        if place.error:
            result.refuse("rejected", place.error, shown=place.shown)
            return False
        for code, words in place.notes:
            result.note(code, **words)
        rt, rw, dated = fields.rt_rw_of(data.cell("rtrw"), data.cell("rt"), data.cell("rw"))
        if dated:
            result.note("RTRW_AUTODATE")
        if rt is None and rw is None:
            rt, rw = fields.rt_rw_in(address)
        result.values |= {"kecamatan": place.district, "kelurahan": place.village, "rt": rt, "rw": rw, "alamat": address or None}
        return True

    def _named(self, data: DataRow, kind: Literal["district", "village"], name: str) -> str:
        """What a row says of a place; in a list without such a column, what the heading above says if it is such a place."""
        heading = data.heading.get(name, "")
        if heading and not data.header.fields.keys() & {name, "kelkec"} and self.areas.find(kind, heading):
            return heading
        return text_of(data.cell(name))

    def _contact(self, result: RowResult, data: DataRow) -> None:
        cell = data.cell("hp")
        numbers, plain = phones_of(cell)
        result.values["hp"] = numbers[0] if numbers else None
        if not numbers:
            result.note("HP_INVALID" if re.search(r"[1-9]", text_of(cell)) else "HP_MISSING")
        elif len(numbers) > 1:
            result.note("HP_MULTI")
            result.references["hp2"] = numbers[1]
        elif not plain:
            result.normalised.append("hp_format")
        result.values["email"] = fields.email_of(data.cell("email"))

    def _business(self, result: RowResult, data: DataRow) -> None:
        turnover = fields.rupiah_of(data.cell("omzet"), data.header.unit)
        if turnover is None and fields.says_money(data.cell("omzet")):
            result.note("OMZET_UNREADABLE")
        registered, _ = date_of(data.cell("tgl_daftar"), self.as_of)
        if registered is None:
            if not is_nothing(data.cell("tgl_daftar")):
                result.note("TGL_DAFTAR_UNREADABLE")
            registered = self.as_of
        elif registered > self.as_of:
            result.note("TGL_DAFTAR_FUTURE")
            registered = self.as_of
        result.values |= {
            "omzet": turnover,
            "tgl_daftar": registered,
            "jenis_usaha": text_of(data.cell("jenis_usaha")) or None,
            "lama_usaha_bulan": fields.months_of(data.cell("lama_usaha")),
            "ket": text_of(data.cell("ket")) or None,
        }


def _born(data: DataRow) -> tuple[Any, Any]:
    """Place and date of birth from their two columns, or from one that holds both."""
    place, cell = data.cell("tempat_lahir"), data.cell("tgl_lahir")
    both = data.cell("birth")
    if not text_of(cell) and text_of(both):
        before, rest = place_and_date(both)
        if not before and isinstance(both, str) and not re.search(r"\d", both):
            return place or both, ""
        return text_of(place) or before, rest
    if not text_of(cell) and re.search(r"\d", text_of(place)):
        return place_and_date(place)
    before, rest = place_and_date(cell)
    return text_of(place) or before, rest

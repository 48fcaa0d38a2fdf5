"""One row of a list: read its fields, correct what is certain, name what is doubtful."""

import re
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from models.definitions.areas import AreaTree, Match
from models.definitions.intake import EvidenceRule
from models.intake import fields
from models.intake.headers import DataRow
from models.intake.messages import MESSAGES
from models.intake.nik import Nik, read_nik


@dataclass(frozen=True, slots=True)
class Proof:
    """Evidence that a row gives: the stages behind the person, and a fact that identifies nobody."""

    rule: str
    skip: tuple[str, ...]
    fact: str
    value: str | bool
    text: str


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

    def note(self, code: str, **words: str) -> None:
        """Add a code with its sentence; the row is a warning from now on unless it is worse."""
        self.codes.append(code)
        if self.outcome == "ok":
            self.outcome = "warn"
        for place, language in enumerate(("id", "en")):
            sentence = MESSAGES[code][place].format(**words)
            self.messages[language] = f"{self.messages[language]} {sentence}".strip()

    def refuse(self, outcome: str, code: str, **words: str) -> None:
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
        result = RowResult(number, data.line.number, titles=data.header.titles, cells=data.line.cells)
        nik = read_nik(data.cell("nik"))
        values = result.values = {"nik": nik.digits, "nama": fields.name_of(data.cell("nama"))}
        if nik.error:
            result.refuse("rejected", nik.error, shown=nik.shown)
            return result
        if not values["nama"]:
            result.refuse("rejected", "NAME_MISSING")
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
        self._evidence(result, data)
        return result

    def _birth(self, result: RowResult, data: DataRow, nik: Nik) -> None:
        cell = data.cell("tgl_lahir")
        place = fields.text_of(data.cell("tempat_lahir"))
        if isinstance(cell, str) and (match := re.fullmatch(r"\s*([A-Za-z .']+?)\s*[,/]\s*(\d.*)", cell)):
            place, cell = place or match[1].strip(), match[2]
        result.values["tempat_lahir"] = place or None
        day, plain = fields.date_of(cell, self.as_of)
        if day is not None and day > self.as_of:
            day = None
        if day is None:
            result.values["tgl_lahir"] = nik.birth_date(self.as_of)
            result.note("DOB_FROM_NIK" if fields.is_nothing(cell) else "DOB_UNREADABLE")
            return
        if not plain:
            result.normalised.append("dob_format")
        turned = fields.swapped(day)
        if not nik.birth_fits(day) and turned is not None and nik.birth_fits(turned):
            day = turned
            result.note("DOB_SWAPPED")
        elif not nik.birth_fits(day):
            result.note("DOB_NIK_MISMATCH")
        result.values["tgl_lahir"] = day

    def _sex(self, result: RowResult, data: DataRow, nik: Nik) -> None:
        sex = fields.sex_of(data.cell("jk"))
        if sex is None:
            if "jk" in data.header.fields:
                result.note("JK_FROM_NIK")
            sex = "P" if nik.woman else "L"
        elif (sex == "P") != nik.woman:
            result.note("JK_NIK_MISMATCH")
        result.values["jk"] = sex

    def _place(self, result: RowResult, data: DataRow) -> bool:
        written_kec, written_kel = fields.text_of(data.cell("kecamatan")), fields.text_of(data.cell("kelurahan"))
        kec = self.areas.find("district", written_kec)
        kel = self.areas.find("village", written_kel)
        if kel is not None and kel.how == "typo" and kec is not None and kel.area.parent != kec.area.code:
            kel = None
        if kec is None and kel is None:
            shown = written_kec or written_kel
            result.refuse("rejected", "OUT_OF_AREA" if shown else "AREA_MISSING", shown=shown)
            return False
        if kec is None and not fields.is_nothing(written_kec) and (kel is None or kel.how == "typo"):
            result.refuse("rejected", "OUT_OF_AREA", shown=written_kec)
            return False
        self._place_notes(result, kec, kel, written_kec, written_kel)
        result.values["kecamatan"] = kel.area.parent if kel else kec.area.code if kec else None
        result.values["kelurahan"] = kel.area.code if kel else None
        rt, rw, dated = fields.rt_rw_of(data.cell("rtrw"), data.cell("rt"), data.cell("rw"))
        if dated:
            result.note("RTRW_AUTODATE")
        result.values |= {"rt": rt, "rw": rw, "alamat": fields.text_of(data.cell("alamat")) or None}
        return True

    def _place_notes(self, result: RowResult, kec: Match | None, kel: Match | None, kec_text: str, kel_text: str) -> None:
        if kec is None:
            result.note("KEC_FROM_KEL")
        elif kel is not None and kel.area.parent != kec.area.code:
            result.note("KEC_KEL_MISMATCH")
        elif kec.how == "typo":
            result.note("KEC_TYPO", shown=kec_text, read=kec.area.name)
        if kel is None and not fields.is_nothing(kel_text):
            result.note("KEL_UNKNOWN", shown=kel_text)
        elif kel is not None and kel.how == "typo":
            result.note("KEL_TYPO", shown=kel_text, read=kel.area.name)

    def _contact(self, result: RowResult, data: DataRow) -> None:
        cell = data.cell("hp")
        numbers, plain = fields.phones_of(cell)
        result.values["hp"] = numbers[0] if numbers else None
        if not numbers:
            result.note("HP_MISSING" if fields.is_nothing(cell) else "HP_INVALID")
        elif len(numbers) > 1:
            result.note("HP_MULTI")
            result.references["hp2"] = numbers[1]
        elif not plain:
            result.normalised.append("hp_format")
        email = fields.text_of(data.cell("email"))
        result.values["email"] = email if re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", email) else None

    def _business(self, result: RowResult, data: DataRow) -> None:
        turnover = fields.rupiah_of(data.cell("omzet"))
        if turnover is None and not fields.is_nothing(data.cell("omzet")):
            result.note("OMZET_UNREADABLE")
        registered, _ = fields.date_of(data.cell("tgl_daftar"), self.as_of)
        if registered is None:
            if not fields.is_nothing(data.cell("tgl_daftar")):
                result.note("TGL_DAFTAR_UNREADABLE")
            registered = self.as_of
        elif registered > self.as_of:
            result.note("TGL_DAFTAR_FUTURE")
            registered = self.as_of
        result.values |= {
            "omzet": turnover,
            "tgl_daftar": registered,
            "jenis_usaha": fields.text_of(data.cell("jenis_usaha")) or None,
            "lama_usaha_bulan": fields.months_of(data.cell("lama_usaha")),
            "ket": fields.text_of(data.cell("ket")) or None,
        }

    def _evidence(self, result: RowResult, data: DataRow) -> None:
        proofs: dict[str, Proof] = {}
        for column, rule in data.header.evidence.items():
            cell = data.line.cells[column] if column < len(data.line.cells) else ""
            value = _proven(rule, cell, self.as_of)
            if value is not None:
                proofs[rule.id] = Proof(rule.id, tuple(rule.skip), rule.fact, value, data.header.titles[column])
        remarks = str(result.values.get("ket") or "").lower()
        for rule in self.rules:
            phrase = next((p for p in rule.phrases if p in remarks and f"belum {p.removeprefix('sudah ')}" not in remarks), None)
            if phrase and rule.id not in proofs:
                proofs[rule.id] = Proof(rule.id, tuple(rule.skip), rule.fact, True, phrase)
        self._reached(data, proofs)
        result.evidence = list(proofs.values())

    def _reached(self, data: DataRow, proofs: dict[str, Proof]) -> None:
        """A column that says at which stage the person is: everything before it is behind."""
        words = re.sub(r"[^a-z0-9]", "", fields.text_of(data.cell("tahap")).lower())
        if not words:
            return
        keys = list(self.stages)
        for place, (_key, names) in enumerate(self.stages.items()):
            if any(words == name or words.startswith(name) for name in names) and place:
                proofs["stage"] = Proof("stage", tuple(keys[1:place]), "stage_stated", keys[place], "tahap")
                return


def _proven(rule: EvidenceRule, cell: Any, as_of: date) -> str | bool | None:
    """What a cell proves by a rule, None when it proves nothing."""
    word = fields.text_of(cell).lower()
    if fields.is_nothing(cell) or re.match(r"^(belum|tidak|tdk|blm|no|n|x|0)\b", word):
        return None
    if rule.kind == "number":
        return fields.text_of(cell) if re.search(r"\d{3}", word) else None
    if rule.kind == "date":
        day, _ = fields.date_of(cell, as_of)
        return day.isoformat() if day and day <= as_of else None
    day, _ = fields.date_of(cell, as_of)
    return None if day is not None and day > as_of else True

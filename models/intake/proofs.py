"""What a row proves about how far somebody is: columns of evidence, remarks, a column that names the stage."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Any

from models.definitions.intake import EvidenceRule
from models.intake.cells import is_nothing, text_of
from models.intake.dates import date_of
from models.intake.layout import DataRow

_NO = re.compile(r"(belum|tidak|tdk|blm|bukan|no|n|t|x|0|false|salah|proses|dalam proses|sedang|akan|rencana|batal|gagal)\b")
_WRITTEN = {
    "sdh": "sudah",
    "udh": "sudah",
    "udah": "sudah",
    "telah": "sudah",
    "blm": "belum",
    "blum": "belum",
    "tdk": "belum",
    "tidak": "belum",
}


@dataclass(frozen=True, slots=True)
class Proof:
    """Evidence that a row gives: the stages behind the person, and a fact that identifies nobody."""

    rule: str
    skip: tuple[str, ...]
    fact: str
    value: str | bool
    text: str


def proofs_of(data: DataRow, rules: list[EvidenceRule], stages: dict[str, list[str]], remarks: str, as_of: date) -> list[Proof]:
    """All that a row proves, each rule once."""
    proofs: dict[str, Proof] = {}
    for column, rule in data.header.evidence.items():
        cell = data.line.cells[column] if column < len(data.line.cells) else ""
        value = _proven(rule, cell, as_of)
        if value is not None:
            proofs.setdefault(rule.id, Proof(rule.id, tuple(rule.skip), rule.fact, value, data.header.titles[column]))
    said = " ".join(_WRITTEN.get(word, word) for word in re.findall(r"\w+", remarks.lower())) if remarks else ""
    for rule in rules if said else ():
        phrase = next((phrase for phrase in rule.phrases if _says(said, phrase)), None)
        if phrase:
            proofs.setdefault(rule.id, Proof(rule.id, tuple(rule.skip), rule.fact, True, phrase))
    reached = _reached(data, stages)
    return [*proofs.values(), *([reached] if reached else [])]


def _says(remarks: str, phrase: str) -> bool:
    return re.search(rf"(?<!belum ){re.escape(phrase)}\b", remarks) is not None and f"belum {phrase.removeprefix('sudah ')}" not in remarks


def _reached(data: DataRow, stages: dict[str, list[str]]) -> Proof | None:
    """A column that says at which stage the person is: everything before it is behind."""
    words = re.sub(r"[^a-z0-9]", "", text_of(data.cell("tahap")).lower())
    words = re.sub(r"^(tahap|langkah|pas|step|stage)(ke)?(?=\d)", "p", words)
    keys = list(stages)
    for place, names in enumerate(stages.values() if words else ()):
        if place and any(words == name or words.startswith(name) for name in names):
            return Proof("stage", tuple(keys[1:place]), "stage_stated", keys[place], "tahap")
    return None


def _proven(rule: EvidenceRule, cell: Any, as_of: date) -> str | bool | None:
    """What a cell proves by a rule, None when it proves nothing."""
    word = text_of(cell).lower()
    if is_nothing(cell) or _NO.match(word):
        return None
    if rule.kind == "number":
        return text_of(cell) if re.search(r"\d{3}", word) else None
    day, _ = date_of(cell, as_of)
    if rule.kind == "date":
        return day.isoformat() if day and day <= as_of else None
    return None if day is not None and day > as_of else True

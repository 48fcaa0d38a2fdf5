"""The same person twice: in one list, or in a list and in the programme already."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from rapidfuzz.distance import DamerauLevenshtein

from models.intake.rows import Both, RowResult

ALIKE = 0.85
_BEFORE_A_NAME = set("h hj haji hajah dr drs dra ir prof ibu bapak bpk sdr sdri tn ny nn".split())
_MUHAMMAD = set("m muh moh moch much mohd muhamad mohamad mohammad muhammad mochamad mohamed muhammed".split())


@dataclass(frozen=True, slots=True)
class KnownCase:
    """A case that exists, and what tells whether it is the same person's."""

    number: str
    name: str
    birth_date: date | None


@lru_cache(maxsize=50_000)
def name_key(name: str) -> str:
    """A name without titles, degrees and marks, in small letters."""
    plain = re.sub(r"['’`]", "", name.casefold().split(",")[0])
    words = re.findall(r"\w+", plain)
    words = ["muhammad" if place == 0 and word in _MUHAMMAD and len(words) > 1 else word for place, word in enumerate(words)]
    return " ".join([word for word in words if word not in _BEFORE_A_NAME] or words)


def same_name(one: str, other: str) -> bool:
    """Whether two names may be one person's: equal but for titles, a typing error, or words left out."""
    first, second = name_key(one), name_key(other)
    if first == second or DamerauLevenshtein.normalized_similarity(first, second) >= ALIKE:
        return True
    words = sorted((set(first.split()), set(second.split())), key=len)
    return len(words[0]) >= 2 and words[0] <= words[1]


def mark_in_file(rows: Iterable[RowResult]) -> None:
    """Mark rows that repeat an earlier row of the list."""
    first: dict[str, RowResult] = {}
    alike: dict[tuple[str, date | None], list[RowResult]] = {}
    for row in rows:
        values = row.values
        known = first.get(values["nik"])
        if known is not None:
            _refuse(row, str(known.values["nama"]), known.values["tgl_lahir"], _line(known, row), known.row)
            continue
        first[values["nik"]] = row
        others = alike.setdefault((name_key(values["nama"]), values["tgl_lahir"]), [])
        other = next((other for other in others if _suspicious(row, other)), None)
        if other is not None:
            row.note("POSSIBLE_DUPLICATE", where=_line(other, row))
            row.references["possible_duplicate_of"] = other.row
        others.append(row)


def mark_known(rows: Iterable[RowResult], known: Mapping[str, KnownCase]) -> None:
    """Mark rows whose NIK has a case already."""
    for row in rows:
        case = known.get(row.values["nik"])
        if case is not None:
            _refuse(row, case.name, case.birth_date, _case(case.number), None)
            row.references["case_number"] = case.number


def mark_alike(rows: Iterable[RowResult], alike: Mapping[int, str]) -> None:
    """Mark rows, by their number, that have name, birth date and phone of somebody with a case, whose number is given."""
    for row in rows:
        number = alike.get(row.row)
        if number is not None and "POSSIBLE_DUPLICATE" not in row.codes:
            row.note("POSSIBLE_DUPLICATE", where=_case(number))
            row.references["possible_duplicate_case"] = number


def _line(other: RowResult, row: RowResult) -> Both:
    """A row by the number that its sheet shows, and by the sheet when that is another than the reader's."""
    number, sheet = other.sheet_row, other.sheet
    return (
        (f"baris {number}", f"row {number}") if sheet == row.sheet else (f'baris {number} lembar "{sheet}"', f'row {number} of "{sheet}"')
    )


def _case(number: str) -> Both:
    return f"berkas {number}", f"case {number}"


def _suspicious(row: RowResult, other: RowResult) -> bool:
    """Of two with one name and birth date: the same phone, or NIKs that differ in one digit."""
    if row.values["hp"] is not None and row.values["hp"] == other.values["hp"]:
        return True
    return DamerauLevenshtein.distance(row.values["nik"], other.values["nik"], score_cutoff=1) <= 1


def _refuse(row: RowResult, name: str, birth_date: date | None, where: Both, other: int | None) -> None:
    """Refuse a row whose NIK is taken: as a duplicate, or as a conflict when name and birth date are another's."""
    if row.values["tgl_lahir"] != birth_date and not same_name(str(row.values["nama"]), name):
        row.refuse("rejected", "NIK_CONFLICT", where=where)
        row.references = {"conflicts_with": other}
    else:
        row.refuse("duplicate", "NIK_DUPLICATE", where=where)
        row.references = {"duplicate_of": other}

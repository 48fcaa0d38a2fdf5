"""Finds the header of a list, on one row or several, and the rows that are data."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from models.definitions.intake import EvidenceRule
from models.intake.cells import text_of
from models.intake.dates import date_in
from models.intake.fields import FACTORS, sex_of
from models.intake.headers import LIKELY, Called, assigned, evidence_of, fields_of, is_title
from models.intake.places import labelled
from models.intake.sheet import Line
from models.intake.vocabulary import words_of

MOST_LEVELS = 3
LONGEST_CELL = 1000
NOT_ABOUT_THE_PERSON = {"no", "ket"}
PLACES = {"kecamatan", "kelurahan", "kelkec"}
ASIDE_MAY_STAND_IN = PLACES | {"alamat", "ket", "tempat_lahir", "birth", "jenis_usaha"}
# What begins a line that is no person, when the line holds little else.
ASIDE = re.compile(
    r"^\W*(sub\s*-?\s*total|grand\s*total|total|jumlah|jml|rekap|rata-rata|mengetahui|menyetujui|catatan|keterangan|ket|demikian|nip|ttd"
    r"|kepala|ketua|camat|lurah|petugas|pendamping|pembuat|koordinator|sumber|dicetak|hal|halaman|page|kec|kecamatan|kel|kelurahan"
    r"|dki jakarta|jakarta,)\b",
    re.IGNORECASE,
)


@dataclass(slots=True)
class Header:
    """Which column holds which field; `evidence` columns by rule; `titles` as the sender wrote them."""

    fields: dict[str, int]
    evidence: dict[int, EvidenceRule] = field(default_factory=dict)
    titles: list[str] = field(default_factory=list)

    @property
    def unit(self) -> int:
        """What the turnover is counted in, by its title: "Omzet (juta)", "Omzet (Rp 000)"."""
        column = self.fields.get("omzet")
        title = self.titles[column].lower() if column is not None else ""
        if re.search(r"\b(x\s*)?(rp\.?\s*)?(1[.,]?)?000\b", title):
            return 1000
        return next((FACTORS[word] for word in re.findall(r"[a-z]+", title) if word in ("jt", "juta", "rb", "ribu")), 1)


@dataclass(frozen=True, slots=True)
class DataRow:
    """A row of data with its header."""

    line: Line
    header: Header
    heading: dict[str, str] = field(default_factory=dict)

    def cell(self, name: str) -> Any:
        """The cell of a field, "" when there is none; of a text that no field can hold, the beginning."""
        column = self.header.fields.get(name)
        found = self.line.cells[column] if column is not None and column < len(self.line.cells) else ""
        return found[:LONGEST_CELL] if isinstance(found, str) else found


def data_rows(lines: list[Line], rules: list[EvidenceRule], skipped: list[Line] | None = None) -> Iterator[DataRow]:
    """The rows of data of a sheet, in order; titles, repeated headers, numbering rows, blanks and footers are left out.

    What is left out below the first header and is not blank is added to `skipped`, so that nothing vanishes unseen.
    """
    header: Header | None = None
    heading: dict[str, str] = {}
    place = 0
    while place < len(lines):
        found, height = _header(lines, place, rules) if _may_be_title(lines[place]) else (None, 1)
        if found is not None and (header is None or "nik" in found.fields):
            header = found
            if "nik" not in found.fields:
                _nik_by_content(header, lines[place + height : place + height + 60])
        elif found is None and header is not None:
            if _is_data(lines[place], header):
                yield DataRow(lines[place], header, heading)
                place += 1
                continue
            elif skipped is not None and any(text_of(cell) for cell in lines[place].cells):
                skipped.append(lines[place])
        if found is None:
            heading = _heading(lines[place], heading)
        place += height


def _heading(line: Line, before: dict[str, str]) -> dict[str, str]:
    """The place that a line above the rows names for them: "KECAMATAN GAMBIR", "Kelurahan : Cideng"."""
    filled = [text for text in map(text_of, line.cells) if text]
    if not filled or len(filled) > 4:
        return before
    named = labelled(" ".join(filled))
    if "kec" in named:
        return {"kecamatan": named["kec"], "kelurahan": named.get("kel", "")}
    return before | {"kelurahan": named["kel"]} if "kel" in named else before


def _may_be_title(line: Line) -> bool:
    """Whether a line could be (a part of) a header: some words, and no long number, date or decimal."""
    words = 0
    for cell in line.cells:
        if isinstance(cell, str):
            if len(re.findall(r"\d", cell)) >= 6:
                return False
            words += bool(cell.strip())
        elif cell is not None and not (isinstance(cell, float) and cell < 1000):
            return False
    return words >= 2


def _header(lines: list[Line], place: int, rules: list[EvidenceRule]) -> tuple[Header | None, int]:
    """The header that begins at a line and how many lines it takes; the lines below count when they name more fields."""
    levels: list[list[str]] = []
    best: tuple[Header | None, int] = (None, 1)
    for height in range(1, MOST_LEVELS + 1):
        if place + height > len(lines):
            break
        titles = [text_of(cell) for cell in lines[place + height - 1].cells]
        if height > 1 and not (_continues(titles) and _continues(levels[0])):
            break
        levels.append(titles)
        found = _built(levels, rules)
        if _is_header(found) and (best[0] is None or _named(found) > _named(best[0])):
            best = (found, height)
    return best


def _named(header: Header) -> int:
    return len(header.fields) + len(header.evidence)


def _is_header(header: Header) -> bool:
    found = header.fields.keys() - {"no"}
    return bool(found & {"nik", "nama"}) and (len(found) >= 3 or {"nik", "nama"} <= found)


def _continues(titles: list[str]) -> bool:
    """Whether a line can be the lower level of a header: nearly only words that titles are made of."""
    filled = [title for title in titles if title]
    known = sum(is_title(title) for title in filled)
    return bool(filled) and known * 5 >= len(filled) * 4 and any(fields_of(title) or len(title) <= 10 for title in filled)


def _built(levels: list[list[str]], rules: list[EvidenceRule]) -> Header:
    width = max(len(titles) for titles in levels)
    columns: list[list[Called]] = [[] for _ in range(width)]
    shown = [""] * width
    above = [""] * width
    for depth, titles in enumerate(levels):
        carried = ""
        for column in range(width):
            own = titles[column] if column < len(titles) else ""
            # A merged cell stands in its first column only; what it says holds until the next title of its level.
            carried = own or (carried if not above[column] or depth == 0 else "")
            if own:
                columns[column] = _called(own, above[column]) if above[column] else [Called(own)]
                shown[column] = own
            above[column] = f"{above[column]} {carried}".strip() if carried else above[column]
    evidence: dict[int, EvidenceRule] = {}
    for column, called in enumerate(columns):
        rule = next((rule for rule in (evidence_of(c.title, rules) for c in called) if rule), None)
        if rule is not None:
            evidence[column], columns[column] = rule, []
    return Header(assigned(columns), evidence, shown)


def _called(own: str, above: str) -> list[Called]:
    """How a title under another one may be read."""
    over = set(words_of(above))
    malus = 5 if "usaha" in over else 3 if "nik" in over else 0
    if any(strength > LIKELY - 5 for _, strength in fields_of(own)):
        return [Called(own, malus)]
    if "ttl" in over or {"tempat", "tgl"} <= over:
        above = "lahir"
    return [Called(f"{above} {own}", malus), Called(own, malus)]


def _nik_by_content(header: Header, lines: list[Line]) -> None:
    """Find the column of the NIK by what stands in it when no title names it."""
    taken = {*header.fields.values(), *header.evidence}
    best: tuple[int, int] = (0, -1)
    for column in range(len(header.titles)):
        if column in taken or set(words_of(header.titles[column])) & {"kk", "family", "other"}:
            continue
        held = [re.sub(r"\W", "", text_of(line.cells[column])) for line in lines if column < len(line.cells)]
        like = sum(len(text) == 16 and text.isdigit() for text in held)
        if like * 2 > sum(bool(text) for text in held):
            best = max(best, (like, column))
    if best[1] >= 0:
        header.fields["nik"] = best[1]


def _is_data(line: Line, header: Header) -> bool:
    """Whether a row is about a person: it names one, or holds enough of what only a person has."""
    held = {name: text_of(line.cells[at]) for name, at in header.fields.items() if at < len(line.cells)}
    held = {name: text for name, text in held.items() if text}
    about = {name: text for name, text in held.items() if name not in NOT_ABOUT_THE_PERSON}
    if not about:
        return False
    if "nama" in about and len(re.findall(r"\d", about.get("nik", ""))) >= 10:
        return True
    places = {at for name, at in header.fields.items() if name in ASIDE_MAY_STAND_IN}
    first = next((text for at, text in enumerate(map(text_of, line.cells)) if text and at not in places), "")
    if len(about) <= 4 and (ASIDE.match(first) or ASIDE.match(about.get("nama", ""))):
        return False
    if all(re.fullmatch(r"\(?(\d{1,2}|[a-z])\)?\.?", text, re.IGNORECASE) for text in held.values()):
        return False
    named = len(re.findall(r"[^\W\d_]", about.get("nama", ""))) >= 2
    if len(about) >= 4 or (named and re.fullmatch(r"\d{1,6}\.?", held.get("no", ""))):
        return True
    telling = _telling(about)
    return telling >= 2 or (telling == 1 and named)


def _telling(about: dict[str, str]) -> int:
    """How many cells hold what a person's do: a long number, a phone, a date of birth, a sex, where they live."""
    return sum(
        (
            len(re.findall(r"\d", about.get("nik", ""))) >= 8,
            len(re.findall(r"\d", about.get("hp", ""))) >= 8,
            date_in(about.get("tgl_lahir", "") or about.get("birth", "")) is not None,
            sex_of(about.get("jk", "")) is not None,
            bool(re.search(r"\d", about.get("rtrw", ""))),
            bool(about.get("alamat") and about.get("kecamatan", about.get("kelurahan"))),
            bool(about.get("kelurahan") and about.get("kecamatan")),
        )
    )

"""Which field a column title names, in any spelling, and how surely."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from models.definitions.intake import EvidenceRule
from models.intake.vocabulary import words_of

SURE, LIKELY, WEAK = 30, 20, 10
ODD_WORD = 12
# Words that say little in a title of evidence: "Tgl. Ikut Pelatihan (ya/tidak)" is about "pelatihan".
ASIDE = set(
    "no nomor tgl tanggal status ket keterangan sudah sdh pernah ikut mengikuti selesai telah ya tidak belum hadir kehadiran"
    " sertifikat yes dan atau".split()
)


@lru_cache(maxsize=20_000)
def fields_of(title: str) -> tuple[tuple[str, int], ...]:
    """The fields that a title may name, each with how surely; most titles name one or none."""
    words = words_of(title)
    if not words or len(words) > 12 or len(title) > 120:
        return ()
    odd = ODD_WORD * sum(word.startswith("?") for word in words)
    named = next((fields for fits, fields in RULES if fits(set(words))), ())
    return tuple((field, strength - odd - len(words) // 4) for field, strength in named if strength - odd > 0)


def is_title(text: str) -> bool:
    """Whether every word of a text is one that titles are made of."""
    words = words_of(text)
    return bool(words) and not any(word.startswith("?") for word in words)


Rule = tuple[Callable[[set[str]], bool], tuple[tuple[str, int], ...]]


def _has(*words: str) -> Callable[[set[str]], bool]:
    return lambda found: all(word in found for word in words)


# The first rule that fits decides. A column of a usual home address is surer than one of a business or a card.
RULES: tuple[Rule, ...] = (
    (lambda w: bool(w & {"kk", "family", "other"}), ()),
    (lambda w: "ttl" in w or {"tempat", "tgl", "lahir"} <= w, (("birth", SURE),)),
    (lambda w: {"tempat", "lahir"} <= w or {"kota", "lahir"} <= w, (("tempat_lahir", SURE),)),
    (lambda w: "lahir" in w and not w & {"nama", "alamat"}, (("tgl_lahir", SURE),)),
    (lambda w: "daftar" in w and "nama" not in w and not w & {"no", "alamat", "kota", "tempat"}, (("tgl_daftar", SURE),)),
    (lambda w: "nama" in w and bool(w & {"person"}), (("nama", SURE + 1),)),
    (_has("nama", "kel"), (("kelurahan", SURE),)),
    (_has("nama", "kec"), (("kecamatan", SURE),)),
    (_has("nama", "usaha"), (("nama", WEAK), ("jenis_usaha", WEAK))),
    (_has("nama", "product"), (("jenis_usaha", WEAK),)),
    (lambda w: "nama" in w and "kota" not in w, (("nama", SURE),)),
    (_has("email"), (("email", SURE),)),
    (lambda w: "alamat" in w and "usaha" in w, (("alamat", LIKELY),)),
    (_has("alamat"), (("alamat", SURE),)),
    (_has("rt", "rw"), (("rtrw", SURE),)),
    (_has("rt"), (("rt", SURE),)),
    (_has("rw"), (("rw", SURE),)),
    (_has("jenis", "kel"), (("jk", SURE),)),
    (_has("man", "woman"), (("jk", SURE),)),
    (_has("jk", "man"), (("man", SURE),)),
    (_has("jk", "woman"), (("woman", SURE),)),
    (_has("jk"), (("jk", SURE + 1),)),
    (_has("kel", "kec"), (("kelkec", SURE),)),
    (lambda w: "kel" in w and bool(w & {"usaha", "nik"}), (("kelurahan", LIKELY),)),
    (_has("kel"), (("kelurahan", SURE),)),
    (lambda w: "kec" in w and bool(w & {"usaha", "nik"}), (("kecamatan", LIKELY),)),
    (_has("kec"), (("kecamatan", SURE),)),
    (_has("lama", "usaha"), (("lama_usaha", SURE),)),
    (_has("hp"), (("hp", SURE),)),
    (_has("nik"), (("nik", SURE),)),
    (_has("omzet"), (("omzet", SURE),)),
    (_has("kota"), (("kota", SURE),)),
    (lambda w: "usaha" in w and bool(w & {"jenis", "product"}), (("jenis_usaha", SURE),)),
    (lambda w: bool(w & {"usaha", "product"}) and not w & {"no", "tgl", "tempat", "home", "status"}, (("jenis_usaha", LIKELY),)),
    (lambda w: "lama" in w and "no" not in w, ()),
    (_has("tahap"), (("tahap", SURE),)),
    (lambda w: "status" in w and w <= {"status", "person", "filler"}, (("tahap", LIKELY),)),
    (_has("ket"), (("ket", SURE),)),
    (lambda w: w == {"no"}, (("no", SURE),)),
    (lambda w: w == {"tgl"}, (("tgl_daftar", WEAK),)),
)


@dataclass(frozen=True, slots=True)
class Called:
    """One way to read the title of a column; `malus` where what stands above it makes it less telling."""

    title: str
    malus: int = 0


def assigned(columns: Sequence[Sequence[Called]]) -> dict[str, int]:
    """Which column holds which field, given what each column may be called: the surest title takes a field first."""
    offers = sorted(
        (called.malus - strength, place, column, field)
        for column, titles in enumerate(columns)
        for place, called in enumerate(titles)
        for field, strength in fields_of(called.title)
    )
    fields: dict[str, int] = {}
    taken: set[int] = set()
    for _strength, _place, column, field in offers:
        if field not in fields and column not in taken:
            fields[field] = column
            taken.add(column)
    return fields


def evidence_of(title: str, rules: Iterable[EvidenceRule]) -> EvidenceRule | None:
    """The rule of evidence whose column this title is, whatever it says beside: number, date, yes or no."""
    core = _core(title)
    if not core:
        return None
    return next((rule for rule in rules if any(core == _core(known) for known in rule.columns)), None)


@lru_cache(maxsize=20_000)
def _core(title: str) -> frozenset[str]:
    words = re.findall(r"[a-z]+\d*|\d+", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", title).lower())
    return frozenset(word for word in words if word not in ASIDE)

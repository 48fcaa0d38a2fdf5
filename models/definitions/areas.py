"""The tree of places: cities, their districts (kecamatan) and villages (kelurahan), found as people write them."""

from dataclasses import dataclass
from typing import Any, Literal

from rapidfuzz import process
from rapidfuzz.distance import DamerauLevenshtein, JaroWinkler

from models.definitions.placenames import begins, city_words, key_of, shortens, words_of

MOST_REMEMBERED = 20_000


@dataclass(frozen=True, slots=True)
class Area:
    """A place; `code` is Kemendagri's, and begins with its parent's."""

    code: str
    name: str
    kind: Literal["city", "district", "village"]
    parent: str | None


@dataclass(frozen=True, slots=True)
class Match:
    """A place that was found, and how: by a name that it has, or by what looks like a typing error or a shortened name."""

    area: Area
    how: Literal["exact", "typo"]


class AreaTree:
    """All places of a programme."""

    def __init__(self, areas: list[Area], spellings: dict[str, list[str]]) -> None:
        self._areas = {area.code: area for area in areas}
        self._names: dict[str, dict[str, Area]] = {"district": {}, "village": {}}
        self._found: dict[tuple[str, str, str | None], Match | None] = {}
        for area in areas:
            if area.kind != "city":
                for name in [area.name, *spellings.get(area.code, [])]:
                    self._names[area.kind].setdefault(key_of(name), area)
        self._city_words = {word for area in areas if area.kind == "city" for word in words_of(area.name)}

    @classmethod
    def from_dict(cls, tree: dict[str, Any]) -> "AreaTree":
        """Build it from {city code: {name, districts: {code: {name, also?, villages: {code: name | {name, also}}}}}}."""
        areas: list[Area] = []
        spellings: dict[str, list[str]] = {}
        for city, held in tree.items():
            areas.append(Area(city, held["name"], "city", None))
            for district, inner in held["districts"].items():
                areas.append(Area(district, inner["name"], "district", city))
                spellings[district] = inner.get("also", [])
                for village, name in inner["villages"].items():
                    plain = name if isinstance(name, str) else name["name"]
                    areas.append(Area(village, plain, "village", district))
                    spellings[village] = [] if isinstance(name, str) else name.get("also", [])
        return cls(areas, spellings)

    def get(self, code: str) -> Area | None:
        """The place with a code."""
        return self._areas.get(code)

    def name(self, code: str | None) -> str:
        """The name of a place, or its code when it is unknown."""
        area = self._areas.get(code or "")
        return area.name if area else code or ""

    def district(self, code: str) -> Area | None:
        """The district with a code, None when it is none of the programme's."""
        area = self._areas.get(code)
        return area if area and area.kind == "district" else None

    def cities(self) -> list[Area]:
        """All cities in code order."""
        return [area for area in self._areas.values() if area.kind == "city"]

    def districts(self, city: str | None = None) -> list[Area]:
        """All districts, or those of a city, in code order."""
        return [a for a in self._areas.values() if a.kind == "district" and city in (None, a.parent)]

    def villages(self, district: str) -> list[Area]:
        """The villages of a district."""
        return [a for a in self._areas.values() if a.kind == "village" and a.parent == district]

    def all_villages(self) -> list[Area]:
        """All villages in code order."""
        return [area for area in self._areas.values() if area.kind == "village"]

    def find(self, kind: Literal["district", "village"], text: str, within: str | None = None) -> Match | None:
        """The place meant by a text: its name in any spelling, else the only one that is close to it or that it shortens.

        `within` is the code of the district where a village is looked for first, more generously.
        """
        key = (kind, text, within)
        if key not in self._found:
            if len(self._found) >= MOST_REMEMBERED:
                self._found.clear()
            self._found[key] = self._find(kind, text, within)
        return self._found[key]

    def _find(self, kind: str, text: str, within: str | None) -> Match | None:
        wanted = key_of(text)
        if not wanted:
            return None
        coded = self._areas.get(text.strip())
        exact = coded if coded is not None and coded.kind == kind else self._names[kind].get(wanted)
        if exact:
            return Match(exact, "exact")
        near = {name: area for name, area in self._names[kind].items() if within is not None and area.parent == within}
        found = _closest(wanted, near, max(1, len(wanted) // 4)) or _shortened(text, near) if near else None
        if found is None:
            given, names = words_of(text), self._names[kind]
            begun = {name: area for name, area in names.items() if begins(given, words_of(area.name))}
            found = _shortened(text, begun) if begun else _closest(wanted, names, 1 if len(wanted) < 8 else 2) or _shortened(text, names)
        return Match(found, "typo") if found else None

    def alike(self, kind: Literal["district", "village"], text: str, limit: int = 3) -> list[Area]:
        """The places whose names come nearest to a text, nearest first, to ask which of them was meant."""
        names, wanted = self._names[kind], key_of(text)
        near = process.extract(wanted, names.keys(), scorer=JaroWinkler.similarity, score_cutoff=0.8, limit=limit * 2)
        return list({names[name].code: names[name] for name, _, _ in near}.values())[:limit]

    def resembles(self, text: str, area: Area) -> bool:
        """Whether a text may well mean that place: a bad typing error, a part of its name, or a shortened one."""
        wanted, name = key_of(text), key_of(area.name)
        if not wanted:
            return False
        return DamerauLevenshtein.normalized_similarity(wanted, name) >= 0.6 or _shortened(text, {name: area}) is not None

    def is_city(self, text: str) -> bool:
        """Whether a text names a city or the province of this tree, in full, in part or shortened, and nothing else."""
        return all(self._of_a_city(word) for word in city_words(text))

    def is_elsewhere(self, text: str) -> bool:
        """Whether a text names a city and no word of it is of this tree's."""
        words = city_words(text)
        return bool(words) and not any(self._of_a_city(word) for word in words)

    def _of_a_city(self, word: str) -> bool:
        return word in self._city_words or any(len(name) > 4 and word.startswith(name[:3]) for name in self._city_words)


def _closest(wanted: str, names: dict[str, Area], limit: int) -> Area | None:
    near = process.extract(wanted, names.keys(), scorer=DamerauLevenshtein.distance, score_cutoff=limit, limit=3)
    found = {names[name].code: names[name] for name, distance, _ in near if distance == near[0][1]}
    return next(iter(found.values())) if len(found) == 1 else None


def _shortened(text: str, names: dict[str, Area]) -> Area | None:
    found = {area.code: area for area in names.values() if shortens(text, area.name)}
    return next(iter(found.values())) if len(found) == 1 else None

"""The tree of places: cities, their districts (kecamatan) and villages (kelurahan), found as people write them."""

import re
from dataclasses import dataclass
from typing import Any, Literal

from rapidfuzz import process
from rapidfuzz.distance import DamerauLevenshtein

_PREFIX = re.compile(r"^(kec|kecamatan|kel|kelurahan|desa)\b[\s.:]*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Area:
    """A place; `code` is Kemendagri's, and begins with its parent's."""

    code: str
    name: str
    kind: Literal["city", "district", "village"]
    parent: str | None


@dataclass(frozen=True, slots=True)
class Match:
    """A place that was found, and how: its own name, a known other spelling, or a typing error."""

    area: Area
    how: Literal["exact", "typo"]


def squeezed(text: str) -> str:
    """A name reduced to its letters and digits, without the word for what it is."""
    return re.sub(r"[^a-z0-9]", "", _PREFIX.sub("", text.strip()).lower())


class AreaTree:
    """All places of a programme."""

    def __init__(self, areas: list[Area], spellings: dict[str, list[str]]) -> None:
        self._areas = {area.code: area for area in areas}
        self._names: dict[str, dict[str, Area]] = {"district": {}, "village": {}}
        for area in areas:
            if area.kind != "city":
                for name in [area.name, *spellings.get(area.code, [])]:
                    self._names[area.kind].setdefault(squeezed(name), area)

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

    def find(self, kind: Literal["district", "village"], text: str) -> Match | None:
        """The place meant by a text: its name in any spelling, else the only one within one or two typing errors."""
        wanted = squeezed(text)
        if not wanted:
            return None
        exact = self._names[kind].get(wanted)
        if exact:
            return Match(exact, "exact")
        limit = 1 if len(wanted) < 8 else 2
        near = process.extract(wanted, self._names[kind].keys(), scorer=DamerauLevenshtein.distance, score_cutoff=limit, limit=3)
        best = [name for name, distance, _ in near if distance == near[0][1]] if near else []
        found = {self._names[kind][name].code: self._names[kind][name] for name in best}
        return Match(next(iter(found.values())), "typo") if len(found) == 1 else None

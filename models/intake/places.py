"""Where somebody lives: district and village, from two columns, one, the address or a heading, and what is doubtful about it."""

import re
from dataclasses import dataclass, field

from models.definitions.areas import AreaTree, Match
from models.intake.cells import is_nothing

# "Kel. Cideng Kec. Gambir" in one cell.
_LABELLED = re.compile(
    r"\b(kecamatan|kec|kelurahan|kel|desa)\b[\s.:]*(.+?)(?=[\s,;/(-]+(?:kecamatan|kec|kelurahan|kel|desa|kota|kab|rt|rw|prov|provinsi)\b|[,;/(]|$)",
    re.IGNORECASE,
)


@dataclass(slots=True)
class Place:
    """Codes of the district and village, notes as (code, words); or the code of why there is none."""

    district: str | None = None
    village: str | None = None
    notes: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    error: str | None = None
    shown: str = ""


def labelled(text: str) -> dict[str, str]:
    """What a text calls its district ("kec") and village ("kel")."""
    found: dict[str, str] = {}
    for label, name in _LABELLED.findall(text):
        found.setdefault("kec" if label.lower().startswith("kec") else "kel", name.strip(" .,:-"))
    return found


def place_of(areas: AreaTree, district: str, village: str, *, both: str = "", address: str = "", city: str = "") -> Place:
    """The place that a row means by its cells: district, village, a cell for both, the address, the city."""
    district, village = _apart(areas, _said(district), _said(village), _said(both))
    if not district and not village:
        named = labelled(address)
        district, village = named.get("kec", ""), named.get("kel", "")
    if city and not is_nothing(city) and areas.is_elsewhere(city) and not _certain(areas, district, village):
        return Place(error="OUT_OF_AREA", shown=city)
    if district and areas.find("district", district) is None and areas.is_city(district):
        district = ""
    return _judged(areas, district, village)


def _certain(areas: AreaTree, district: str, village: str) -> bool:
    """Whether district and village are both plainly named and belong together."""
    kec, kel = areas.find("district", district), areas.find("village", village)
    return kec is not None and kel is not None and kec.how == kel.how == "exact" and kel.area.parent == kec.area.code


def _said(text: str) -> str:
    return "" if is_nothing(text) else text


def _apart(areas: AreaTree, district: str, village: str, both: str) -> tuple[str, str]:
    """Take apart cells that name district and village together."""
    for cell in (both, district, village):
        named = labelled(cell)
        if len(named) == 2:
            return named["kec"], named["kel"]
    if both:
        parts = [part.strip() for part in re.split(r"[/,;|]| - ", both) if part.strip()] or [both]
        kec = [part for part in parts if areas.find("district", part)]
        kel = [part for part in parts if areas.find("village", part)]
        if len(parts) >= 2 and kel == parts[:1] + kel[1:] and parts[-1] in kec:
            return parts[-1], parts[0]
        return next(iter(kec), "" if kel else parts[-1]), next(iter(kel), parts[0] if len(parts) > 1 else "")
    for cell in (district, village):
        parts = [part.strip() for part in re.split(r"[/;|,]", cell) if part.strip()]
        if len(parts) == 2 and not (district and village):
            return _apart(areas, "", "", cell)
    return district, village


def _judged(areas: AreaTree, district: str, village: str) -> Place:
    kec = areas.find("district", district)
    kel = areas.find("village", village, kec.area.code if kec else None)
    if kel is not None and kel.how == "typo" and kec is not None and kel.area.parent != kec.area.code:
        kel = None
    if kec is None and district:
        return _strange_district(areas, district, village, kel)
    if kec is None and kel is None:
        as_district = areas.find("district", village)
        if as_district is not None:  # the district stands where the village belongs
            return Place(as_district.area.code, notes=[("KEL_UNKNOWN", {"shown": village})])
        return Place(error="OUT_OF_AREA" if village else "AREA_MISSING", shown=village)
    return _found(kec, kel, district, village)


def _strange_district(areas: AreaTree, district: str, village: str, kel: Match | None) -> Place:
    """A district that is none of the programme's: badly written, exchanged with the village, or outside."""
    if kel is not None and areas.resembles(district, areas.district(kel.area.parent or "") or kel.area):
        typo = ("KEC_TYPO", {"shown": district, "read": areas.name(kel.area.parent)})
        return Place(kel.area.parent, kel.area.code, [typo, *_village_typo(kel, village)])
    turned, under = areas.find("village", district), areas.find("district", village)
    if turned is not None and turned.how == "exact":
        if under is not None and turned.area.parent == under.area.code:
            return Place(under.area.code, turned.area.code, [("KEC_KEL_MISMATCH", {})])
        if not village:
            return Place(turned.area.parent, turned.area.code, [("KEC_FROM_KEL", {})])
        if kel is not None and kel.how == "exact":
            same = kel.area.code == turned.area.code
            return Place(kel.area.parent, kel.area.code, [("KEC_FROM_KEL" if same else "KEC_KEL_MISMATCH", {})])
    return Place(error="OUT_OF_AREA", shown=district)


def _found(kec: Match | None, kel: Match | None, district: str, village: str) -> Place:
    place = Place(kel.area.parent if kel else kec.area.code if kec else None, kel.area.code if kel else None)
    if kec is None:
        place.notes.append(("KEC_FROM_KEL", {}))
    elif kel is not None and kel.area.parent != kec.area.code:
        place.notes.append(("KEC_KEL_MISMATCH", {}))
    elif kec.how == "typo":
        place.notes.append(("KEC_TYPO", {"shown": district, "read": kec.area.name}))
    if kel is None and village:
        place.notes.append(("KEL_UNKNOWN", {"shown": village}))
    place.notes += _village_typo(kel, village)
    return place


def _village_typo(kel: Match | None, village: str) -> list[tuple[str, dict[str, str]]]:
    return [("KEL_TYPO", {"shown": village, "read": kel.area.name})] if kel is not None and kel.how == "typo" else []

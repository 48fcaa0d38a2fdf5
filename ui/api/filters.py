"""The filters of lists, each read in one way: what nobody knows is refused by name, with what is known, instead of finding nothing."""

import re
from collections.abc import Iterable
from typing import Final
from uuid import UUID

from fastapi import Request

from models.definitions.areas import Area
from models.definitions.calendar import Week
from models.definitions.definition import Definition
from models.errors import Invalid, Problem
from ui.api.deps import bad_cursor, one_of, wrong

UNKNOWN: Final = "Ada parameter yang tidak dikenal / there are unknown parameters"


async def known_parameters(request: Request) -> None:
    """Refuse query parameters that the path does not have, each by name."""
    known = [field.alias for field in request.scope["route"].dependant.query_params]
    words = ", ".join(known) or "–"
    message = f"Parameter ini tidak dikenal; yang ada: {words} / this parameter is not known; there are: {words}"
    unknown = [Problem("unknown_parameter", message, field=name) for name in request.query_params if name not in known]
    if unknown:
        raise Invalid(UNKNOWN, unknown)


def word(name: str, value: str | None, known: Iterable[str]) -> str | None:
    """One of the words that there are; None when nothing was asked. Raises Invalid with all of them."""
    if value and value not in (words := list(known)):
        raise one_of(name, f"unknown_{name}", words)
    return value or None


def stage(definition: Definition, value: str | None) -> str | None:
    """A stage's key, written large or small. Raises Invalid."""
    return word("stage", value.lower() if value else None, definition.stages)


def area(definition: Definition, value: str | None) -> Area | None:
    """A city or a district by its code; None when nothing was asked. Raises Invalid."""
    if not value:
        return None
    found = definition.areas.get(value.strip())
    if found is None or found.kind == "village":
        city = definition.areas.cities()[0].code
        district = definition.areas.districts(city)[0].code
        raise wrong(
            "district",
            "unknown_district",
            f"Isi district dengan kode kota atau kecamatan, misalnya {city} atau {district}",
            f"Give district as the code of a city or a district, for example {city} or {district}",
        )
    return found


def place(definition: Definition, value: str | None) -> tuple[str | None, str | None]:
    """The same as the lists of services ask for it: (district, city), one of them at most. Raises Invalid."""
    found = area(definition, value)
    if found is None:
        return None, None
    return (None, found.code) if found.kind == "city" else (found.code, None)


def week(name: str, value: str | None) -> str | None:
    """An ISO week as it is stored. Raises Invalid naming the parameter."""
    try:
        return str(Week.parse(value.upper())) if value else None
    except ValueError:
        raise wrong(name, "not_a_week", "Tulis pekan seperti 2018-W03", "Write a week such as 2018-W03") from None


def account(name: str, value: str | None) -> str | None:
    """The id of an account or token. Raises Invalid naming the parameter."""
    try:
        return str(UUID(value)) if value else None
    except ValueError:
        raise wrong(name, "not_an_id", "Isi dengan id sebuah akun", "Give the id of an account") from None


def case_cursor(value: str) -> str:
    """The cursor of a list in the order of case numbers. Raises Invalid for anything that no list has given."""
    if value and not re.fullmatch(r"[A-Z]+-\d{4}-\d{6,}", value):
        raise bad_cursor()
    return value

"""Check who registered: NIK against birth date and sex, age, district, reachability, possible doubles.

Sources: the NIK's layout (6 region, DDMMYY with 40 added to a woman's day, 4 serial). Its region is that of first issue,
so a difference to the place of living is no finding.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any

from pydantic import NonNegativeInt

from flows.actions.registry import Item, Outcome, Work
from models.services import participants

GIVES = {"identity_clear", "identity_findings", "age_ok", "possible_duplicate_of"}
NEEDS: dict[str, Any] = {"min_age": NonNegativeInt, "max_age": NonNegativeInt | None}


def age_on(birth: date, day: date) -> int:
    """Full years of age on a day."""
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))


def findings(person: dict[str, Any], today: date, parameters: dict[str, Any], known_district: bool) -> list[str]:
    """What a person should look at, as stable words; none of them rejects anybody."""
    nik, birth, found = str(person["nik"]), person["birth_date"], []
    day = int(nik[6:8])
    if birth is not None:
        if (day - 40 if day > 40 else day, int(nik[8:10]), int(nik[10:12])) != (
            birth.day,
            birth.month,
            birth.year % 100,
        ):
            found.append("nik_dob_mismatch")
        age = age_on(birth, today)
        if age < int(parameters["min_age"]):
            found.append("under_age")
        elif age > int(parameters.get("max_age") or 120):
            found.append("over_age")
    else:
        found.append("no_birth_date")
    if person["sex"] and (person["sex"] == "P") != (day > 40):
        found.append("nik_sex_mismatch")
    if not known_district:
        found.append("outside_area")
    if not person["phone"] and not person["email"]:
        found.append("no_phone")
    return found


async def run(work: Work, items: Sequence[Item]) -> dict[str, Outcome]:
    """Give the findings of each case (`identity_clear` when there is none), and the number of the case that may be the same."""
    people = await participants.of_cases(work.session, [item.case.id for item in items])
    doubles = await participants.doubles(work.session, [item.case.id for item in items])
    today = work.definition.calendar.local_date(work.now)
    outcomes = {}
    for item in items:
        known = work.definition.areas.district(item.case.district) is not None
        found = findings(people[item.case.id], today, item.parameters, known)
        if item.case.id in doubles:
            found.append("possible_duplicate")
        facts = {
            "identity_clear": not found,
            "identity_findings": found,
            "age_ok": "under_age" not in found and "over_age" not in found,
            "possible_duplicate_of": doubles.get(item.case.id),
        }
        outcomes[item.case.id] = Outcome(facts=facts)
    return outcomes

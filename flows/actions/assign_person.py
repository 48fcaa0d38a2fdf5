"""Give a case to the person of a role in its district who has the fewest, up to a number of places."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from pydantic import PositiveInt
from sqlalchemy import text

from flows.actions.registry import Item, Outcome, Work
from models.services import access
from models.services.actor import Role

GIVES = {"{fact}", "{fact}_found"}
NEEDS: dict[str, Any] = {"role": Role, "fact": str, "places": PositiveInt}


async def run(work: Work, items: Sequence[Item]) -> dict[str, Outcome]:
    """Give the id of the chosen person as the named fact, and `<fact>_found`; the least loaded comes first."""
    await work.session.execute(text("SELECT pg_advisory_xact_lock(hashtext('assign_person'))"))
    people = await access.people_with_role(work.session, str(items[0].parameters["role"]))
    load = await _load(work, str(items[0].parameters["fact"]))
    outcomes = {}
    for item in items:
        fact, places = str(item.parameters["fact"]), int(item.parameters["places"])
        there = [person for person in people if person.covers(item.case.district) and load[person.id] < places]
        if not there:
            outcomes[item.case.id] = Outcome(facts={f"{fact}_found": False})
            continue
        chosen = min(there, key=lambda person: (load[person.id], person.id))
        load[chosen.id] += 1
        outcomes[item.case.id] = Outcome(facts={fact: chosen.id, f"{fact}_found": True})
    return outcomes


async def _load(work: Work, fact: str) -> Counter[str]:
    rows = await work.session.execute(
        text(
            "SELECT state->'facts'->>:fact AS person, count(*) AS n FROM cases"
            " WHERE status IN ('active','on_hold') AND state->'facts'->>:fact IS NOT NULL GROUP BY 1"
        ),
        {"fact": fact},
    )
    return Counter({row.person: row.n for row in rows})

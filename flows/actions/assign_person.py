"""Give a case to the person of a role in its district who has the fewest, up to a number of places."""

from collections.abc import Sequence
from typing import Any

from pydantic import PositiveInt

from flows.actions.registry import Item, Outcome, Work
from models.services import access, caseload, resources
from models.services.actor import Role

GIVES = {"{fact}", "{fact}_found"}
NEEDS: dict[str, Any] = {"role": Role, "fact": str, "places": PositiveInt}


async def run(work: Work, items: Sequence[Item]) -> dict[str, Outcome]:
    """Give the id of the chosen person as the named fact, and `<fact>_found`; the least loaded comes first."""
    fact, programme = str(items[0].parameters["fact"]), work.definition.programme
    await resources.lock(work.session, f"person:{fact}")
    people = await access.people_with_role(work.session, str(items[0].parameters["role"]))
    await caseload.know(work.session, programme, fact, [person.id for person in people], work.now)
    districts = {item.case.district for item in items}
    near = [person for person in people if any(person.covers(district) for district in districts)]
    load = await caseload.counts(work.session, programme, fact, [person.id for person in near])
    outcomes: dict[str, Outcome] = {}
    chosen: dict[str, tuple[str, int]] = {}
    for item in items:
        places = int(item.parameters["places"])
        there = [person for person in near if person.covers(item.case.district) and load[person.id] < places]
        if not there:
            outcomes[item.case.id] = Outcome(facts={f"{fact}_found": False})
            continue
        least = min(there, key=lambda person: (load[person.id], person.id))
        load[least.id] += 1
        chosen[item.case.id] = (least.id, places)
        outcomes[item.case.id] = Outcome(facts={fact: least.id, f"{fact}_found": True})
    await caseload.give(work.session, programme, fact, chosen, work.now)
    return outcomes

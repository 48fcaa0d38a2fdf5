"""Place people in a class of their district and kind: first come, first served, within the seats and their rate."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from pydantic import PositiveInt

from flows.actions.registry import Item, Outcome, Work
from models.services import resources

GIVES = {"placed", "class_id", "class_on", "class_at", "class_venue"}
NEEDS: dict[str, Any] = {"weeks_ahead": PositiveInt}
NOTICE = timedelta(days=3)


async def run(work: Work, items: Sequence[Item]) -> dict[str, Outcome]:
    """Give `placed` and the class; those for whom no seat is left wait.

    Whoever holds a seat already gives it back first.

    Order: registration (the case number), so that a batch is as fair as one by one. Classes begin at the earliest three
    days from now, so that the invitation arrives in time, and after the class that somebody gave back.
    """
    await resources.give_back(work.session, [item.case.id for item in items])
    groups: dict[tuple[str, str, datetime], list[Item]] = defaultdict(list)
    for item in sorted(items, key=lambda i: i.case.number):
        groups[(item.case.district, str(item.case.facts.get("class_kind", "basic")), _after(work, item))].append(item)
    outcomes: dict[str, Outcome] = {}
    for (district, kind, after), group in sorted(groups.items()):
        await resources.lock(work.session, f"class:{kind}:{district}")
        weeks = int(group[0].parameters["weeks_ahead"])
        first = work.definition.calendar.local_date(after)
        await resources.plan_classes(work.session, work.definition, district, kind, first, weeks)
        waiting = list(group)
        for place in await resources.free_classes(work.session, work.definition, district, kind, after):
            taken, waiting = waiting[: place.free], waiting[place.free :]
            if not taken:
                break
            await resources.take(work.session, place.id, [item.case.id for item in taken], work.now)
            facts = {
                "placed": True,
                "class_id": place.id,
                "class_on": work.definition.calendar.local_date(place.starts_at).isoformat(),
                "class_at": place.starts_at.isoformat(),
                "class_venue": place.venue["id"],
            }
            outcomes |= {item.case.id: Outcome(facts=facts) for item in taken}
        outcomes |= {item.case.id: Outcome(facts={"placed": False}) for item in waiting}
    return outcomes


def _after(work: Work, item: Item) -> datetime:
    """After which moment a class may begin."""
    soonest, facts = work.now + NOTICE, item.case.facts
    given_back = work.definition.calendar.moment(facts.get("class_at")) if facts.get("placed") is False else None
    return max(soonest, given_back) if given_back else soonest

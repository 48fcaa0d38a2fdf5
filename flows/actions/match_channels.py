"""Find the channels and events that suit a business, by conditions of the definition."""

from collections.abc import Sequence

from flows.actions.registry import Item, Outcome, Work
from models.definitions.conditions import is_true

GIVES = {"channels", "channel_found"}
NEEDS = {"channels"}


async def run(work: Work, items: Sequence[Item]) -> dict[str, Outcome]:
    """Give the names of the channels whose condition holds."""
    outcomes = {}
    for item in items:
        variables = work.variables(item)
        found = [name for name, channel in item.parameters["channels"].items() if is_true(str(channel["if"]), variables)]
        outcomes[item.case.id] = Outcome(facts={"channels": found, "channel_found": bool(found)})
    return outcomes

"""Check rules of the definition; those that are broken are the reasons."""

from collections.abc import Sequence

from flows.actions.registry import Item, Outcome, Work
from models.definitions.conditions import is_true

GIVES = {"passed", "reasons"}
NEEDS = {"rules"}


async def run(work: Work, items: Sequence[Item]) -> dict[str, Outcome]:
    """Give whether all rules hold and the names of those that do not."""
    outcomes = {}
    for item in items:
        variables = work.variables(item)
        broken = [name for name, rule in item.parameters["rules"].items() if not is_true(str(rule["if"]), variables)]
        outcomes[item.case.id] = Outcome(facts={"passed": not broken, "reasons": broken})
    return outcomes

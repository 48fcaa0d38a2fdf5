"""Check rules of the definition; those that are broken are the reasons, those that nobody can judge yet are unknown."""

from collections.abc import Sequence

from flows.actions.registry import Item, Outcome, Work
from models.definitions.conditions import value_of

GIVES = {"passed", "reasons", "unknown", "unknown_count"}
NEEDS = {"rules"}


async def run(work: Work, items: Sequence[Item]) -> dict[str, Outcome]:
    """Give whether all rules hold, the names of those that do not, and of those whose facts nobody has recorded."""
    outcomes = {}
    for item in items:
        variables = work.variables(item)
        held = {name: value_of(str(rule["if"]), variables) for name, rule in item.parameters["rules"].items()}
        unknown = [name for name, value in held.items() if value is None]
        broken = [name for name, value in held.items() if value is not None and value is not True]
        facts = {"passed": not broken and not unknown, "reasons": broken, "unknown": unknown, "unknown_count": len(unknown)}
        outcomes[item.case.id] = Outcome(facts=facts)
    return outcomes

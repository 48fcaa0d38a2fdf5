"""Work out facts from other facts with expressions of the definition."""

from collections.abc import Sequence
from typing import Any

from flows.actions.registry import Item, Outcome, Work
from models.definitions.conditions import value_of

GIVES = {"{facts}"}
NEEDS: dict[str, Any] = {"facts": dict[str, str]}


async def run(work: Work, items: Sequence[Item]) -> dict[str, Outcome]:
    """Evaluate each expression; one that cannot be evaluated gives no fact."""
    outcomes = {}
    for item in items:
        variables = work.variables(item)
        values = {name: value_of(str(text), variables) for name, text in item.parameters["facts"].items()}
        outcomes[item.case.id] = Outcome(facts={name: value for name, value in values.items() if value is not None})
    return outcomes

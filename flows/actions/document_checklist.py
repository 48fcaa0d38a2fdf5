"""See which of the needed documents are there; a document is there when its fact is true."""

from collections.abc import Sequence
from typing import Any

from flows.actions.registry import Item, Outcome, Work

GIVES = {"missing", "missing_count"}
NEEDS: dict[str, Any] = {"needs": list[str]}


async def run(_work: Work, items: Sequence[Item]) -> dict[str, Outcome]:
    """Give the names of the missing documents."""
    outcomes = {}
    for item in items:
        missing = [name for name in item.parameters["needs"] if not item.case.facts.get(name)]
        outcomes[item.case.id] = Outcome(facts={"missing": missing, "missing_count": len(missing)})
    return outcomes

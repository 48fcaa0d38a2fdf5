"""Give back the seats that a case holds in classes."""

from collections.abc import Sequence
from typing import Any

from flows.actions.registry import Item, Outcome, Work
from models.services import resources

GIVES = {"placed"}
NEEDS: dict[str, Any] = {}


async def run(work: Work, items: Sequence[Item]) -> dict[str, Outcome]:
    """Free the seats; the case is not placed any more."""
    await resources.give_back(work.session, [item.case.id for item in items])
    return {item.case.id: Outcome(facts={"placed": False}) for item in items}

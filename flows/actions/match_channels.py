"""Find the channels and events that suit a business, by conditions of the definition."""

from collections.abc import Sequence
from typing import Any

from pydantic import Field

from flows.actions.registry import Item, Outcome, Work
from models.definitions.conditions import is_true
from models.definitions.schema import Strict, Text

GIVES = {"channels", "channel_found"}


class Channel(Strict):
    """A channel or event: its name, and for which businesses it is."""

    name: Text | None = None
    if_: str = Field(alias="if")


NEEDS: dict[str, Any] = {"channels": dict[str, Channel]}


async def run(work: Work, items: Sequence[Item]) -> dict[str, Outcome]:
    """Give the names of the channels whose condition holds."""
    outcomes = {}
    for item in items:
        variables = work.variables(item)
        found = [name for name, channel in item.parameters["channels"].items() if is_true(str(channel["if"]), variables)]
        outcomes[item.case.id] = Outcome(facts={"channels": found, "channel_found": bool(found)})
    return outcomes

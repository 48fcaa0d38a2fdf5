"""Order a message to the participant; its text stands in the definition's messages."""

from collections.abc import Sequence
from typing import Any

from flows.actions.registry import Item, Outcome, Work
from models.engine.commands import Message

GIVES: set[str] = set()
NEEDS: dict[str, Any] = {"message": str}


async def run(work: Work, items: Sequence[Item]) -> dict[str, Outcome]:
    """Order the message for everybody who can be reached; nobody waits for its delivery."""
    outcomes = {}
    for item in items:
        name = str(item.parameters["message"])
        message = work.definition.live.messages[name]
        reachable = item.case.facts.get("has_phone", True) or message.channel == "email"
        outcomes[item.case.id] = Outcome(messages=(Message(name, message.channel),) if reachable else ())
    return outcomes

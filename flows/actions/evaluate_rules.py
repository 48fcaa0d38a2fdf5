"""Check rules of the definition; those that are broken are the reasons, those that nobody can judge yet are unknown."""

from collections.abc import Sequence
from typing import Any

from pydantic import Field

from flows.actions.registry import Item, Outcome, Work
from models.definitions.conditions import value_of
from models.definitions.schema import Strict, Text

GIVES = {"passed", "reasons", "unknown", "unknown_count"}


class Rule(Strict):
    """A rule: what must hold, and what people read when it does not."""

    if_: str = Field(alias="if")
    else_: Text | None = Field(default=None, alias="else")


NEEDS: dict[str, Any] = {"rules": dict[str, Rule]}


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

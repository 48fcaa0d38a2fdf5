"""What an `action` step can do: one module each in this folder, found by its name.

An action takes a batch of cases and gives an outcome for each; it knows no programme. It reads through the session it is
given and may reserve scarce things in that transaction; the case itself changes only by the outcome it returns.

`GIVES` names the facts that it gives: `{fact}_found` is built from the parameter `fact`, `{facts}` stands for the keys of
a map. `NEEDS` names its parameters with their types, as pydantic reads them; one whose type admits None may be left out.
"""

import importlib
import pkgutil
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from models.definitions.definition import Definition
from models.engine.case import Case, Position
from models.engine.commands import Message
from models.engine.draft import variables


@dataclass(frozen=True, slots=True)
class Item:
    """One case of a batch, standing at the step, with the step's `with:` parameters."""

    case: Case
    position: Position
    parameters: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of it for one case: facts, messages to order, or the cause of an incident."""

    facts: dict[str, Any] = field(default_factory=dict)
    messages: tuple[Message, ...] = ()
    incident: str | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Work:
    """What an action works with: the transaction, the definition, the programme's time."""

    session: AsyncSession
    definition: Definition
    now: datetime

    def variables(self, item: Item) -> dict[str, Any]:
        """What a condition of the definition may read about a case."""
        return variables(self.definition, item.case, self.now)


Action = Callable[[Work, Sequence[Item]], Awaitable[dict[str, Outcome]]]


@dataclass(frozen=True, slots=True)
class ActionKind:
    """An action with the facts that it gives and its parameters with their types; outcomes are keyed by case id."""

    name: str
    run: Action
    gives: frozenset[str]
    needs: Mapping[str, Any]


@cache
def registry() -> dict[str, ActionKind]:
    """All actions by name; a module of this folder is one when it has `run`, `GIVES` and `NEEDS`."""
    package = importlib.import_module("flows.actions")
    found = {}
    for module in pkgutil.iter_modules(package.__path__):
        loaded = importlib.import_module(f"flows.actions.{module.name}")
        if hasattr(loaded, "run"):
            found[module.name] = ActionKind(module.name, loaded.run, frozenset(loaded.GIVES), loaded.NEEDS)
    return found

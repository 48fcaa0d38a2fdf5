"""The demo's story as data: who works there, what they usually do, how its history went."""

from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import Field
from ruamel.yaml import YAML

from models.definitions.schema import Strict
from models.services.actor import Grant, Role

FILE = Path(__file__).parent / "story.yaml"


class Login(Strict):
    """One invented member of staff, shown on the demo's login page."""

    email: str
    name: str
    title: str
    role: Role
    stages: frozenset[str] = frozenset()
    areas: frozenset[str] = frozenset()

    @property
    def grant(self) -> Grant:
        """What this person may do where."""
        return Grant(self.role, self.stages, self.areas)


class LateForms(Strict):
    """Forms that were filled in on one day and typed in on another."""

    district: str
    filled_in: date
    typed_in: date
    count: int


class Ahead(Strict):
    """How many come in at a later stage, from a day on, with which evidence."""

    from_: date = Field(alias="from")
    share: float
    stages: dict[str, int]
    proof: str
    facts: dict[str, Any]


class Arrival(Strict):
    """What participants send to a step that waits for it; `share` is that of each working day."""

    share: float
    event: str
    outcome: str
    facts: dict[str, Any]


class History(Strict):
    """How the demo's weeks went."""

    first_day: date
    late_forms: LateForms
    ahead: Ahead
    arrivals: dict[str, Arrival]
    order: dict[str, Any]


class Way(Strict):
    """One way in which a task may end; answers may hold {placeholders}."""

    weight: int
    outcome: str
    answers: dict[str, Any] = Field(default_factory=dict)


class Habit(Strict):
    """The share of a step's tasks that are done each working day, and how."""

    share: float
    ways: list[Way]


class Story(Strict):
    """All of it."""

    password: str
    logins: list[Login]
    history: History
    habits: dict[str, Habit]


@cache
def story() -> Story:
    """The story of the programme that Langkah ships."""
    return Story.model_validate(YAML(typ="safe").load(FILE.read_text(encoding="utf-8")))

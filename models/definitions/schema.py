"""The schema of a definition: what a programme, its stages, steps, forms and rules may say.

One pydantic schema serves the YAML files, the checks, the engine and the designer. A bundle has a pinned part (a case
keeps the one it started with) and live parts (calendar, queues, messages, targets, partners, areas, intake), design §5.
"""

from datetime import date
from typing import Any, Final, Literal, Self

from pydantic import Field, model_validator

# What forms are made of belongs to the schema, too.
from models.definitions.field import FieldType as FieldType
from models.definitions.field import Form as Form
from models.definitions.field import FormField as FormField
from models.definitions.field import Must as Must
from models.definitions.field import Option as Option
from models.definitions.field import Strict as Strict
from models.definitions.field import Text as Text

StepKind = Literal["action", "task", "handoff", "timer", "event", "decision", "fork", "join", "finish"]
Result = Literal["finished", "lapsed", "rejected"]
HandoffKind = Literal["learning", "licensing", "marketing", "banking", "messaging"]


class Go(Strict):
    """Where a case goes next. Exactly one of `go`, `finish` and `merge`; the first whose `when` is true wins.

    `at_most` counts how often this way was taken by the case; beyond it, `after_that` is taken instead.
    """

    when: str | None = None
    go: str | None = Field(default=None, description="a step of this stage, or stage.step")
    finish: Literal["stage", "case"] | None = None
    merge: str | None = Field(default=None, description="a fact with the number of the same person's case, which goes on")
    as_: str | None = Field(default=None, alias="as", description="status reason when the case finishes")
    result: Result = "finished"
    at_most: int | None = Field(default=None, ge=1)
    after_that: "Go | None" = None

    @model_validator(mode="after")
    def one_target(self) -> Self:
        """Exactly one target; a reason belongs to a case that finishes; a limit needs a way out."""
        if sum(word is not None for word in (self.go, self.finish, self.merge)) != 1:
            raise ValueError("say either go: a step, or finish: stage | case, or merge: a fact")
        if self.finish == "case" and self.as_ is None:
            raise ValueError("finish: case needs as: a reason")
        if (self.at_most is None) != (self.after_that is None):
            raise ValueError("at_most and after_that belong together")
        return self


class Outcome(Strict):
    """A named end of a step: either one way (`go`, `finish`) or several with conditions (`then`)."""

    name: Text | None = None
    needs_note: bool = False
    form_optional: bool = Field(default=False, description="fields may stay empty, e.g. when nobody was reached")
    go: str | None = None
    finish: Literal["stage", "case"] | None = None
    merge: str | None = None
    as_: str | None = Field(default=None, alias="as")
    result: Result = "finished"
    at_most: int | None = Field(default=None, ge=1)
    after_that: Go | None = None
    then: list[Go] | None = None

    @model_validator(mode="after")
    def ways_are_valid(self) -> Self:
        """One way or several, never both."""
        if self.then is not None and (self.go or self.finish or self.merge):
            raise ValueError("say either then: a list, or go / finish / merge")
        self.ways()
        return self

    def ways(self) -> list[Go]:
        """Return the outcome as a list of transitions, tried in order."""
        if self.then is not None:
            return self.then
        return [
            Go(
                go=self.go,
                finish=self.finish,
                merge=self.merge,
                as_=self.as_,
                result=self.result,
                at_most=self.at_most,
                after_that=self.after_that,
            )
        ]


class Deadline(Strict):
    """A due time: `within` "5 working days", "72 hours" or "30 days"; `warn` so long before; `then` what happens.

    `then` is "escalate" (it stays, flagged, and rises in the queue) or the name of an outcome of the step.
    """

    within: str = Field(pattern=r"^\d+ (working )?(day|hour)s?$")
    warn: str | None = Field(default=None, pattern=r"^\d+ (working )?(day|hour)s? before$")
    then: str = "escalate"


class Meanwhile(Strict):
    """What may arrive while a timer waits: what people call it, and where the case goes then instead of waiting on."""

    name: Text
    go: str


class Wait(Strict):
    """How long a timer waits: a duration, or until a fact that holds a date or a time; `unless` something arrives before."""

    for_: str | None = Field(default=None, alias="for", pattern=r"^\d+ (working )?(day|hour)s?$")
    until: str | None = Field(default=None, description="name of a fact with an ISO date or time")
    because: Literal["date", "capacity"] = Field(default="date", description="what is missing meanwhile: time, or a free place")
    unless: dict[str, Meanwhile] = Field(default_factory=dict, description="name of what may arrive: it ends the wait")

    @model_validator(mode="after")
    def one_of(self) -> Self:
        """Exactly one of the two."""
        if (self.for_ is None) == (self.until is None):
            raise ValueError("say either for: a duration, or until: a fact")
        return self


class Join(Strict):
    """Which branches a join waits for: all of them, any one, or so many."""

    of: str = Field(description="the fork step whose branches arrive here")
    needs: Literal["all", "any"] | int = "all"


# The word with which a step begins, and its kind in the vocabulary of the engine.
KIND_BY_WORD: Final[dict[str, StepKind]] = {
    "do": "action",
    "ask": "task",
    "hand_off": "handoff",
    "wait": "timer",
    "await_": "event",
    "choose": "decision",
    "fork": "fork",
    "join": "join",
    "finish": "finish",
}


class Step(Strict):
    """One step; which kind it is follows from the one word it begins with."""

    name: Text | None = None
    do: str | None = Field(default=None, description="an action of the registry")
    ask: Text | None = Field(default=None, description="what a person is asked to do")
    hand_off: HandoffKind | None = None
    wait: Wait | None = None
    await_: str | None = Field(default=None, alias="await", description="name of what arrives")
    choose: list[Go] | None = None
    fork: dict[str, str] | None = Field(default=None, description="branch: its first step")
    join: Join | None = None
    finish: Literal["stage", "case"] | None = None

    with_: dict[str, Any] = Field(default_factory=dict, alias="with")
    then: list[Go] = Field(default_factory=list)
    outcomes: dict[str, Outcome] = Field(default_factory=dict)
    form: str | None = Field(default=None, description="what a task asks, or what may arrive with an await")
    queue: str | None = None
    assign_to: str | None = Field(default=None, description="a fact that holds the id of the person")
    shows: list[str] = Field(default_factory=list, description="facts that tell the person of an ask: why the task is there")
    priority: int = Field(default=0, ge=0, le=9)
    send: str | None = Field(default=None, description="a message of the partner contract")
    to: str | None = Field(default=None, description="a fact that names the partner; without it, area and date decide")
    deadline: Deadline | None = None
    as_: str | None = Field(default=None, alias="as")
    result: Result = "finished"

    @model_validator(mode="after")
    def one_kind(self) -> Self:
        """Exactly one kind, with what that kind needs."""
        given = [word for word in KIND_BY_WORD if getattr(self, word) is not None]
        if len(given) != 1:
            raise ValueError("a step begins with exactly one of do, ask, hand_off, wait, await, choose, fork, join, finish")
        needs_then = self.kind in ("action", "timer", "join")
        if needs_then and not self.then:
            raise ValueError("say where it goes: then:")
        if self.kind in ("task", "handoff", "event") and not self.outcomes:
            raise ValueError("say how it may end: outcomes:")
        if self.deadline and self.deadline.then != "escalate" and self.deadline.then not in self.outcomes:
            raise ValueError(f"the deadline's then: {self.deadline.then} is neither escalate nor an outcome of this step")
        if self.finish == "case" and self.as_ is None:
            raise ValueError("finish: case needs as: a reason")
        if self.shows and self.kind != "task":
            raise ValueError("only what a person is asked (ask:) shows: facts")
        if self.kind == "handoff" and not self.send:
            raise ValueError("a hand_off needs send: a message of the contract")
        return self

    @property
    def kind(self) -> StepKind:
        """The kind of step in the vocabulary of the engine."""
        return next(kind for word, kind in KIND_BY_WORD.items() if getattr(self, word) is not None)

    def ways(self) -> list[tuple[str | None, Go]]:
        """Return all transitions as (outcome or None, way), in the order in which they are tried."""
        if self.kind in ("task", "handoff", "event"):
            return [(key, way) for key, outcome in self.outcomes.items() for way in outcome.ways()]
        if self.choose is not None:
            return [(None, way) for way in self.choose]
        if self.fork is not None:
            return [(branch, Go(go=first)) for branch, first in self.fork.items()]
        if self.finish is not None:
            return [(None, Go(finish=self.finish, as_=self.as_, result=self.result))]
        return [*((None, way) for way in self.then), *((key, Go(go=item.go)) for key, item in self.meanwhile.items())]

    def ways_after(self, outcome: str | None) -> list[Go]:
        """The transitions that an end with this outcome may take, in the order in which they are tried."""
        return [way for key, way in self.ways() if key == (outcome if outcome in self.outcomes or outcome in self.meanwhile else None)]

    @property
    def meanwhile(self) -> dict[str, Meanwhile]:
        """What may arrive while the step waits as a timer, by name."""
        return self.wait.unless if self.wait is not None else {}


class Stage(Strict):
    """One stage: its owner group, its first step and its steps."""

    stage: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    name: Text
    owner: str
    enter: str
    steps: dict[str, Step]


class Pinned(Strict):
    """What a case keeps for its whole life: stages in order and forms."""

    programme: str = Field(pattern=r"^[a-z][a-z0-9-]*$")
    version: str
    effective_from: date
    number_prefix: str = Field(pattern=r"^[A-Z]{2,5}$")
    name: Text
    stages: list[Stage]
    forms: dict[str, Form]

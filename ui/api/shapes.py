"""The answers of the API, as its description shows them. More keys may be added, these stay; a test holds answers against them."""

from datetime import date, datetime
from typing import Any, Generic, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field

Item = TypeVar("Item")
Status = Literal["active", "on_hold", "finished", "withdrawn", "lapsed", "rejected", "merged"]


class Shape(BaseModel):
    """An answer; keys beyond those named here may come."""

    model_config = ConfigDict(extra="allow")


class Page(Shape, Generic[Item]):
    """A part of a list; `next` is the cursor of the next part, null at the end."""

    items: list[Item]
    next: str | None


class CountedPage(Page[Item], Generic[Item]):
    """A part of a list whose length is known."""

    total: int


class Words(Shape):
    """A text in both languages."""

    id: str
    en: str


class FieldError(Shape):
    """One thing that is wrong: where, a stable code, and what to do, as "Indonesian / English"."""

    code: str
    message: str
    field: str | None = None
    row: int | None = None


class Problem(Shape):
    """Why a request was refused (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[FieldError]


class Registered(Shape):
    """The case that was opened."""

    case_number: str
    status: Status


class CaseLine(Shape):
    """A case in a list."""

    number: str
    person: str
    stage: str | None
    status: Status
    status_reason: str | None
    district: str
    opened_at: datetime
    due_at: datetime | None


class Position(Shape):
    """Where a case stands; it may stand in several places."""

    step: str
    kind: str
    since: datetime
    due_at: datetime | None


class Next(Shape):
    """The command that would help, and the step that it is about."""

    command: str
    label: str | None


class Explanation(Shape):
    """Why a case is where it is."""

    blocker: Literal["person", "partner", "participant", "automation", "capacity", "date", "hold", "none"]
    owner: str | None
    since: datetime | None
    until: datetime | None
    text: Words
    next: Next | None


class Case(Shape):
    """One participant's way through the programme."""

    number: str
    programme: str
    definition: str
    stage: str | None
    status: Status
    status_reason: str | None
    version: int
    district: str
    opened_at: datetime
    due_at: datetime | None
    positions: list[Position]
    explanation: Explanation


class JournalEvent(Shape):
    """One fact of the journal."""

    position: int
    case_number: str
    sequence: int
    recorded_at: datetime
    occurred_at: datetime
    actor: str
    on_behalf_of: str | None = None
    channel: str
    type: str
    type_version: int
    data: dict[str, Any]
    definition: str


class TaskLine(Shape):
    """A task in a list."""

    id: str
    case_number: str
    stage: str
    step: str
    queue: str
    district: str
    state: str
    assignee: str | None
    priority: int
    due_at: datetime | None
    version: int


class Outcome(Shape):
    """A way in which a task may end."""

    key: str
    name: Words | None
    needs_note: bool


class Task(TaskLine):
    """A task with its form (as JSON Schema) and its outcomes."""

    form: dict[str, Any] | None
    outcomes: list[Outcome]


class Queued(Shape):
    """The job that was begun."""

    job: str


class Job(Shape):
    """A long action and how far it is."""

    id: str
    kind: str
    state: str
    total: int
    done: int
    failed: int
    actor: str
    started_at: datetime | None
    finished_at: datetime | None


class JobItem(Shape):
    """What came of one row."""

    key: str
    state: Literal["ok", "warn", "rejected", "duplicate"]
    code: str | None = None
    message: str | None = None


class Handoff(Shape):
    """A step that a partner does, or a message that a partner carries."""

    id: str
    case_number: str
    kind: str
    message: str
    partner: str
    stage: str
    step: str
    state: str
    attempt: int
    due_at: datetime | None
    outcome: str | None
    ordered_at: datetime
    sent_at: datetime | None


class AnswerTaken(Shape):
    """What came of a partner's answer; `ignored` names facts that the contract does not know."""

    result: str
    ignored: list[str] = Field(default_factory=list)


class Incident(Shape):
    """Something that needs a person."""

    id: str
    case_number: str | None
    cause: str
    state: Literal["open", "resolved"]
    stage: str | None
    district: str | None
    raised_at: datetime
    resolved_at: datetime | None
    advice: Words


class IncidentResolved(Shape):
    """The incident after it was closed."""

    id: str
    state: Literal["resolved"]


class WeekLine(Shape):
    """A week in the list."""

    week: str
    status: Literal["provisional", "frozen"]


class Target(Shape):
    """What is to be reached, and when."""

    count: int
    date: date


class StageTotal(Shape):
    """A stage's figures of a week: present is that of the week before, plus entered, minus finished and left."""

    stage: str
    entered: int
    finished: int
    left: int
    present: int
    overdue: int


class Figures(StageTotal):
    """The same for one district."""

    district: str


class WeekFigures(Figures):
    """The same with its week."""

    week: str


class WeeklyUpdate(Shape):
    """The figures of one ISO week."""

    week: str
    programme: str
    status: Literal["provisional", "frozen"]
    as_of: datetime
    journal_position: int
    definitions: list[str]
    content_hash: str
    target: Target
    registered: dict[str, int]
    rows: list[Figures]
    totals: list[StageTotal]
    restatements: list[dict[str, Any]]

"""Commands: requests to change a case. The service that carries them has authorised the actor already."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from models.engine.case import Case
from models.engine.events import Event

Facts = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Evidence:
    """A stage that somebody has behind them already, with the proof and facts such as a licence number."""

    stage: str
    proof: str
    facts: Facts = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class OpenCase:
    """Register a participant; evidence lets stages be passed over when the case reaches them."""

    number: str
    participant: str
    district: str
    village: str | None = None
    facts: Facts = field(default_factory=dict)
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class ClaimTask:
    """Take an open task. `version` is the task's, as the person saw it."""

    task: str
    by: str
    version: int | None = None


@dataclass(frozen=True, slots=True)
class ReleaseTask:
    """Give a claimed task back to its queue. `force` is a manager's right."""

    task: str
    by: str
    version: int | None = None
    force: bool = False


@dataclass(frozen=True, slots=True)
class ReturnTask:
    """The machine gives a task back that its assignee has left alone too long."""

    task: str
    assignee: str


@dataclass(frozen=True, slots=True)
class AssignTask:
    """Give a task to a person."""

    task: str
    to: str
    version: int | None = None


@dataclass(frozen=True, slots=True)
class CompleteTask:
    """End a claimed task with an outcome; `answers` are clean and not personal, `note` is a reference."""

    task: str
    by: str
    outcome: str
    answers: Facts = field(default_factory=dict)
    note: str | None = None
    version: int | None = None


@dataclass(frozen=True, slots=True)
class UndoCompletion:
    """Take back a completion while nothing has followed from it.

    `before` is the case as it was, `since` what its journal tells from the completion on: together they are the case.
    """

    task: str
    by: str
    before: Case
    since: tuple[Event, ...]


@dataclass(frozen=True, slots=True)
class Message:
    """A message to the participant that an action orders."""

    message: str
    channel: str


@dataclass(frozen=True, slots=True)
class RecordOutcome:
    """End an automated step: `attempt` must be the position's, else the outcome is stale and dropped."""

    position: str
    attempt: int
    facts: Facts = field(default_factory=dict)
    messages: tuple[Message, ...] = ()


@dataclass(frozen=True, slots=True)
class RaiseIncident:
    """The machine cannot go on with a position or a hand-off. `cause` is a stable word, `detail` names nobody.

    `attempt` says which delivery failed: what is answered already, or ordered anew, is not stopped by it.
    """

    cause: str
    position: str | None = None
    handoff: str | None = None
    detail: str = ""
    attempt: int | None = None


@dataclass(frozen=True, slots=True)
class ResolveIncident:
    """Let the stopped work be tried again (`retry`), or close the incident because it was mended otherwise.

    Mended otherwise: a hand-off that did not arrive was delivered by hand; one that was answered outside the contract
    waits for a better answer. An automated step can only be tried again.
    """

    incident: str
    retry: bool = True
    note: str | None = None


@dataclass(frozen=True, slots=True)
class MarkSent:
    """A hand-off left the house. `attempt` guards against a stale delivery."""

    handoff: str
    attempt: int


@dataclass(frozen=True, slots=True)
class AnswerHandoff:
    """A partner's answer; the same `message_id` counts once. `status`: acknowledged, completed, returned, rejected.

    `attempt` is that of the order which it answers, when the partner says so: an answer to an earlier one is stale.
    """

    handoff: str
    message_id: str
    status: str
    outcome: str | None = None
    facts: Facts = field(default_factory=dict)
    note: str | None = None
    attempt: int | None = None


@dataclass(frozen=True, slots=True)
class ReceiveEvent:
    """Something arrived that an `await` step waits for, e.g. a participant's monthly figures."""

    name: str
    outcome: str
    facts: Facts = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RingAlarm:
    """The clock reached a position's alarm (warning, deadline or timer). `at` is the alarm that rang."""

    position: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Hold:
    """Put the case on hold until a moment; deadlines stand still."""

    reason: str
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Resume:
    """Go on after a hold; deadlines move by the working days that passed."""


@dataclass(frozen=True, slots=True)
class Withdraw:
    """The participant does not want to go on."""

    reason: str


@dataclass(frozen=True, slots=True)
class Merge:
    """This case is the same person as another; it ends here."""

    into: str


@dataclass(frozen=True, slots=True)
class TakeDouble:
    """Another case was the same person and was merged into this one."""

    number: str


@dataclass(frozen=True, slots=True)
class RegisterAgain:
    """The participant registered once more and was given `number`; `message` tells the phone on file, when there is one to tell."""

    number: str
    message: Message | None = None


@dataclass(frozen=True, slots=True)
class SendMessage:
    """Tell the participant something outside of the steps, such as a code; what the code is stands in no journal."""

    message: Message


@dataclass(frozen=True, slots=True)
class SkipStage:
    """Pass over the present or a later stage on evidence."""

    stage: str
    proof: str
    facts: Facts = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reopen:
    """Take up an ended case again at the beginning of a stage."""

    stage: str
    reason: str


@dataclass(frozen=True, slots=True)
class MoveDistrict:
    """The participant lives in another district now."""

    district: str
    village: str | None = None


@dataclass(frozen=True, slots=True)
class CorrectData:
    """Personal data was corrected: only the names of the fields and harmless facts reach the journal."""

    fields: tuple[str, ...]
    facts: Facts = field(default_factory=dict)


Command = (
    OpenCase
    | ClaimTask
    | ReleaseTask
    | ReturnTask
    | AssignTask
    | CompleteTask
    | UndoCompletion
    | RecordOutcome
    | RaiseIncident
    | ResolveIncident
    | MarkSent
    | AnswerHandoff
    | ReceiveEvent
    | RingAlarm
    | Hold
    | Resume
    | Withdraw
    | Merge
    | TakeDouble
    | RegisterAgain
    | SendMessage
    | SkipStage
    | Reopen
    | MoveDistrict
    | CorrectData
)

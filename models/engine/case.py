"""What the engine knows of a case: plain values, folded from events, without any personal data.

What has its default value is left out of the JSON, in the state as in events: most of a case's fields most of the time.
"""

from datetime import datetime
from typing import Any

import msgspec


class Position(msgspec.Struct, omit_defaults=True):
    """An active step instance. `scope` and `branch` say in which fork it runs; `alarm_at` is when the clock speaks next."""

    id: str
    step: str
    kind: str
    stage: str
    attempt: int
    since: datetime
    scope: str | None = None
    branch: str | None = None
    due_at: datetime | None = None
    warn_at: datetime | None = None
    alarm_at: datetime | None = None
    incident: str | None = None


class Task(msgspec.Struct, omit_defaults=True):
    """A piece of human work; its id is the id of the position that it belongs to."""

    id: str
    step: str
    stage: str
    queue: str
    state: str = "open"
    version: int = 1
    priority: int = 0
    escalated: bool = False
    assignee: str | None = None
    outcome: str | None = None
    due_at: datetime | None = None
    opened_at: datetime | None = None
    closed_at: datetime | None = None


class Handoff(msgspec.Struct, omit_defaults=True):
    """A step done by a partner, or a message (`position` is then None). One thread, any number of attempts.

    `office` is the area of the partner's office that it is addressed to, when the partner has several.
    `kept` is an answer that could not be followed yet: the definition has no way for it, or it is outside the contract.
    """

    id: str
    kind: str
    message: str
    partner: str
    stage: str
    step: str
    state: str = "queued"
    attempt: int = 1
    office: str | None = None
    position: str | None = None
    due_at: datetime | None = None
    outcome: str | None = None
    answers: list[str] = msgspec.field(default_factory=list)
    kept: dict[str, Any] | None = None
    ordered_at: datetime | None = None
    sent_at: datetime | None = None


class Incident(msgspec.Struct, omit_defaults=True):
    """Something that needs a person; `position` or `handoff` says what it stops."""

    id: str
    cause: str
    state: str = "open"
    position: str | None = None
    handoff: str | None = None
    raised_at: datetime | None = None


class Scope(msgspec.Struct, omit_defaults=True):
    """One run of a fork: where it lies and which branches it opened."""

    id: str
    fork: str
    branches: list[str]
    parent: str | None = None
    parent_branch: str | None = None


class Case(msgspec.Struct, omit_defaults=True):
    """One participant's way through one programme, as folded from its journal.

    `proofs` holds the evidence for stages that are passed by, `taken` how often each limited way was taken, `doubles` the
    numbers of cases of the same person that were merged into this one, or that the person got by registering again.
    """

    id: str
    number: str = ""
    programme: str = ""
    definition: str = ""
    participant: str = ""
    district: str = ""
    village: str | None = None
    status: str = "new"
    status_reason: str | None = None
    stage: str | None = None
    version: int = 0
    opened_at: datetime | None = None
    ended_at: datetime | None = None
    held_since: datetime | None = None
    hold_until: datetime | None = None
    facts: dict[str, Any] = msgspec.field(default_factory=dict)
    stages: dict[str, str] = msgspec.field(default_factory=dict)
    proofs: dict[str, str] = msgspec.field(default_factory=dict)
    doubles: list[str] = msgspec.field(default_factory=list)
    attempts: dict[str, int] = msgspec.field(default_factory=dict)
    taken: dict[str, int] = msgspec.field(default_factory=dict)
    positions: dict[str, Position] = msgspec.field(default_factory=dict)
    tasks: dict[str, Task] = msgspec.field(default_factory=dict)
    handoffs: dict[str, Handoff] = msgspec.field(default_factory=dict)
    incidents: dict[str, Incident] = msgspec.field(default_factory=dict)
    scopes: dict[str, Scope] = msgspec.field(default_factory=dict)

    @property
    def live(self) -> bool:
        """Whether the case is under way (on hold counts as under way)."""
        return self.status in ("active", "on_hold")

    @property
    def due_at(self) -> datetime | None:
        """The earliest due time of all positions; nothing is due while the case is on hold or ended."""
        if self.status != "active":
            return None
        return min((p.due_at for p in self.positions.values() if p.due_at), default=None)


_ENCODER = msgspec.json.Encoder(order="sorted")
_DECODER = msgspec.json.Decoder(Case)


def encode(case: Case) -> bytes:
    """The case as canonical JSON bytes; equal cases give equal bytes."""
    return _ENCODER.encode(case)


def decode(data: bytes | str) -> Case:
    """A fresh, independent Case from its JSON."""
    return _DECODER.decode(data)


def copy(case: Case) -> Case:
    """An independent copy."""
    return decode(encode(case))

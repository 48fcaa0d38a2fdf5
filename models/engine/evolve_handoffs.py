"""What the events of a hand-off do to its case."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import msgspec

from models.engine.case import Case, Handoff

Data = dict[str, Any]


def when(text: str | None) -> datetime | None:
    """A moment from an event."""
    return datetime.fromisoformat(text) if text else None


def ordered(case: Case, data: Data) -> None:
    """A thread with a partner begins."""
    handoff = msgspec.convert(data["handoff"], Handoff)
    case.handoffs[handoff.id] = handoff


def become(state: str) -> Callable[[Case, Data], None]:
    """A hand-off reaches a state; what the event says besides goes with it."""

    def change(case: Case, data: Data) -> None:
        handoff = case.handoffs[data["handoff"]]
        handoff.state = state
        if state not in ("sent", "acknowledged"):
            handoff.kept = None
        if message_id := data.get("message_id"):
            handoff.answers.append(message_id)
        if outcome := data.get("outcome"):
            handoff.outcome = outcome
        if "attempt" in data:
            handoff.attempt = data["attempt"]
        if "position" in data:
            handoff.position = data["position"]
        if "due_at" in data:
            handoff.due_at = when(data["due_at"])
        if state == "sent":
            handoff.sent_at = when(data.get("at"))
        case.facts.update(data.get("late_facts", {}))

    return change


def readdressed(case: Case, data: Data) -> None:
    """What is queued goes to another office."""
    handoff = case.handoffs[data["handoff"]]
    handoff.partner, handoff.office, handoff.attempt = data["partner"], data.get("office"), data["attempt"]


def answered(case: Case, data: Data) -> None:
    """An answer is kept that cannot be followed yet."""
    handoff = case.handoffs[data["handoff"]]
    handoff.answers.append(data["message_id"])
    handoff.kept = {name: data[name] for name in ("message_id", "status", "outcome", "facts", "note")}

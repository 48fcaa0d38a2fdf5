"""Commands about hand-offs and incidents."""

import msgspec

from models.engine.case import Handoff, Incident
from models.engine.commands import AnswerHandoff, MarkSent, RaiseIncident, ResolveIncident
from models.engine.draft import Draft, Refused
from models.engine.moves import end_position
from models.engine.states import rule

VERB = {"acknowledged": "acknowledge", "completed": "complete", "returned": "return", "rejected": "reject"}
USUAL_OUTCOME = {"returned": "returned", "rejected": "rejected"}


def _handoff(draft: Draft, handoff_id: str, command: str) -> Handoff:
    handoff = draft.case.handoffs.get(handoff_id)
    if handoff is None:
        raise Refused("no_such_handoff")
    if rule("handoff", handoff.state, command) is None:
        raise Refused("not_now", state=handoff.state)
    return handoff


def mark_sent(draft: Draft, command: MarkSent) -> None:
    """queued → sent, unless it was sent again meanwhile."""
    handoff = _handoff(draft, command.handoff, "send")
    if handoff.attempt != command.attempt:
        raise Refused("stale")
    draft.emit("handoff_sent", handoff=handoff.id, message=handoff.message)


def answer(draft: Draft, command: AnswerHandoff) -> None:
    """A partner's answer, counted once. An outcome that the step does not know becomes an incident, never a loss."""
    known = draft.case.handoffs.get(command.handoff)
    if known is not None and command.message_id in known.answers:
        raise Refused("duplicate")
    handoff = _handoff(draft, command.handoff, VERB[command.status])
    position = draft.case.positions.get(handoff.position or "")
    outcome = command.outcome or USUAL_OUTCOME.get(command.status)
    facts = {} if position is not None else {"late_facts": command.facts}
    draft.emit(
        f"handoff_{command.status}",
        handoff=handoff.id,
        message=handoff.message,
        message_id=command.message_id,
        outcome=outcome,
        note=command.note,
        **facts,
    )
    _clear_incidents(draft, handoff)
    if command.status == "acknowledged" or position is None:
        return
    if outcome not in draft.definition.steps[position.step].outcomes:
        raise_incident(draft, RaiseIncident("unknown_outcome", position.id, handoff.id, f"{outcome}"))
        return
    end_position(draft, draft.case.positions[position.id], outcome, command.facts)


def _clear_incidents(draft: Draft, handoff: Handoff) -> None:
    for incident in [i for i in draft.case.incidents.values() if i.handoff == handoff.id and i.state == "open"]:
        draft.emit("incident_resolved", incident=incident.id, how="answered")


def raise_incident(draft: Draft, command: RaiseIncident) -> None:
    """Stop a position or a hand-off until a person has looked. The same cause twice is one incident."""
    for known in draft.case.incidents.values():
        if known.state == "open" and (known.position, known.handoff, known.cause) == (
            command.position,
            command.handoff,
            command.cause,
        ):
            raise Refused("same")
    if command.position is not None and command.position not in draft.case.positions:
        raise Refused("stale")
    incident = Incident(
        id=draft.make_id("incident", draft.case.version),
        cause=command.cause,
        position=command.position,
        handoff=command.handoff,
        raised_at=draft.now,
    )
    draft.emit("incident_raised", incident=msgspec.to_builtins(incident), cause=command.cause, detail=command.detail)


def resolve_incident(draft: Draft, command: ResolveIncident) -> None:
    """Close an incident; what it stopped is tried again because it is ready or queued once more."""
    incident = draft.case.incidents.get(command.incident)
    if incident is None or incident.state != "open":
        raise Refused("no_such_incident")
    how = "retry" if command.retry else "resolved"
    draft.emit("incident_resolved", incident=incident.id, how=how, note=command.note)

"""Commands about hand-offs: sent, answered, and what a person decides when one was stopped."""

from models.engine.case import Handoff, Incident
from models.engine.commands import AnswerHandoff, MarkSent, RaiseIncident, ResolveIncident
from models.engine.draft import Draft, Refused
from models.engine.handle_incidents import close_incidents, stop
from models.engine.moves import end_position, resend
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
    draft.emit("handoff_sent", handoff=handoff.id, message=handoff.message, at=draft.now)


def answer(draft: Draft, command: AnswerHandoff) -> None:
    """A partner's answer, counted once and for the present attempt.

    An outcome that the step does not know is kept and becomes an incident; the hand-off goes on waiting for a right one.
    """
    known = draft.case.handoffs.get(command.handoff)
    if known is not None and command.message_id in known.answers:
        raise Refused("duplicate")
    if known is not None and command.attempt not in (None, known.attempt):
        raise Refused("stale", attempt=known.attempt)
    handoff = _handoff(draft, command.handoff, VERB[command.status])
    position = draft.case.positions.get(handoff.position or "")
    outcome = _outcome(command)
    if command.status != "acknowledged" and position is not None:
        if outcome not in draft.definition.steps[position.step].outcomes:
            keep_answer(draft, command, "unknown_outcome", f"{outcome}")
            return
        close_incidents(draft, "answered", position=position.id)
    if command.status != "acknowledged" or position is None or not position.incident:
        close_incidents(draft, "answered", handoff=handoff.id)
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
    if command.status != "acknowledged" and position is not None:
        end_position(draft, draft.case.positions[position.id], outcome, command.facts)


def _outcome(command: AnswerHandoff) -> str | None:
    return command.outcome or USUAL_OUTCOME.get(command.status)


def keep_answer(draft: Draft, command: AnswerHandoff, cause: str, detail: str) -> None:
    """Keep an answer that cannot be followed, visible and without ending the hand-off, and let a person look."""
    handoff = _handoff(draft, command.handoff, "keep")
    draft.emit(
        "handoff_answered",
        handoff=handoff.id,
        message=handoff.message,
        message_id=command.message_id,
        status=command.status,
        outcome=_outcome(command),
        facts=command.facts,
        note=command.note,
    )
    stop(draft, RaiseIncident(cause, handoff.position, handoff.id, detail))


def resolve_incident(draft: Draft, command: ResolveIncident) -> None:
    """Close an incident: what it stopped is tried again, or goes on because it was mended otherwise.

    A position is ready or rings again, a hand-off is queued again. After an answer outside the contract the partner is
    asked once more (the next attempt); one for which the definition had no way is followed now.
    """
    incident = draft.case.incidents.get(command.incident)
    if incident is None or incident.state != "open":
        raise Refused("no_such_incident")
    position, handoff = draft.case.positions.get(incident.position or ""), draft.case.handoffs.get(incident.handoff or "")
    if not command.retry and handoff is None and position is not None and position.kind == "action":
        raise Refused("retry_only")
    how = "retry" if command.retry else "resolved"
    draft.emit("incident_resolved", incident=incident.id, how=how, note=command.note)
    if handoff is None:
        return
    if command.retry:
        _try_again(draft, incident, handoff)
    elif incident.position is None and rule("handoff", handoff.state, "send"):
        draft.emit("handoff_sent", handoff=handoff.id, message=handoff.message, how="by_hand", at=draft.now)


def _try_again(draft: Draft, incident: Incident, handoff: Handoff) -> None:
    position, kept = draft.case.positions.get(handoff.position or ""), handoff.kept
    if position is None or kept is None:
        return
    if kept["outcome"] in draft.definition.steps[position.step].outcomes:
        follow_kept(draft, handoff)
    elif incident.cause == "unknown_outcome" and rule("handoff", handoff.state, "ask_again"):
        resend(draft, handoff, position)


def follow_kept(draft: Draft, handoff: Handoff) -> None:
    """Go on with the answer that was kept, as if it came now. Raises NoWay while the definition still has no way."""
    kept = handoff.kept or {}
    position = draft.case.positions[handoff.position or ""]
    draft.emit(
        f"handoff_{kept['status']}",
        handoff=handoff.id,
        message=handoff.message,
        outcome=kept["outcome"],
        note=kept["note"],
    )
    end_position(draft, position, kept["outcome"], kept["facts"])

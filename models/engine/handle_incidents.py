"""Incidents: what stops a position or a hand-off until a person has looked."""

import msgspec

from models.engine.case import Incident
from models.engine.commands import RaiseIncident
from models.engine.draft import Draft, Refused


def raise_incident(draft: Draft, command: RaiseIncident) -> None:
    """Stop a position or a hand-off until a person has looked. The same cause twice is one incident.

    Once the case has ended nobody needs to look: an order that cannot be delivered is called off instead.
    """
    handoff = draft.case.handoffs.get(command.handoff or "")
    if not draft.case.live:
        if handoff is None or handoff.state != "queued":
            raise Refused("not_now", state=draft.case.status)
        draft.emit("handoff_cancelled", handoff=handoff.id, message=handoff.message, why=command.cause)
        return
    if command.handoff is not None and handoff is None:
        raise Refused("no_such_handoff")
    if handoff is not None and command.attempt is not None and (handoff.state, handoff.attempt) != ("queued", command.attempt):
        raise Refused("stale")
    if command.position is not None and command.position not in draft.case.positions:
        raise Refused("stale")
    if not stop(draft, command):
        raise Refused("same")


def stop(draft: Draft, command: RaiseIncident) -> bool:
    """Write the incident, unless one of the same cause is open there already. Returns whether it was written."""
    place = (command.position, command.handoff, command.cause)
    if any(i.state == "open" and (i.position, i.handoff, i.cause) == place for i in draft.case.incidents.values()):
        return False
    incident = Incident(
        id=draft.make_id("incident", draft.case.version),
        cause=command.cause,
        position=command.position,
        handoff=command.handoff,
        raised_at=draft.now,
    )
    draft.emit("incident_raised", incident=msgspec.to_builtins(incident), cause=command.cause, detail=command.detail)
    return True


def close_incidents(draft: Draft, how: str, *, position: str | None = None, handoff: str | None = None) -> None:
    """Close the open incidents of a position or a hand-off; all of the case when neither is named."""
    for incident in [i for i in draft.case.incidents.values() if i.state == "open"]:
        if position in (None, incident.position) and handoff in (None, incident.handoff):
            draft.emit("incident_resolved", incident=incident.id, how=how)

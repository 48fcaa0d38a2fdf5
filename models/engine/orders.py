"""Effects that a decision orders beside its steps: messages to the participant, another address for what is queued."""

import msgspec

from models.engine.case import Handoff, Position
from models.engine.commands import Message
from models.engine.draft import Draft
from models.engine.handle_incidents import close_incidents
from models.engine.states import rule


def order_message(draft: Draft, position: Position, message: Message, number: int) -> None:
    """Order a message as a hand-off that nothing waits for; its key depends on the step instance alone."""
    partner, office = draft.address("messaging", draft.definition.steps[position.step])
    handoff = Handoff(
        id=draft.make_id("message", position.step, position.attempt, number),
        kind="messaging",
        message=message.message,
        partner=partner,
        office=office,
        stage=position.stage,
        step=position.step,
        ordered_at=draft.now,
    )
    draft.emit("handoff_ordered", handoff=msgspec.to_builtins(handoff), message=message.message)


def tell(draft: Draft, message: Message) -> None:
    """Order a message outside of the steps: it belongs to none, and its key to the version of the case at which it was ordered."""
    partner, office = draft.address("messaging")
    handoff = Handoff(
        id=draft.make_id("told", message.message, draft.before.version, len(draft.events)),
        kind="messaging",
        message=message.message,
        partner=partner,
        office=office,
        stage=draft.case.stage or next(iter(draft.definition.stages)),
        step="",
        ordered_at=draft.now,
    )
    draft.emit("handoff_ordered", handoff=msgspec.to_builtins(handoff), message=message.message)


def readdress(draft: Draft, handoff: Handoff) -> None:
    """Give a queued hand-off to the office of the present place, when that is another one.

    It is a new attempt: what a worker may be delivering to the old partner just now is stale.
    """
    partner, office = draft.address(handoff.kind, draft.definition.steps.get(handoff.step))
    if (partner, office) == (handoff.partner, handoff.office) or rule("handoff", handoff.state, "readdress") is None:
        return
    draft.emit(
        "handoff_readdressed",
        handoff=handoff.id,
        message=handoff.message,
        partner=partner,
        office=office,
        was=handoff.partner,
        attempt=handoff.attempt + 1,
    )
    close_incidents(draft, "readdressed", handoff=handoff.id)

"""Effects that a decision orders beside its steps: messages to the participant."""

import msgspec

from models.engine.case import Handoff, Position
from models.engine.commands import Message
from models.engine.draft import Draft


def order_message(draft: Draft, position: Position, message: Message, number: int) -> None:
    """Order a message as a hand-off that nothing waits for; its key depends on the step instance alone."""
    handoff = Handoff(
        id=draft.make_id("message", position.step, position.attempt, number),
        kind="messaging",
        message=message.message,
        partner=draft.definition.partner_for("messaging", draft.case.district) or "",
        stage=position.stage,
        step=position.step,
        ordered_at=draft.now,
    )
    draft.emit("handoff_ordered", handoff=msgspec.to_builtins(handoff), message=message.message)

"""decide(definition, case, command, now) -> Decision: the heart. Pure: no I/O, no clock, no randomness."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from models.definitions.definition import Definition
from models.engine import commands as c
from models.engine import handle_case, handle_handoffs, handle_incidents, handle_tasks, undo
from models.engine.case import Case
from models.engine.commands import Command
from models.engine.draft import Draft, NoWay, Refused
from models.engine.events import Event


@dataclass(frozen=True, slots=True)
class Rejection:
    """Why a command was not carried out; `code` is one of states.REASONS, `detail` what a person needs to know."""

    code: str
    detail: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Decision:
    """What a command leads to: events and the case after them, or a rejection with the case unchanged."""

    events: list[Event]
    case: Case
    rejection: Rejection | None = None


_HANDLERS: dict[type, Callable[[Draft, Any], None]] = {
    c.OpenCase: handle_case.open_case,
    c.Hold: handle_case.hold,
    c.Resume: handle_case.resume,
    c.Withdraw: handle_case.withdraw,
    c.Merge: handle_case.merge,
    c.TakeDouble: handle_case.take_double,
    c.RegisterAgain: handle_case.register_again,
    c.SendMessage: handle_case.send_message,
    c.SkipStage: handle_case.skip_stage,
    c.Reopen: handle_case.reopen,
    c.MoveDistrict: handle_case.move_district,
    c.CorrectData: handle_case.correct_data,
    c.ReceiveEvent: handle_case.receive_event,
    c.ClaimTask: handle_tasks.claim,
    c.ReleaseTask: handle_tasks.release,
    c.ReturnTask: handle_tasks.give_back,
    c.AssignTask: handle_tasks.assign,
    c.CompleteTask: handle_tasks.complete,
    c.UndoCompletion: undo.undo,
    c.RecordOutcome: handle_tasks.record_outcome,
    c.RingAlarm: handle_tasks.ring_alarm,
    c.RaiseIncident: handle_incidents.raise_incident,
    c.ResolveIncident: handle_handoffs.resolve_incident,
    c.MarkSent: handle_handoffs.mark_sent,
    c.AnswerHandoff: handle_handoffs.answer,
}


def decide(definition: Definition, case: Case, command: Command, now: datetime) -> Decision:
    """Decide what a command does to a case.

    A hole in the definition (no way is true) leaves the case where it is: an incident at the position tells which step
    has no way out, and what a partner or participant told is kept. When there is no position, or the incident is known
    already, the command is rejected.
    """
    draft = Draft(definition, case, now)
    try:
        _HANDLERS[type(command)](draft, command)
        draft.settle()
    except Refused as refused:
        return Decision([], case, Rejection(refused.code, refused.detail))
    except NoWay as hole:
        draft = Draft(definition, case, now)
        _stop_at_hole(draft, command, hole.step)
        if not draft.events:
            return Decision([], case, Rejection("no_way", {"step": hole.step}))
    return Decision(draft.events, draft.case)


def _stop_at_hole(draft: Draft, command: Command, step: str) -> None:
    """Stop the position that a command is about until the definition is mended, and keep what others told."""
    match command:
        case c.AnswerHandoff():
            handle_handoffs.keep_answer(draft, command, "no_way", step)
        case c.ReceiveEvent():
            handle_case.keep_event(draft, command, step)
        case c.CompleteTask():
            handle_incidents.stop(draft, c.RaiseIncident("no_way", command.task, detail=step))
        case c.RecordOutcome() | c.RingAlarm():
            handle_incidents.stop(draft, c.RaiseIncident("no_way", command.position, detail=step))
        case _:
            pass

"""Taking back a wrong completion: only while nothing has followed from it but what the definition opened at once.

What followed is read from the journal since the completion, so that a case carries nothing with it for this rare moment.
"""

import msgspec

from models.engine.case import copy, encode
from models.engine.commands import UndoCompletion
from models.engine.draft import Draft, Refused
from models.engine.events import Event
from models.engine.evolve import apply
from models.engine.moves import cancel
from models.engine.states import rule

# What a completion may lead to by itself and leave no trace outside the case; a hand-off or a message is on its way already.
OWN = ("task_completed", "step_ended", "step_started", "decided", "stage_entered", "stage_finished", "stage_left")
CLAIMS = ("task_claimed", "task_released")


def undo(draft: Draft, command: UndoCompletion) -> None:
    """done → claimed by the same person; what the completion opened is cancelled, what it recorded is as it was before."""
    case = draft.case
    task = case.tasks.get(command.task)
    if task is None:
        raise Refused("no_such_task")
    if case.status != "active":
        raise Refused("followed", state=case.status)
    if rule("task", task.state, "undo") is None:
        raise Refused("not_now", state=task.state)
    if task.assignee != command.by:
        raise Refused("not_yours", assignee=task.assignee)
    _check_story(draft, command)
    _check_nothing_followed(command)
    opened = [event.data["position"]["id"] for event in command.since if event.type == "step_started"]
    for position in [case.positions[key] for key in opened if key in case.positions]:
        if position.incident:
            raise Refused("followed")
        cancel(draft, position)
    ended = next(event for event in command.since if event.type == "step_ended")
    known = {name: command.before.facts[name] for name in ended.data["facts"] if name in command.before.facts}
    draft.emit(
        "completion_undone",
        task=task.id,
        step=task.step,
        by=command.by,
        position=msgspec.to_builtins(command.before.positions[task.id]),
        facts=known,
        unknown=sorted(set(ended.data["facts"]) - set(known)),
        ways=[event.data["way"] for event in command.since if event.data.get("way")],
    )


def _check_story(draft: Draft, command: UndoCompletion) -> None:
    """The story that came with the command must be that of this case, and begin with this completion."""
    told = copy(command.before)
    for event in command.since:
        apply(told, event)
    if encode(told) != encode(draft.case):
        raise Refused("stale")
    if not command.since or command.since[0].type != "task_completed" or command.since[0].data["task"] != command.task:
        raise Refused("followed")


def _check_nothing_followed(command: UndoCompletion) -> None:
    def followed(event: Event) -> bool:
        if event.type in CLAIMS:
            return bool(event.data.get("by") != command.by)
        return event.type not in OWN

    once = [event.type for event in command.since if event.type in ("task_completed", "step_ended")]
    if once != ["task_completed", "step_ended"] or any(followed(event) for event in command.since):
        raise Refused("followed")

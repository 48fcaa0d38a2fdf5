"""Commands about one step: tasks, automated outcomes and alarms."""

from models.engine.case import Task
from models.engine.commands import AssignTask, ClaimTask, CompleteTask, RecordOutcome, ReleaseTask, ReturnTask, RingAlarm
from models.engine.draft import Draft, Refused
from models.engine.handle_incidents import close_incidents
from models.engine.moves import end_position
from models.engine.orders import order_message
from models.engine.states import rule


def _task(draft: Draft, task_id: str, command: str, version: int | None) -> Task:
    """The task when the table permits the command and nobody changed it since. Raises Refused."""
    task = draft.case.tasks.get(task_id)
    if task is None:
        raise Refused("no_such_task")
    if draft.case.status != "active":
        raise Refused("on_hold" if draft.case.status == "on_hold" else "not_now", state=draft.case.status)
    if rule("task", task.state, command) is None:
        code = "taken" if command == "claim" and task.state == "claimed" else "not_now"
        raise Refused(code, state=task.state, assignee=task.assignee)
    if version is not None and version != task.version:
        raise Refused("stale", version=task.version, assignee=task.assignee)
    return task


def claim(draft: Draft, command: ClaimTask) -> None:
    """open → claimed."""
    task = _task(draft, command.task, "claim", command.version)
    draft.emit("task_claimed", task=task.id, step=task.step, by=command.by)


def release(draft: Draft, command: ReleaseTask) -> None:
    """claimed → open, by its assignee or a manager."""
    task = _task(draft, command.task, "release", command.version)
    if task.assignee != command.by and not command.force:
        raise Refused("not_yours", assignee=task.assignee)
    draft.emit("task_released", task=task.id, step=task.step, by=command.by)


def give_back(draft: Draft, command: ReturnTask) -> None:
    """claimed → open, because whoever had it left it alone; refused when it is somebody else's by now."""
    task = _task(draft, command.task, "return", None)
    if task.assignee != command.assignee:
        raise Refused("stale", assignee=task.assignee)
    draft.emit("task_returned", task=task.id, step=task.step, assignee=command.assignee)


def assign(draft: Draft, command: AssignTask) -> None:
    """open or claimed → claimed by somebody."""
    task = _task(draft, command.task, "assign", command.version)
    if task.assignee == command.to:
        raise Refused("same")
    draft.emit("task_assigned", task=task.id, step=task.step, to=command.to)


def complete(draft: Draft, command: CompleteTask) -> None:
    """claimed → done, then what the step's outcome says."""
    task = _task(draft, command.task, "complete", command.version)
    if task.assignee != command.by:
        raise Refused("not_yours", assignee=task.assignee)
    outcome = draft.definition.steps[task.step].outcomes.get(command.outcome)
    if outcome is None:
        raise Refused("unknown_outcome", outcome=command.outcome)
    if outcome.needs_note and not command.note:
        raise Refused("note_needed", outcome=command.outcome)
    position = draft.case.positions[task.id]
    draft.emit(
        "task_completed",
        task=task.id,
        step=task.step,
        by=command.by,
        outcome=command.outcome,
        note=command.note,
        at=draft.now,
    )
    end_position(draft, position, command.outcome, command.answers)


def record_outcome(draft: Draft, command: RecordOutcome) -> None:
    """An automated step ends; an outcome of an earlier attempt, or of a case on hold, is stale."""
    position = draft.case.positions.get(command.position)
    if position is None or position.attempt != command.attempt or position.kind != "action" or position.incident:
        raise Refused("stale")
    if draft.case.status != "active":
        raise Refused("on_hold")
    for number, message in enumerate(command.messages):
        order_message(draft, position, message, number)
    end_position(draft, position, None, command.facts)


def ring_alarm(draft: Draft, command: RingAlarm) -> None:
    """A timer ends; a deadline warns first, then passes: it escalates, or ends the step as the definition says.

    A position with an open incident does not ring: it cannot go on until a person has looked.
    """
    position = draft.case.positions.get(command.position)
    if position is None or position.incident or position.alarm_at is None or position.alarm_at != command.at or draft.now < command.at:
        raise Refused("stale")
    if draft.case.status != "active":
        raise Refused("on_hold")
    step = draft.definition.steps[position.step]
    if position.kind == "timer":
        end_position(draft, position, None, {})
    elif position.due_at and command.at < position.due_at:
        draft.emit("deadline_warned", position=position.id, step=position.step, alarm_at=position.due_at)
    else:
        _pass_deadline(draft, position.id, step.deadline.then if step.deadline else "escalate")


def _pass_deadline(draft: Draft, position_id: str, then: str) -> None:
    position = draft.case.positions[position_id]
    escalated = then == "escalate"
    draft.emit("deadline_passed", position=position.id, step=position.step, then=then, escalated=escalated)
    waiting = [h for h in draft.case.handoffs.values() if h.position == position.id]
    if escalated:
        return
    for handoff in waiting:
        if rule("handoff", handoff.state, "expire"):
            draft.emit("handoff_expired", handoff=handoff.id, message=handoff.message)
        close_incidents(draft, "expired", handoff=handoff.id)
    task = draft.case.tasks.get(position.id)
    if task and rule("task", task.state, "cancel"):
        draft.emit("task_cancelled", task=task.id, step=task.step, at=draft.now)
    end_position(draft, position, then, {})

"""evolve(case, event) -> case: what each fact does to the case. No definition, no clock, no randomness."""

from collections.abc import Callable, Iterable
from typing import Any

import msgspec

from models.engine import evolve_handoffs as h
from models.engine.case import Case, Incident, Position, Scope, Task, copy
from models.engine.events import Event
from models.engine.evolve_handoffs import when

Data = dict[str, Any]


def evolve(case: Case, event: Event) -> Case:
    """Return the case after the event; the one given stays as it is."""
    after = copy(case)
    apply(after, event)
    return after


def fold(case_id: str, events: Iterable[Event]) -> Case:
    """Return the case that a journal tells of."""
    case = Case(id=case_id)
    for event in events:
        apply(case, event)
    return case


def apply(case: Case, event: Event) -> None:
    """Change the case in place; for the engine's own working copy."""
    _APPLY[event.type](case, event.data)
    case.version += 1


def _opened(case: Case, data: Data) -> None:
    case.number, case.programme, case.definition = data["number"], data["programme"], data["definition"]
    case.participant, case.district, case.village = data["participant"], data["district"], data.get("village")
    case.status, case.opened_at = "active", when(data["at"])
    case.facts.update(data["facts"])


def _stage_entered(case: Case, data: Data) -> None:
    case.stage = data["stage"]
    case.stages[data["stage"]] = "entered"


def _stage_marked(mark: str) -> Callable[[Case, Data], None]:
    def mark_stage(case: Case, data: Data) -> None:
        case.stages[data["stage"]] = mark
        case.facts.update(data.get("facts", {}))

    return mark_stage


def _stage_skipped(case: Case, data: Data) -> None:
    _stage_marked("skipped")(case, data)
    case.proofs[data["stage"]] = data.get("proof", "")


def _step_started(case: Case, data: Data) -> None:
    position = msgspec.convert(data["position"], Position)
    case.positions[position.id] = position
    case.attempts[position.step] = position.attempt
    if "task" in data:
        task = msgspec.convert(data["task"], Task)
        case.tasks[task.id] = task


def _step_ended(case: Case, data: Data) -> None:
    case.positions.pop(data["position"], None)
    case.facts.update(data["facts"])
    _count(case, data)


def _count(case: Case, data: Data) -> None:
    if way := data.get("way"):
        case.taken[way] = case.taken.get(way, 0) + 1


def _decided(case: Case, data: Data) -> None:
    _count(case, data)


def _step_cancelled(case: Case, data: Data) -> None:
    case.positions.pop(data["position"], None)


def _branches_opened(case: Case, data: Data) -> None:
    scope = msgspec.convert(data["scope"], Scope)
    case.scopes[scope.id] = scope
    case.attempts[scope.fork] = case.attempts.get(scope.fork, 0) + 1


def _branch_arrived(case: Case, data: Data) -> None:
    position = msgspec.convert(data["position"], Position)
    case.positions[position.id] = position


def _branches_joined(case: Case, data: Data) -> None:
    for position in [p for p in case.positions.values() if p.scope == data["scope"] and p.kind == "join"]:
        del case.positions[position.id]
    case.scopes.pop(data["scope"], None)
    _count(case, data)


def _branches_left(case: Case, data: Data) -> None:
    for scope in data["scopes"]:
        case.scopes.pop(scope, None)


def _task(**changes: Any) -> Callable[[Case, Data], None]:
    def change(case: Case, data: Data) -> None:
        task = case.tasks[data["task"]]
        for name, value in changes.items():
            setattr(task, name, data.get(value[1:]) if isinstance(value, str) and value.startswith("$") else value)
        if "at" in data:
            task.closed_at = when(data["at"])
        task.version += 1

    return change


def _completion_undone(case: Case, data: Data) -> None:
    task, position = case.tasks[data["task"]], msgspec.convert(data["position"], Position)
    task.state, task.outcome, task.closed_at = "claimed", None, None
    task.version += 1
    case.positions[position.id] = position
    case.facts.update(data["facts"])
    for name in data["unknown"]:
        case.facts.pop(name, None)
    for way in data["ways"]:
        case.taken[way] -= 1
        if not case.taken[way]:
            del case.taken[way]


def _deadline_warned(case: Case, data: Data) -> None:
    case.positions[data["position"]].alarm_at = when(data["alarm_at"])


def _deadline_passed(case: Case, data: Data) -> None:
    case.positions[data["position"]].alarm_at = None
    task = case.tasks.get(data["position"])
    if task and data["escalated"]:
        task.escalated = True
        task.version += 1


def _deadline_changed(case: Case, data: Data) -> None:
    position = case.positions[data["position"]]
    position.due_at, position.warn_at = when(data["due_at"]), when(data["warn_at"])
    position.alarm_at = when(data["alarm_at"])
    if position.id in case.tasks:
        case.tasks[position.id].due_at = position.due_at
    for handoff in case.handoffs.values():
        if handoff.position == position.id:
            handoff.due_at = position.due_at


def _facts(case: Case, data: Data) -> None:
    case.facts.update(data.get("facts", {}))


def _moved(case: Case, data: Data) -> None:
    case.district, case.village = data["district"], data.get("village")


def _double(case: Case, data: Data) -> None:
    # A merge that was undone and done again is told twice; the case is a double once.
    if data["number"] not in case.doubles:
        case.doubles.append(data["number"])


def _held(case: Case, data: Data) -> None:
    case.status, case.status_reason = "on_hold", data["reason"]
    case.held_since, case.hold_until = when(data["at"]), when(data.get("until"))


def _resumed(case: Case, _data: Data) -> None:
    case.status, case.status_reason, case.held_since, case.hold_until = "active", None, None, None


def _ended(status: str) -> Callable[[Case, Data], None]:
    def end(case: Case, data: Data) -> None:
        case.status, case.status_reason, case.ended_at = status, data["reason"], when(data["at"])
        case.held_since, case.hold_until = None, None

    return end


def _reopened(case: Case, data: Data) -> None:
    case.status, case.status_reason, case.ended_at = "active", None, None
    for stage in data["stages"]:
        case.stages.pop(stage, None)
    for stage in data.get("unproven", []):
        case.proofs.pop(stage, None)
    for way in data.get("ways", []):
        case.taken.pop(way, None)


def _incident_raised(case: Case, data: Data) -> None:
    incident = msgspec.convert(data["incident"], Incident)
    case.incidents[incident.id] = incident
    if incident.position in case.positions:
        case.positions[incident.position].incident = incident.id


def _incident_resolved(case: Case, data: Data) -> None:
    incident = case.incidents[data["incident"]]
    incident.state = "resolved"
    if incident.position in case.positions:
        others = (i.id for i in case.incidents.values() if i.state == "open" and i.position == incident.position)
        case.positions[incident.position].incident = next(others, None)


_APPLY: dict[str, Callable[[Case, Data], None]] = {
    "case_opened": _opened,
    "stage_entered": _stage_entered,
    "stage_finished": _stage_marked("finished"),
    "stage_left": _stage_marked("left"),
    "stage_skipped": _stage_skipped,
    "step_started": _step_started,
    "step_ended": _step_ended,
    "step_cancelled": _step_cancelled,
    "decided": _decided,
    "branches_opened": _branches_opened,
    "branch_arrived": _branch_arrived,
    "branches_joined": _branches_joined,
    "branches_left": _branches_left,
    "task_claimed": _task(state="claimed", assignee="$by"),
    "task_released": _task(state="open", assignee=None),
    "task_returned": _task(state="open", assignee=None),
    "task_assigned": _task(state="claimed", assignee="$to"),
    "task_completed": _task(state="done", outcome="$outcome"),
    "task_cancelled": _task(state="cancelled"),
    "completion_undone": _completion_undone,
    "handoff_ordered": h.ordered,
    "handoff_readdressed": h.readdressed,
    "handoff_resent": h.become("queued"),
    "handoff_sent": h.become("sent"),
    "handoff_acknowledged": h.become("acknowledged"),
    "handoff_answered": h.answered,
    "handoff_completed": h.become("completed"),
    "handoff_returned": h.become("returned"),
    "handoff_rejected": h.become("rejected"),
    "handoff_expired": h.become("expired"),
    "handoff_cancelled": h.become("cancelled"),
    "deadline_warned": _deadline_warned,
    "deadline_passed": _deadline_passed,
    "deadline_changed": _deadline_changed,
    "event_received": _facts,
    "fact_recorded": _facts,
    "data_corrected": _facts,
    "district_moved": _moved,
    "case_held": _held,
    "case_resumed": _resumed,
    "case_withdrawn": _ended("withdrawn"),
    "case_finished": _ended("finished"),
    "case_lapsed": _ended("lapsed"),
    "case_rejected": _ended("rejected"),
    "case_merged": _ended("merged"),
    "double_merged": _double,
    "registered_again": _double,
    "case_reopened": _reopened,
    "incident_raised": _incident_raised,
    "incident_resolved": _incident_resolved,
}
EVENT_TYPES = frozenset(_APPLY)

"""How a case moves: entering steps, choosing ways, fork and join, the ends of stages and of the case."""

from typing import Any

import msgspec

from models.definitions.conditions import is_true
from models.definitions.schema import Go, Step
from models.engine.case import Handoff, Position, Scope, Task
from models.engine.draft import Draft, NoWay, Refused
from models.engine.handle_incidents import close_incidents
from models.engine.states import rule

Branch = tuple[str | None, str | None]  # scope, branch
MAIN: Branch = (None, None)
END_EVENT = {"finished": "case_finished", "lapsed": "case_lapsed", "rejected": "case_rejected"}


def enter(draft: Draft, name: str, at: Branch = MAIN) -> None:
    """Begin a step: passing steps (decision, fork, finish) go on at once, all others open a position."""
    draft.count_entry(name)
    step, stage = draft.definition.steps[name], name.split(".")[0]
    if at == MAIN:
        draft.pass_into(stage)
    elif stage != draft.case.stage:
        draft.mark_boundary()
    match step.kind:
        case "decision":
            way, key = choose(draft, name, None, step.choose or [], {})
            draft.emit("decided", step=name, way=key)
            follow(draft, way, stage, at)
        case "fork":
            _fork(draft, name, step, stage, at)
        case "join":
            _arrive(draft, name, step, stage, at)
        case "finish":
            follow(draft, step.ways()[0][1], stage, at)
        case _:
            _open(draft, name, step, stage, at)


def choose(draft: Draft, name: str, outcome: str | None, ways: list[Go], answers: dict[str, Any]) -> tuple[Go, str | None]:
    """The first way whose condition holds, and its counting key when it is limited. Raises NoWay."""
    variables = draft.variables(answers)
    for number, way in enumerate(ways):
        if way.when is not None and not is_true(way.when, variables):
            continue
        if way.at_most is None:
            return way, None
        key = f"{name}/{outcome or 'then'}/{number}"
        if draft.case.taken.get(key, 0) < way.at_most:
            return way, key
        if way.after_that is not None:
            return way.after_that, None
    raise NoWay(name)


def end_position(draft: Draft, position: Position, outcome: str | None, facts: dict[str, Any]) -> None:
    """End a step with an outcome and facts, and go where the definition says."""
    step = draft.definition.steps[position.step]
    way, key = choose(draft, position.step, outcome, step.ways_after(outcome), facts)
    close_incidents(draft, "step_ended", position=position.id)
    draft.emit("step_ended", position=position.id, step=position.step, outcome=outcome, facts=facts, way=key)
    follow(draft, way, position.stage, (position.scope, position.branch))


def follow(draft: Draft, way: Go, stage: str, at: Branch) -> None:
    """Go where a transition leads."""
    if way.go is not None:
        enter(draft, draft.definition.target_of(stage, way.go), at)
    elif way.finish == "stage":
        finish_stage(draft, stage)
    elif way.merge is not None:
        merge_into(draft, str(draft.case.facts.get(way.merge) or ""))
    else:
        end_case(draft, END_EVENT[way.result], way.as_ or "completed")


def finish_stage(draft: Draft, stage: str) -> None:
    """End a stage: what is left of it is cancelled, stages with a proof are passed by, the next one begins."""
    for position in [p for p in draft.case.positions.values() if p.stage == stage]:
        cancel(draft, position)
    _leave_branches(draft, [s.id for s in draft.case.scopes.values() if s.fork.split(".")[0] == stage])
    go_on_to(draft, draft.definition.next_stage(stage))


def go_on_to(draft: Draft, stage: str | None) -> None:
    """Begin a stage, or the first after it that no proof lets the case pass by; after the last one the case ends."""
    while stage is not None and stage in draft.case.proofs:
        draft.pass_into(stage, "skip")
        stage = draft.definition.next_stage(stage)
    if stage is None:
        end_case(draft, "case_finished", "completed")
        return
    draft.mark_boundary()
    enter(draft, f"{stage}.{draft.definition.stages[stage].enter}")


def end_case(draft: Draft, event: str, reason: str) -> None:
    """End the case: open work and hand-offs are cancelled, messages too that could not be delivered so far."""
    for position in list(draft.case.positions.values()):
        cancel(draft, position)
    _leave_branches(draft, list(draft.case.scopes))
    stopped = {i.handoff for i in draft.case.incidents.values() if i.state == "open"}
    for handoff in list(draft.case.handoffs.values()):
        if handoff.position or (handoff.id in stopped and handoff.state == "queued"):
            cancel_handoff(draft, handoff, "case_ended")
    close_incidents(draft, "case_ended")
    draft.mark_boundary()
    draft.emit(event, reason=reason, at=draft.now)


def merge_into(draft: Draft, number: str) -> None:
    """End the case as a double of another one, which goes on. Raises Refused without a number, or when it is its own."""
    if rule("case", draft.case.status, "merge") is None:
        raise Refused("not_now", state=draft.case.status)
    if not number:
        raise Refused("no_target")
    if number == draft.case.number:
        raise Refused("same")
    end_case(draft, "case_merged", number)


def _leave_branches(draft: Draft, scopes: list[str]) -> None:
    if scopes:
        draft.emit("branches_left", scopes=scopes)


def cancel(draft: Draft, position: Position) -> None:
    """Leave a step by another way: its task and its hand-off are cancelled with it."""
    task = draft.case.tasks.get(position.id)
    if task and task.state in ("open", "claimed"):
        draft.emit("task_cancelled", task=task.id, step=task.step, at=draft.now)
    for handoff in [h for h in draft.case.handoffs.values() if h.position == position.id]:
        cancel_handoff(draft, handoff, "step_left")
    close_incidents(draft, "step_left", position=position.id)
    draft.emit("step_cancelled", position=position.id, step=position.step)


def cancel_handoff(draft: Draft, handoff: Handoff, how: str) -> None:
    """Call a hand-off off when it is still under way; what stopped it is over then."""
    if rule("handoff", handoff.state, "cancel"):
        draft.emit("handoff_cancelled", handoff=handoff.id, message=handoff.message)
    close_incidents(draft, how, handoff=handoff.id)


def resend(draft: Draft, handoff: Handoff, position: Position) -> None:
    """Order a hand-off once more, as its next attempt; it belongs to the position that waits for it now."""
    draft.emit(
        "handoff_resent",
        handoff=handoff.id,
        message=handoff.message,
        attempt=handoff.attempt + 1,
        position=position.id,
        due_at=position.due_at,
    )


def _open(draft: Draft, name: str, step: Step, stage: str, at: Branch) -> None:
    """Open a position with its deadline, and the task or hand-off that belongs to it."""
    attempt = draft.case.attempts.get(name, 0) + 1
    position = Position(
        id=draft.make_id("position", name, attempt),
        step=name,
        kind=step.kind,
        stage=stage,
        attempt=attempt,
        since=draft.now,
        scope=at[0],
        branch=at[1],
    )
    _set_clock(draft, position, step)
    data: dict[str, Any] = {"step": name, "position": _json(position)}
    if step.kind == "task":
        data["task"] = _json(_task_of(draft, position, step))
    draft.emit("step_started", **data)
    if step.kind == "handoff":
        _order(draft, position, step)


def _set_clock(draft: Draft, position: Position, step: Step) -> None:
    calendar = draft.definition.calendar
    if step.wait is not None:
        if step.wait.for_:
            position.due_at = calendar.end(draft.now, step.wait.for_)
        else:
            position.due_at = calendar.moment(draft.case.facts.get(step.wait.until or "")) or draft.now
        position.alarm_at = position.due_at
    elif step.deadline is not None:
        position.due_at = calendar.end(draft.now, step.deadline.within)
        if step.deadline.warn:
            position.warn_at = calendar.before(position.due_at, step.deadline.warn)
        early = position.warn_at if position.warn_at and position.warn_at > draft.now else None
        position.alarm_at = early or position.due_at


def _task_of(draft: Draft, position: Position, step: Step) -> Task:
    assignee = draft.case.facts.get(step.assign_to) if step.assign_to else None
    return Task(
        id=position.id,
        step=position.step,
        stage=position.stage,
        queue=draft.definition.queue_of(position.step),
        state="claimed" if assignee else "open",
        priority=step.priority,
        assignee=str(assignee) if assignee else None,
        due_at=position.due_at,
        opened_at=draft.now,
    )


def _order(draft: Draft, position: Position, step: Step) -> None:
    """Order a hand-off: the returned or expired thread with the same office goes on, else a new one begins."""
    same = [h for h in draft.case.handoffs.values() if h.step == position.step]
    kind = str(step.hand_off)
    partner, office = draft.address(kind, step)
    open_thread = next((h for h in same if rule("handoff", h.state, "resend")), None)
    if open_thread and (open_thread.partner, open_thread.office) != (partner, office):
        cancel_handoff(draft, open_thread, "readdressed")
    elif open_thread:
        resend(draft, open_thread, position)
        return
    handoff = Handoff(
        id=draft.make_id("handoff", position.step, len(same) + 1),
        kind=kind,
        message=str(step.send),
        partner=partner,
        office=office,
        stage=position.stage,
        step=position.step,
        position=position.id,
        due_at=position.due_at,
        ordered_at=draft.now,
    )
    draft.emit("handoff_ordered", handoff=_json(handoff), message=handoff.message)


def _fork(draft: Draft, name: str, step: Step, stage: str, at: Branch) -> None:
    attempt = draft.case.attempts.get(name, 0) + 1
    branches = step.fork or {}
    scope = Scope(draft.make_id("scope", name, attempt), name, list(branches), at[0], at[1])
    draft.emit("branches_opened", step=name, scope=_json(scope), branches=list(branches))
    for branch, first in branches.items():
        # A branch may end the stage or the case, or satisfy its join, at once: the others do not begin then.
        if scope.id in draft.case.scopes:
            enter(draft, draft.definition.target_of(stage, first), (scope.id, branch))


def _arrive(draft: Draft, name: str, step: Step, stage: str, at: Branch) -> None:
    """A branch reaches its join and waits there as a position until enough have come."""
    scope = draft.case.scopes.get(at[0] or "")
    if scope is None or step.join is None:
        raise NoWay(name)
    position = Position(
        id=draft.make_id("position", name, scope.id, at[1]),
        step=name,
        kind="join",
        stage=stage,
        attempt=draft.case.attempts.get(scope.fork, 1),
        since=draft.now,
        scope=at[0],
        branch=at[1],
    )
    draft.emit("branch_arrived", step=name, branch=at[1], position=_json(position))
    inside = [p for p in draft.case.positions.values() if _within(draft, p.scope, scope.id)]
    arrived = {p.branch for p in inside if p.kind == "join" and p.step == name and p.scope == scope.id}
    needed = {"all": len(scope.branches), "any": 1}.get(str(step.join.needs)) or int(step.join.needs)
    if len(arrived) < needed:
        return
    for other in [p for p in inside if p.id in draft.case.positions and not (p.kind == "join" and p.scope == scope.id)]:
        cancel(draft, other)
    _leave_branches(draft, [s for s in draft.case.scopes if s != scope.id and _within(draft, s, scope.id)])
    way, key = choose(draft, name, None, step.then, {})
    for waiting in [p for p in inside if p.kind == "join" and p.scope == scope.id]:
        close_incidents(draft, "joined", position=waiting.id)
    draft.emit("branches_joined", step=name, scope=scope.id, way=key)
    follow(draft, way, stage, (scope.parent, scope.parent_branch))


def _within(draft: Draft, scope: str | None, outer: str) -> bool:
    while scope is not None:
        if scope == outer:
            return True
        known = draft.case.scopes.get(scope)
        scope = known.parent if known else None
    return False


def _json(value: Any) -> Any:
    return msgspec.to_builtins(value)

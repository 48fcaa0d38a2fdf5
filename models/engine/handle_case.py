"""Commands about the whole case."""

from collections.abc import Collection
from datetime import datetime

from models.definitions.calendar import Duration
from models.definitions.definition import Definition
from models.definitions.schema import Step
from models.engine.case import Case, Position
from models.engine.commands import (
    CorrectData,
    Hold,
    Merge,
    MoveDistrict,
    OpenCase,
    RaiseIncident,
    ReceiveEvent,
    RegisterAgain,
    Reopen,
    Resume,
    SendMessage,
    SkipStage,
    TakeDouble,
    Withdraw,
)
from models.engine.draft import Draft, Refused
from models.engine.handle_incidents import stop
from models.engine.moves import end_case, end_position, enter, finish_stage, go_on_to, merge_into
from models.engine.orders import readdress, tell
from models.engine.states import rule


def _permit(draft: Draft, command: str) -> None:
    if rule("case", draft.case.status, command) is None:
        raise Refused("not_now", state=draft.case.status)


def open_case(draft: Draft, command: OpenCase) -> None:
    """Open the case at the first stage that no evidence lets it skip."""
    _permit(draft, "open")
    stages = list(draft.definition.stages)
    draft.emit(
        "case_opened",
        number=command.number,
        programme=draft.definition.programme,
        definition=draft.definition.hash,
        participant=command.participant,
        district=command.district,
        village=command.village,
        facts=command.facts,
        at=draft.now,
    )
    for item in command.evidence:
        if item.stage not in stages:
            raise Refused("no_such_stage", stage=item.stage)
        draft.emit("stage_skipped", stage=item.stage, proof=item.proof, facts=item.facts)
    draft.move_reason = "opened"
    draft.mark_boundary()
    go_on_to(draft, stages[0])


def hold(draft: Draft, command: Hold) -> None:
    """active → on_hold."""
    _permit(draft, "hold")
    draft.emit("case_held", reason=command.reason, until=command.until, at=draft.now)


def resume(draft: Draft, _command: Resume) -> None:
    """on_hold → active; deadlines move by the time that they stood still, a timer's date stays what its fact says."""
    _permit(draft, "resume")
    held_since = draft.case.held_since or draft.now
    draft.emit("case_resumed")
    for position in list(draft.case.positions.values()):
        step = draft.definition.steps[position.step]
        due = _due_after(draft, position, step, held_since)
        if due is None or due == position.due_at:
            continue
        before = step.deadline.warn if step.deadline else None
        warn = draft.definition.calendar.before(due, before) if before else None
        rang = position.alarm_at is None
        alarm = None if rang else (warn if warn and position.alarm_at == position.warn_at else due)
        draft.emit(
            "deadline_changed",
            position=position.id,
            step=position.step,
            due_at=due,
            warn_at=warn,
            alarm_at=alarm,
            reason="hold",
        )


def _due_after(draft: Draft, position: Position, step: Step, held_since: datetime) -> datetime | None:
    """When a position is due after a hold: working days were not worked, hours and days passed, a date is a date."""
    if position.due_at is None:
        return None
    calendar, from_ = draft.definition.calendar, max(held_since, position.since)
    if step.wait is not None and step.wait.until is not None:
        return calendar.moment(draft.case.facts.get(step.wait.until)) or position.due_at
    text = step.wait.for_ if step.wait is not None else step.deadline.within if step.deadline else None
    if text is not None and Duration.parse(text).unit != "working day":
        return position.due_at + (draft.now - from_)
    return calendar.shifted(position.due_at, from_, draft.now)


def withdraw(draft: Draft, command: Withdraw) -> None:
    """The participant leaves the programme."""
    _permit(draft, "withdraw")
    end_case(draft, "case_withdrawn", command.reason)


def merge(draft: Draft, command: Merge) -> None:
    """The case is a double of another one, which goes on."""
    merge_into(draft, command.into)


def take_double(draft: Draft, command: TakeDouble) -> None:
    """Remember, and tell in this case's history, which other case turned out to be the same person."""
    _permit(draft, "take_double")
    if command.number == draft.case.number:
        raise Refused("same")
    draft.emit("double_merged", number=command.number)


def register_again(draft: Draft, command: RegisterAgain) -> None:
    """Remember under which other number the person registered again, and tell them."""
    _permit(draft, "register_again")
    draft.emit("registered_again", number=command.number)
    if command.message is not None:
        tell(draft, command.message)


def send_message(draft: Draft, command: SendMessage) -> None:
    """Order a message; a case that has ended still has somebody to talk to."""
    _permit(draft, "tell")
    tell(draft, command.message)


def skip_stage(draft: Draft, command: SkipStage) -> None:
    """Pass over the present stage now, or a later one when the case gets there."""
    _permit(draft, "skip")
    order, case = draft.definition.stage_order, draft.case
    if command.stage not in order:
        raise Refused("no_such_stage", stage=command.stage)
    present = case.stage or ""
    if order[command.stage] < order[present] or (command.stage in case.proofs and command.stage != present):
        raise Refused("behind", stage=command.stage)
    draft.emit("stage_skipped", stage=command.stage, proof=command.proof, facts=command.facts)
    if command.stage == present:
        draft.move_reason = "skip"
        finish_stage(draft, command.stage)


def reopenable(definition: Definition, case: Case) -> list[str]:
    """The stages at which an ended case may begin again: those that it reached, and the one after the last when that is finished.

    Further ahead lies only what is skipped on evidence.
    """
    stages = list(definition.stages)
    reached = [stage for stage in stages if case.stages.get(stage) in ("entered", "finished", "left")]
    following = definition.next_stage(reached[-1]) if reached and case.stages[reached[-1]] == "finished" else None
    return [*reached, *([following] if following else [])]


def reopen(draft: Draft, command: Reopen) -> None:
    """An ended case, a merged one too, begins again at a stage: that stage and the later ones are no longer behind it.

    What was counted there (`at_most`) counts anew; proofs of later stages stay, the one of the stage itself goes.
    """
    _permit(draft, "reopen")
    if command.stage not in draft.definition.stages:
        raise Refused("no_such_stage", stage=command.stage)
    if command.stage not in reopenable(draft.definition, draft.case):
        raise Refused("not_reached", stage=command.stage)
    order = draft.definition.stage_order
    first, case = order[command.stage], draft.case
    again = [stage for stage in case.stages if order[stage] >= first and (stage == command.stage or stage not in case.proofs)]
    ways = [way for way in case.taken if order[way.split(".")[0]] >= first]
    unproven = [command.stage] if command.stage in case.proofs else []
    draft.emit("case_reopened", reason=command.reason, stages=again, ways=ways, unproven=unproven)
    draft.move_reason = "reopened"
    draft.mark_boundary()
    enter(draft, f"{command.stage}.{draft.definition.stages[command.stage].enter}")


def move_district(draft: Draft, command: MoveDistrict) -> None:
    """The case and its open tasks go to another district; people of the old one give their tasks back.

    What is still queued goes to the office of the new place; what was sent stays with the old one.
    """
    _permit(draft, "move_district")
    old = draft.case.district
    if command.district == old and command.village in (None, draft.case.village):
        # The place that is named is where the case is: its village is known better already.
        raise Refused("same")
    draft.emit("district_moved", district=command.district, village=command.village, was=old)
    for handoff in list(draft.case.handoffs.values()):
        readdress(draft, handoff)
    if old == command.district:
        return
    for task in [t for t in draft.case.tasks.values() if t.state == "claimed"]:
        draft.emit("task_released", task=task.id, step=task.step, by=None)
    people = {step.assign_to for step in draft.definition.steps.values() if step.assign_to} & set(draft.case.facts)
    if people:
        draft.emit("fact_recorded", facts=dict.fromkeys(sorted(people)))


def correct_data(draft: Draft, command: CorrectData) -> None:
    """Personal data was corrected; the journal learns which fields, not what they hold."""
    _permit(draft, "correct")
    draft.emit("data_corrected", fields=list(command.fields), facts=command.facts)


def receive_event(draft: Draft, command: ReceiveEvent) -> None:
    """What an `await` step waited for has come, or what ends a timer before its time."""
    _permit(draft, "receive")
    position = _waiting_for(draft, command.name)
    if position is None:
        raise Refused("nothing_waits", name=command.name)
    if command.outcome not in _outcomes_of(draft, position, command.name):
        raise Refused("unknown_outcome", outcome=command.outcome)
    draft.emit("event_received", name=command.name, outcome=command.outcome)
    end_position(draft, position, command.outcome, command.facts)


def keep_event(draft: Draft, command: ReceiveEvent, hole: str) -> None:
    """What came is kept as facts although the definition has no way for it; the step waits for a person to look."""
    position = _waiting_for(draft, command.name)
    if position is not None and stop(draft, RaiseIncident("no_way", position.id, detail=hole)):
        draft.emit("event_received", name=command.name, outcome=command.outcome, facts=command.facts)


def _waiting_for(draft: Draft, name: str) -> Position | None:
    return waiting_for(draft.definition, draft.case, name)


def waiting_for(definition: Definition, case: Case, name: str) -> Position | None:
    """The position at which something of that name may arrive: one that awaits it, else a timer that it ends."""
    positions = [(p, definition.steps[p.step]) for p in case.positions.values()]
    awaited = (p for p, step in positions if p.kind == "event" and step.await_ == name)
    return next(awaited, next((p for p, step in positions if name in step.meanwhile), None))


def _outcomes_of(draft: Draft, position: Position, name: str) -> Collection[str]:
    """How an arrival may end a position; what ends a timer is its own outcome."""
    return draft.definition.steps[position.step].outcomes if position.kind == "event" else (name,)

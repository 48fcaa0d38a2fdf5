"""A case that is walked through a programme step by step by the pure engine."""

from datetime import UTC, datetime

from models.definitions.definition import Definition
from models.definitions.schema import Step
from models.engine import commands as c
from models.engine.case import Case
from models.engine.decide import decide

MONDAY = datetime(2018, 1, 8, 3, tzinfo=UTC)
CASE = "0b9f4f9e-7a53-4a63-9c7e-3f0d8a7f1c11"


class Walk:
    """A case that is walked through the programme step by step."""

    def __init__(self, definition, now=MONDAY, evidence=(), facts=None, village=None):
        self.definition, self.now = definition, now
        self.case, self.events = Case(id=CASE), []
        self.tell(c.OpenCase("OKO-2018-000001", "p", "31.75.03", village, facts or {"has_phone": True, "business_months": 3}, evidence))

    def tell(self, command):
        decision = decide(self.definition, self.case, command, self.now)
        assert decision.rejection is None, decision.rejection
        self.case, self.events = decision.case, [*self.events, *decision.events]
        return [event.type for event in decision.events]

    def refuse(self, command):
        decision = decide(self.definition, self.case, command, self.now)
        assert decision.rejection is not None
        return decision.rejection.code

    def at(self, step):
        return next(p for p in self.case.positions.values() if p.step == step)

    def steps(self):
        return {p.step for p in self.case.positions.values()}

    def handoff(self, step):
        return next(h for h in self.case.handoffs.values() if h.step == step)

    def open_incidents(self):
        return [i for i in self.case.incidents.values() if i.state == "open"]

    def moves(self):
        return [(e.type.removeprefix("stage_"), e.data["stage"]) for e in self.events if e.type in MOVES]

    def machine(self, step, **facts):
        position = self.at(step)
        return self.tell(c.RecordOutcome(position.id, position.attempt, facts))

    def person(self, step, outcome, **answers):
        position = self.at(step)
        if self.case.tasks[position.id].state == "open":
            self.tell(c.ClaimTask(position.id, "sari"))
        who = self.case.tasks[position.id].assignee
        return self.tell(c.CompleteTask(position.id, who, outcome, answers, "alasan"))

    def clock(self, step):
        position = self.at(step)
        self.now = position.alarm_at
        return self.tell(c.RingAlarm(position.id, position.alarm_at))

    def partner(self, step, status, outcome, message_id="m1", **facts):
        handoff = next(h for h in self.case.handoffs.values() if h.position == self.at(step).id)
        if handoff.state == "queued":
            self.tell(c.MarkSent(handoff.id, handoff.attempt))
        return self.tell(c.AnswerHandoff(handoff.id, message_id, status, outcome, facts))


MOVES = ("stage_entered", "stage_finished", "stage_left")


def in_licensing(ok_oce, moment=MONDAY, village=None, **facts):
    """A case that stands before the licence office, papers complete."""
    evidence = tuple(c.Evidence(stage, "bukti") for stage in ("p1", "p2", "p3"))
    known = {"zone": "permitted", "premises": "home", "has_npwp": True, "has_phone": True} | facts
    walk = Walk(ok_oce, moment, evidence, known, village)
    walk.machine("p4.check_papers", missing_count=0)
    walk.machine("p4.check_eligibility", passed=True)
    walk.machine("p4.packet")
    return walk


def changed(definition, name, **update):
    """The definition with one step changed; whether it is still in order is the test's affair."""
    stage, _, step = name.partition(".")
    mended = definition.steps[name].model_copy(update=update)
    return with_steps(definition, stage, {step: mended})


def with_steps(definition, stage, steps, **update):
    """The definition with steps of one stage replaced or added; steps may be written as in YAML."""
    made = {name: step if isinstance(step, Step) else Step.model_validate(step) for name, step in steps.items()}
    stages = [
        each.model_copy(update={"steps": each.steps | made} | update) if each.stage == stage else each
        for each in definition.bundle.pinned.stages
    ]
    pinned = definition.bundle.pinned.model_copy(update={"stages": stages})
    built = Definition(definition.bundle.model_copy(update={"pinned": pinned}))
    built.__dict__["calendar"] = definition.calendar
    return built

"""Whatever people, partners, machine and clock do in whatever order, a case keeps its promises."""

import os
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models.definitions.schema import Go, Outcome
from models.engine import commands as c
from models.engine.case import Case, copy, encode
from models.engine.decide import decide
from models.engine.evolve import apply, fold
from models.engine.explain import explain
from models.engine.states import TABLE
from models.services.projections import ALL
from tests.unit.walk import changed, with_steps

START = datetime(2018, 1, 8, 3, tzinfo=UTC)
CASE = "0b9f4f9e-7a53-4a63-9c7e-3f0d8a7f1c11"
WORDS = st.sampled_from(["identity_clear", "placed", "passed", "channel_found", "mentor_found", "report_ok", "consent_given"])
FACTS = st.dictionaries(WORDS, st.booleans(), max_size=4)
pytestmark = pytest.mark.timeout(900)  # the full profile takes minutes on a small machine
settings.register_profile("quick", max_examples=150, deadline=None)
settings.register_profile("full", max_examples=1500, deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))
LOOSE = settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large])


def any_task(draw, definition, case, task):
    """What people may do with a task; to reach nobody is drawn often, so that limited ways run out."""
    outcomes = list(definition.steps[task.step].outcomes)
    outcome = draw(st.sampled_from([*outcomes, *(o for o in outcomes if o in ("unreachable", "absent"))]))
    return [
        c.ClaimTask(task.id, "sari"),
        c.ReleaseTask(task.id, "sari"),
        c.AssignTask(task.id, "budi"),
        c.CompleteTask(task.id, task.assignee or "sari", outcome, draw(FACTS), "catatan"),
    ]


def any_answer(draw, definition, handoff):
    """What partners may say, sensible or not, to this attempt or an earlier one."""
    outcome = draw(st.sampled_from([*definition.steps[handoff.step].outcomes, "delivered", "lost_in_space"]))
    status = draw(st.sampled_from(["acknowledged", "completed", "returned", "rejected"]))
    attempt = draw(st.sampled_from([None, 1, handoff.attempt]))
    facts = {"licence_type": "IUMK"} if draw(st.booleans()) else {}
    return [
        c.MarkSent(handoff.id, handoff.attempt),
        c.AnswerHandoff(handoff.id, f"m{draw(st.integers(0, 40))}", status, outcome, facts, attempt=attempt),
        c.RaiseIncident("partner_unavailable", handoff=handoff.id),
    ]


def any_command(draw, definition, case, now):
    """One command that somebody might give to this case now, sensible or not."""
    stage = draw(st.sampled_from(list(definition.stages)))
    choices = [
        c.Hold("menunggu", now + timedelta(days=3)),
        c.Resume(),
        c.SkipStage(stage, "surat", {"licence_type": "IUMK"}),
        c.MoveDistrict(draw(st.sampled_from(["31.71.01", "31.75.03"]))),
        c.CorrectData(("phone",), {"class_at": (now + timedelta(days=draw(st.integers(-3, 9)))).isoformat()}),
        c.Reopen(stage, "kembali"),
        c.ReceiveEvent("monthly_report", "received", {"report_income": 1}),
        c.ReceiveEvent("first_sale", "sold"),
    ]
    if draw(st.integers(0, 4)) == 0:
        choices += [c.Withdraw("pindah kota"), c.Merge("OKO-2018-000009")]
    elif draw(st.integers(0, 3)):
        # Three times in four somebody does what the case waits for, so that it gets far.
        choices = []
    for task in case.tasks.values():
        choices += any_task(draw, definition, case, task)
    for position in case.positions.values():
        known = {"missing_count": draw(st.integers(0, 1)), "reports_done": 3, "unknown_count": draw(st.integers(0, 1))}
        known["class_at"] = draw(st.sampled_from([(now + timedelta(days=7)).isoformat(), "2018-02-01", "soon", None]))
        choices += [
            c.RecordOutcome(position.id, position.attempt, draw(FACTS) | known),
            c.RaiseIncident("action_failed", position.id),
        ]
        if position.alarm_at:
            choices.append(c.RingAlarm(position.id, position.alarm_at))
    for handoff in case.handoffs.values():
        choices += any_answer(draw, definition, handoff)
    choices += [c.ResolveIncident(i.id, draw(st.booleans())) for i in case.incidents.values()]
    choices = choices or [c.Reopen(stage, "kembali")]
    return draw(st.sampled_from(choices))


def check_promises(definition, case, events):
    """What must hold for every case at every moment."""
    assert encode(fold(CASE, events)) == encode(case), "folding the journal again gives the case"
    assert case.version == len(events), "versions are contiguous"
    open_tasks = {t.id for t in case.tasks.values() if t.state in ("open", "claimed")}
    assert open_tasks == {p.id for p in case.positions.values() if p.kind == "task"}, "an open task is a case that waits for a person"
    stopped = {i.id: i for i in case.incidents.values() if i.state == "open"}
    if not case.live:
        assert not case.positions, "an ended case is nowhere"
        assert not case.scopes, "an ended case has no branches"
        assert not stopped, "an ended case needs nobody"
        assert not [h for h in case.handoffs.values() if h.position and h.state in ("queued", "sent", "acknowledged")]
    else:
        assert case.positions, "a case under way is somewhere"
        order = definition.stage_order
        assert case.stage == min((p.stage for p in case.positions.values()), key=lambda s: order[s])
    assert set(case.scopes) <= within(case), "branches are open only where somebody is in them"
    for position in case.positions.values():
        assert (position.incident in stopped) == any(i.position == position.id for i in stopped.values())
    assert all(i.position is None or i.position in case.positions for i in stopped.values()), "an incident stops what is there"
    present = {}
    for event in events:
        cell = (event.data.get("stage"), event.data.get("district"))
        if event.type == "stage_entered":
            present[cell] = present.get(cell, 0) + 1
        elif event.type in ("stage_finished", "stage_left"):
            present[cell] -= 1
    there = {cell for cell, count in present.items() if count}
    assert set(present.values()) <= {0, 1}, "nobody is counted twice"
    assert there == ({(case.stage, case.district)} if case.live else set()), "the figures know where the case is"


def within(case):
    """The scopes in which a position stands, with those around them."""
    found = set()
    for position in case.positions.values():
        scope = case.scopes.get(position.scope or "")
        while scope is not None:
            found.add(scope.id)
            scope = case.scopes.get(scope.parent or "")
    return found


def state_of(case, subject, event):
    """The state of what an event of the transition table is about."""
    if subject == "case":
        return case.status
    if subject == "task":
        return case.tasks[event.data["task"]].state
    return case.handoffs[event.data["handoff"]].state


def check_table(before, events):
    """Every event came from a state that the transition table permits, and led to the state that it says."""
    case = copy(before)
    for event in events:
        rules = [rule for rule in TABLE if rule.event == event.type]
        was = state_of(case, rules[0].subject, event) if rules else None
        apply(case, event)
        if rules:
            now = state_of(case, rules[0].subject, event)
            permitted = {(state, state if rule.becomes == "=" else rule.becomes) for rule in rules for state in rule.states}
            assert (was, now) in permitted, (event.type, was, now)


def lead(data, definition, case, events, now):
    """Lead one case through some thirty commands and hold it to its promises."""
    for _ in range(data.draw(st.integers(5, 30))):
        now += timedelta(hours=data.draw(st.integers(0, 90)))
        finished = not case.live
        frozen = encode(case)
        decision = decide(definition, case, any_command(data.draw, definition, case, now), now)
        assert encode(case) == frozen, "the case that was given stays as it is"
        if decision.rejection is not None:
            assert decision.events == []
            assert decision.case is case
            continue
        if finished:
            harmless = {"case_reopened", "data_corrected", "handoff_sent", "handoff_acknowledged", "handoff_completed"}
            harmless |= {"handoff_returned", "handoff_rejected", "handoff_cancelled"}
            assert decision.events[0].type in harmless, "finished is final until it is reopened"
        assert decision.events, "what is accepted is in the journal"
        check_table(case, decision.events)
        case, events = decision.case, [*events, *decision.events]
        check_promises(definition, case, events)
        explain(definition, case, now)
        for projection in ALL:
            projection.rows(case)


def begin(definition, **more):
    command = c.OpenCase("OKO-2018-000001", "p", "31.71.01", facts={"has_phone": True}, **more)
    return decide(definition, Case(id=CASE), command, START)


@LOOSE
@given(data=st.data())
def test_any_sequence_of_commands_keeps_the_promises(ok_oce, data):
    proven = data.draw(st.integers(0, 7))
    opened = begin(ok_oce, evidence=tuple(c.Evidence(stage, "surat") for stage in list(ok_oce.stages)[:proven]))
    check_promises(ok_oce, opened.case, opened.events)
    lead(data, ok_oce, opened.case, list(opened.events), START)


NOWHERE = Go(when="case.district == 'nowhere'", finish="stage")


def with_holes(draw, definition, stages):
    """The definition with some steps from which no way leads out."""
    for name in draw(st.lists(st.sampled_from([n for n in definition.steps if n.split(".")[0] in stages]), max_size=4)):
        step = definition.steps[name]
        if step.outcomes:
            outcome = draw(st.sampled_from(list(step.outcomes)))
            definition = changed(definition, name, outcomes=step.outcomes | {outcome: Outcome(then=[NOWHERE])})
        elif step.choose:
            definition = changed(definition, name, choose=[NOWHERE])
        elif step.then:
            definition = changed(definition, name, then=[NOWHERE])
    return definition


@LOOSE
@given(data=st.data())
def test_a_definition_with_holes_never_loses_a_case(ok_oce, data):
    first = data.draw(st.integers(0, 6))
    stages = list(ok_oce.stages)
    holed = with_holes(data.draw, ok_oce, stages[first : first + 2])
    opened = begin(holed, evidence=tuple(c.Evidence(stage, "surat") for stage in stages[:first]))
    if opened.rejection is not None:
        assert opened.rejection.code == "no_way"
        return
    lead(data, holed, opened.case, list(opened.events), START)


BRANCH = st.sampled_from(
    [
        {"ask": {"id": "x", "en": "x"}, "outcomes": {"done": {"go": "meet"}, "end": {"finish": "case", "as": "x"}}},
        {"choose": [{"go": "meet"}]},
        {"choose": [{"finish": "case", "as": "x"}]},
        {"wait": {"for": "2 days"}, "then": [{"go": "meet"}]},
        {"wait": {"until": "class_at"}, "then": [{"go": "meet"}]},
        {"fork": {"x": "leaf_x", "y": "leaf_y"}},
    ]
)
LEAF = {"ask": {"id": "x", "en": "x"}, "outcomes": {"done": {"go": "inner"}, "end": {"finish": "stage"}}}


@LOOSE
@given(data=st.data())
def test_branches_of_any_kind_begin_and_end_together(ok_oce, data):
    branches = data.draw(st.lists(BRANCH, min_size=1, max_size=3))
    steps = {
        "split": {"fork": {f"b{n}": f"step_{n}" for n in range(len(branches))}},
        "meet": {"join": {"of": "split", "needs": data.draw(st.sampled_from(["all", "any", 1]))}, "then": [{"go": "readiness"}]},
        "leaf_x": LEAF,
        "leaf_y": LEAF,
        "inner": {"join": {"of": "step_0", "needs": data.draw(st.sampled_from(["all", "any"]))}, "then": [{"go": "meet"}]},
    }
    forked = with_steps(ok_oce, "p3", steps | {f"step_{n}": branch for n, branch in enumerate(branches)}, enter="split")
    opened = begin(forked, evidence=(c.Evidence("p1", "surat"), c.Evidence("p2", "surat")))
    assert opened.rejection is None
    check_promises(forked, opened.case, opened.events)
    lead(data, forked, opened.case, list(opened.events), START)

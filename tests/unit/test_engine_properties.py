"""Whatever people, partners, machine and clock do in whatever order, a case keeps its promises."""

import os
from datetime import UTC, datetime, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models.engine import commands as c
from models.engine.case import Case, encode
from models.engine.decide import decide
from models.engine.evolve import fold

START = datetime(2018, 1, 8, 3, tzinfo=UTC)
CASE = "0b9f4f9e-7a53-4a63-9c7e-3f0d8a7f1c11"
WORDS = st.sampled_from(["identity_clear", "placed", "passed", "channel_found", "mentor_found", "report_ok", "consent_given"])
FACTS = st.dictionaries(WORDS, st.booleans(), max_size=4)
settings.register_profile("quick", max_examples=150, deadline=None)
settings.register_profile("full", max_examples=1500, deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))


def any_command(draw, definition, case, now):
    """One command that somebody might give to this case now, sensible or not."""
    stage = draw(st.sampled_from(list(definition.stages)))
    choices = [
        c.Hold("menunggu", now + timedelta(days=3)),
        c.Resume(),
        c.SkipStage(stage, "surat", {"licence_type": "IUMK"}),
        c.MoveDistrict(draw(st.sampled_from(["31.71.01", "31.75.03"]))),
        c.CorrectData(("phone",)),
        c.Reopen(stage, "kembali"),
        c.ReceiveEvent("monthly_report", "received"),
        c.ReceiveEvent("first_sale", "sold"),
    ]
    if draw(st.integers(0, 4)) == 0:
        choices += [c.Withdraw("pindah kota"), c.Merge("OKO-2018-000009")]
    elif draw(st.integers(0, 3)):
        # Three times in four somebody does what the case waits for, so that it gets far.
        choices = []
    for task in case.tasks.values():
        outcomes = list(definition.steps[task.step].outcomes)
        choices += [
            c.ClaimTask(task.id, "sari"),
            c.ReleaseTask(task.id, "sari"),
            c.AssignTask(task.id, "budi"),
            c.CompleteTask(task.id, task.assignee or "sari", draw(st.sampled_from(outcomes)), draw(FACTS), "catatan"),
        ]
    for position in case.positions.values():
        choices += [
            c.RecordOutcome(position.id, position.attempt, draw(FACTS) | {"missing_count": draw(st.integers(0, 1)), "reports_done": 3}),
            c.RaiseIncident("action_failed", position.id),
        ]
        if position.alarm_at:
            choices.append(c.RingAlarm(position.id, position.alarm_at))
    for handoff in case.handoffs.values():
        step = definition.steps[handoff.step]
        outcome = draw(st.sampled_from([*step.outcomes, "delivered"]))
        status = draw(st.sampled_from(["acknowledged", "completed", "returned", "rejected"]))
        choices += [
            c.MarkSent(handoff.id, handoff.attempt),
            c.AnswerHandoff(handoff.id, f"m{draw(st.integers(0, 40))}", status, outcome, {"licence_type": "IUMK"}),
        ]
    choices += [c.ResolveIncident(i.id) for i in case.incidents.values()]
    choices = choices or [c.Reopen(stage, "kembali")]
    return draw(st.sampled_from(choices))


def check_promises(definition, case, events):
    """What must hold for every case at every moment."""
    assert encode(fold(CASE, events)) == encode(case), "folding the journal again gives the case"
    assert case.version == len(events), "versions are contiguous"
    open_tasks = {t.id for t in case.tasks.values() if t.state in ("open", "claimed")}
    assert open_tasks == {p.id for p in case.positions.values() if p.kind == "task"}, "an open task is a case that waits for a person"
    if not case.live:
        assert not case.positions, "an ended case is nowhere"
        assert not [h for h in case.handoffs.values() if h.position and h.state in ("queued", "sent", "acknowledged")]
    else:
        assert case.positions, "a case under way is somewhere"
        order = definition.stage_order
        assert case.stage == min((p.stage for p in case.positions.values()), key=lambda s: order[s])
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


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large])
@given(data=st.data())
def test_any_sequence_of_commands_keeps_the_promises(ok_oce, data):
    opened = decide(ok_oce, Case(id=CASE), c.OpenCase("OKO-2018-000001", "p", "31.71.01", facts={"has_phone": True}), START)
    case, events, now = opened.case, list(opened.events), START
    for _ in range(data.draw(st.integers(5, 30))):
        now += timedelta(hours=data.draw(st.integers(0, 90)))
        finished = not case.live
        decision = decide(ok_oce, case, any_command(data.draw, ok_oce, case, now), now)
        if decision.rejection is not None:
            assert decision.events == []
            assert decision.case is case
            continue
        if finished:
            harmless = {"case_reopened", "data_corrected", "handoff_sent", "handoff_acknowledged", "handoff_completed"}
            harmless |= {"handoff_returned", "handoff_rejected", "incident_resolved", "incident_raised"}
            assert decision.events[0].type in harmless, "finished is final until it is reopened"
        case, events = decision.case, [*events, *decision.events]
        check_promises(ok_oce, case, events)

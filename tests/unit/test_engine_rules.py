"""The engine by example: given a case, when a command, then events. No database, no clock."""

from datetime import timedelta

import pytest

from models.engine import commands as c
from models.engine.evolve import EVENT_TYPES
from models.engine.explain import explain
from models.engine.states import TABLE, permitted
from tests.unit.walk import Walk, changed, in_licensing


@pytest.fixture
def walk(ok_oce):
    return Walk(ok_oce)


def test_a_clear_registration_needs_nobody(walk):
    assert walk.machine("p1.check_identity", identity_clear=True)[-1] == "step_started"
    assert "stage_finished" in walk.machine("p1.welcome")
    assert (walk.case.stage, [p.step for p in walk.case.positions.values()]) == ("p2", ["p2.assess_need"])


def test_a_no_show_is_invited_again_and_the_third_time_a_mentor_calls(walk):
    walk.machine("p1.check_identity", identity_clear=True)
    walk.machine("p1.welcome")
    walk.machine("p2.assess_need", class_kind="basic")
    for time in (1, 2, 3):
        walk.machine("p2.place", placed=True, class_at=(walk.now + timedelta(days=7)).isoformat())
        walk.machine("p2.invite")
        walk.partner("p2.enrol", "completed", "enrolled", f"m{time}")
        walk.clock("p2.class_day")
        walk.person("p2.attendance", "absent", sessions_attended=0)
        if time < 3:
            walk.machine("p2.missed")
            walk.machine("p2.place_again", placed=False)
    assert [p.step for p in walk.case.positions.values()] == ["p2.mentor_calls"]
    assert walk.case.tasks[walk.at("p2.mentor_calls").id].queue == "p3"


def test_visits_and_papers_run_side_by_side_and_readiness_needs_both(ok_oce):
    walk = Walk(ok_oce, evidence=tuple(c.Evidence(stage, "bukti") for stage in ("p1", "p2")))
    walk.machine("p3.find_mentor", mentor_found=True, mentor="yuni")
    walk.machine("p3.tell_participant")
    assert {p.step for p in walk.case.positions.values()} == {"p3.visit", "p3.collect_papers"}
    assert {t.assignee for t in walk.case.tasks.values()} == {"yuni"}
    walk.person("p3.collect_papers", "collected", doc_ktp=True)
    assert {p.step for p in walk.case.positions.values()} == {"p3.visit", "p3.both_done"}
    types = walk.person("p3.visit", "done", premises="home", zone="permitted")
    assert "branches_joined" in types
    assert {p.step for p in walk.case.positions.values()} == {"p3.readiness"}


def test_a_returned_application_is_sent_again_in_the_same_thread(ok_oce):
    walk = in_licensing(ok_oce)
    walk.partner("p4.apply", "returned", "returned", "m1")
    assert "handoff_resent" in walk.person("p4.fix_application", "fixed", fixed="Foto diganti")
    walk.partner("p4.apply", "completed", "issued", "m2", licence_type="IUMK", licence_number="7")
    [thread] = [h for h in walk.case.handoffs.values() if h.kind == "licensing"]
    assert (thread.attempt, thread.state) == (2, "completed")
    walk.machine("p4.tell_issued")
    assert (walk.case.stage, walk.case.facts["licence_number"]) == ("p5", "7")


def test_the_same_answer_counts_once_and_an_unknown_one_becomes_an_incident(ok_oce):
    walk = in_licensing(ok_oce)
    types = walk.partner("p4.apply", "completed", "lost_in_space", "m1")
    assert "incident_raised" in types
    handoff = next(h for h in walk.case.handoffs.values() if h.kind == "licensing")
    assert walk.refuse(c.AnswerHandoff(handoff.id, "m1", "completed", "issued")) == "duplicate"
    assert explain(ok_oce, walk.case, walk.now).command == "retry"


def test_a_stale_outcome_of_the_machine_is_dropped(walk):
    position = walk.at("p1.check_identity")
    assert walk.refuse(c.RecordOutcome(position.id, position.attempt + 1, {})) == "stale"
    walk.machine("p1.check_identity", identity_clear=True)
    assert walk.refuse(c.RecordOutcome(position.id, position.attempt, {"identity_clear": True})) == "stale"


def test_two_people_cannot_have_one_task(walk):
    walk.machine("p1.check_identity", identity_clear=False)
    task = walk.at("p1.review").id
    walk.tell(c.ClaimTask(task, "sari"))
    assert walk.refuse(c.ClaimTask(task, "budi")) == "taken"
    assert walk.refuse(c.CompleteTask(task, "budi", "accept")) == "not_yours"
    assert walk.refuse(c.CompleteTask(task, "sari", "accept", version=1)) == "stale"
    assert walk.refuse(c.CompleteTask(task, "sari", "refuse")) == "note_needed"


def test_a_deadline_warns_first_then_escalates_and_the_task_stays(walk):
    walk.machine("p1.check_identity", identity_clear=False)
    task = walk.at("p1.review").id
    assert walk.clock("p1.review") == ["deadline_warned"]
    assert walk.clock("p1.review") == ["deadline_passed"]
    assert walk.case.tasks[task].escalated
    assert walk.case.tasks[task].state == "open"


def test_a_hold_stops_the_clock_by_working_days(walk):
    walk.machine("p1.check_identity", identity_clear=False)
    due = walk.at("p1.review").due_at
    walk.tell(c.Hold("sakit"))
    assert walk.case.due_at is None
    assert walk.refuse(c.ClaimTask(walk.at("p1.review").id, "sari")) == "on_hold"
    walk.now += timedelta(days=7)
    assert "deadline_changed" in walk.tell(c.Resume())
    assert walk.at("p1.review").due_at == due + timedelta(days=7)


def test_a_stage_is_skipped_on_evidence_now_or_when_the_case_gets_there(ok_oce):
    walk = Walk(ok_oce)
    walk.tell(c.SkipStage("p2", "sertifikat 12/2017", {"trained": True}))
    walk.machine("p1.check_identity", identity_clear=True)
    walk.machine("p1.welcome")
    assert walk.case.stage == "p3"
    moves = [(e.type, e.data["stage"], e.data["reason"]) for e in walk.events if e.type.startswith("stage_") and "reason" in e.data]
    assert ("stage_entered", "p2", "skip") in moves
    assert ("stage_finished", "p2", "skip") in moves
    assert walk.refuse(c.SkipStage("p1", "x")) == "behind"


def test_a_move_leaves_one_district_enters_the_other_and_frees_claimed_tasks(walk):
    walk.machine("p1.check_identity", identity_clear=False)
    walk.tell(c.ClaimTask(walk.at("p1.review").id, "sari"))
    types = walk.tell(c.MoveDistrict("31.71.01"))
    assert types[0] == "district_moved"
    assert "task_released" in types
    assert [t for t in types if t.startswith("stage_")] == ["stage_left", "stage_entered"]


def test_finished_is_final_until_reopened(walk):
    walk.tell(c.Withdraw("pindah kota"))
    assert walk.case.positions == {}
    assert walk.refuse(c.Hold("x")) == "not_now"
    walk.tell(c.Reopen("p1", "kembali"))
    assert (walk.case.status, walk.case.stage) == ("active", "p1")


def test_a_hole_in_the_definition_becomes_an_incident_and_loses_nothing(ok_oce):
    broken = changed(ok_oce, "p1.check_identity", then=ok_oce.steps["p1.check_identity"].then[:1])
    walk = Walk(broken)
    assert walk.machine("p1.check_identity", identity_clear=False) == ["incident_raised"]
    assert walk.at("p1.check_identity").incident is not None


def test_the_table_knows_every_task_and_handoff_event():
    assert {rule.command for rule in permitted("task", "claimed")} == {"assign", "release", "return", "complete", "cancel"}
    told = {name for name in EVENT_TYPES if name.startswith(("task_", "handoff_"))}
    assert told <= {rule.event for rule in TABLE}


def test_a_case_at_the_licence_office_waits_for_the_partner(ok_oce):
    walk = in_licensing(ok_oce)
    said = explain(ok_oce, walk.case, walk.now)
    assert (said.blocker, said.owner) == ("partner", "ptsp")


def test_who_waits_for_a_free_place_waits_for_capacity_and_who_waits_for_a_day_for_a_date(ok_oce):
    evidence = (c.Evidence("p1", "bukti"), c.Evidence("p2", "bukti"))
    full = Walk(ok_oce, evidence=evidence)
    full.machine("p3.find_mentor", mentor_found=False)
    placed = Walk(ok_oce, evidence=evidence[:1])
    placed.machine("p2.assess_need", class_kind="basic")
    placed.machine("p2.place", placed=False)
    seen = [explain(ok_oce, walk.case, walk.now) for walk in (full, placed)]
    assert [(said.blocker, said.step) for said in seen] == [("capacity", "p3.wait_for_mentor"), ("capacity", "p2.waiting_list")]
    placed.clock("p2.waiting_list")
    placed.machine("p2.place", placed=True, class_at=(placed.now + timedelta(days=7)).isoformat())
    placed.machine("p2.invite")
    placed.partner("p2.enrol", "completed", "enrolled")
    assert explain(ok_oce, placed.case, placed.now).blocker == "date"

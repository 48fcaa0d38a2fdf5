"""Stages: proofs that are kept, stages crossed within one decision, holds, reopening."""

from collections import Counter
from datetime import timedelta

from models.engine import commands as c
from models.engine.case import Case
from models.engine.decide import decide
from models.engine.handle_case import reopenable
from tests.unit.walk import CASE, MONDAY, Walk, in_licensing, with_steps

LICENSED = {"licence_type": "IUMK", "licence_number": "IUMK-1"}


def proven(*stages, facts=None):
    return tuple(c.Evidence(stage, "surat", facts or {}) for stage in stages)


def balanced(walk):
    """How often a case is present in each stage: entered - finished - left."""
    present = Counter()
    for kind, stage in walk.moves():
        present[stage] += 1 if kind == "entered" else -1
    return {stage: count for stage, count in present.items() if count}


def back_to_mentoring(walk):
    walk.machine("p7.check_eligibility", passed=True)
    walk.person("p7.choose", "mentoring")
    assert walk.steps() == {"p3.readiness"}
    walk.person("p3.readiness", "ready", has_npwp=True)


def test_a_proven_stage_is_passed_by_again_when_the_case_comes_back(ok_oce):
    walk = Walk(ok_oce, evidence=proven("p1", "p2", "p3", "p4", "p5", "p6"))
    back_to_mentoring(walk)
    assert walk.case.stage == "p7", "p4, p5 and p6 are proven still"
    assert balanced(walk) == {"p7": 1}
    assert walk.case.proofs["p4"] == "surat"


def test_a_licence_that_was_issued_here_is_not_applied_for_again(ok_oce):
    walk = in_licensing(ok_oce)
    walk.tell(c.SkipStage("p5", "gerai"))
    walk.tell(c.SkipStage("p6", "buku"))
    walk.partner("p4.apply", "completed", "issued", **LICENSED)
    walk.machine("p4.tell_issued")
    back_to_mentoring(walk)
    assert walk.case.stage == "p7"
    through = [(kind, stage) for stage in ("p4", "p5", "p6") for kind in ("entered", "finished")]
    assert walk.moves()[-10:] == [("left", "p7"), ("entered", "p3"), ("finished", "p3"), *through, ("entered", "p7")]
    assert balanced(walk) == {"p7": 1}


def test_a_stage_that_is_crossed_within_one_decision_is_entered_and_finished(ok_oce):
    walk = Walk(ok_oce, evidence=proven("p1", "p2"), facts=LICENSED | {"has_phone": True})
    walk.machine("p3.find_mentor", mentor_found=True, mentor="yuni")
    walk.machine("p3.tell_participant")
    walk.person("p3.visit", "done", premises="home", zone="permitted")
    walk.person("p3.collect_papers", "later")
    walk.person("p3.readiness", "ready")
    assert walk.case.stage == "p5"
    assert walk.moves()[-4:] == [("finished", "p3"), ("entered", "p4"), ("finished", "p4"), ("entered", "p5")]
    [crossed] = [e for e in walk.events if e.type == "stage_finished" and e.data["stage"] == "p4"]
    assert crossed.data["reason"] == "flow"
    assert balanced(walk) == {"p5": 1}


def test_a_case_that_ends_in_a_stage_it_only_crossed_has_been_there(ok_oce):
    ending = with_steps(ok_oce, "p2", {"over": {"choose": [{"finish": "case", "as": "full", "result": "rejected"}]}}, enter="over")
    walk = Walk(ending)
    walk.tell(c.SkipStage("p1", "surat"))
    assert walk.case.status == "rejected"
    assert walk.moves() == [("entered", "p1"), ("finished", "p1"), ("entered", "p2"), ("left", "p2")]


def test_a_case_with_proofs_for_all_stages_was_in_each_of_them(ok_oce):
    walk = Walk(ok_oce, evidence=proven(*ok_oce.stages))
    assert (walk.case.status, walk.case.positions) == ("finished", {})
    assert walk.moves() == [(kind, stage) for stage in ok_oce.stages for kind in ("entered", "finished")]
    assert {e.data["reason"] for e in walk.events if e.type == "stage_finished"} == {"skip"}


def test_the_reasons_of_stage_events(ok_oce):
    walk = Walk(ok_oce, evidence=proven("p1"))
    walk.tell(c.SkipStage("p2", "sertifikat"))
    walk.tell(c.Withdraw("pindah"))
    walk.tell(c.Reopen("p2", "kembali"))
    told = [(e.type, e.data["stage"], e.data["reason"]) for e in walk.events if e.type.startswith("stage_") and "reason" in e.data]
    assert told == [
        ("stage_entered", "p1", "skip"),
        ("stage_finished", "p1", "skip"),
        ("stage_entered", "p2", "opened"),
        ("stage_finished", "p2", "skip"),
        ("stage_entered", "p3", "flow"),
        ("stage_left", "p3", "withdrawn"),
        ("stage_entered", "p2", "reopened"),
    ]


def test_reopening_counts_anew_and_later_proofs_stay(ok_oce):
    facts = {"has_phone": True, "zone": "permitted", "premises": "home"}
    walk = Walk(ok_oce, evidence=proven("p1", "p2", "p3", "p5"), facts=facts)
    walk.machine("p4.check_papers", missing_count=1)
    for _ in range(4):
        walk.person("p4.collect_papers", "unreachable")
        if walk.case.live:
            walk.clock("p4.wait_before_call")
    assert (walk.case.status, walk.case.status_reason) == ("lapsed", "unreachable")
    walk.tell(c.Reopen("p4", "menelepon sendiri"))
    walk.machine("p4.check_papers", missing_count=1)
    walk.person("p4.collect_papers", "unreachable")
    assert (walk.case.status, walk.steps()) == ("active", {"p4.wait_before_call"})
    assert set(walk.case.proofs) == {"p1", "p2", "p3", "p5"}


def test_a_stage_that_is_reopened_is_done_again_though_it_was_proven(ok_oce):
    walk = Walk(ok_oce, evidence=proven("p1", "p2"))
    walk.tell(c.Withdraw("pindah"))
    walk.tell(c.Reopen("p2", "sertifikat palsu"))
    assert walk.case.stage == "p2"
    assert set(walk.case.proofs) == {"p1"}


def test_only_a_stage_that_was_reached_is_reopened(ok_oce):
    walk = Walk(ok_oce, evidence=proven("p1", "p2", "p6"))
    walk.tell(c.Withdraw("pindah"))
    assert reopenable(ok_oce, walk.case) == ["p1", "p2", "p3"]
    for ahead in ("p4", "p6", "p7"):
        assert walk.refuse(c.Reopen(ahead, "kembali")) == "not_reached", "p6 has a proof, but nobody has been there"
    walk.tell(c.Reopen("p3", "kembali"))
    assert walk.case.stage == "p3"


def test_after_a_finished_stage_the_next_one_may_begin(ok_oce):
    ending = with_steps(ok_oce, "p2", {"over": {"choose": [{"finish": "case", "as": "full"}]}}, enter="over")
    walk = Walk(ending, evidence=proven("p1"))
    assert walk.case.status == "finished"
    assert reopenable(ending, walk.case) == ["p1", "p2", "p3"]


def held(walk, days):
    walk.tell(c.Hold("sakit"))
    walk.now += timedelta(days=days)
    walk.tell(c.Resume())


def test_after_a_hold_a_date_is_still_that_date(ok_oce):
    walk = Walk(ok_oce, evidence=proven("p1"))
    walk.machine("p2.assess_need", class_kind="basic")
    class_at = MONDAY + timedelta(days=14)
    walk.machine("p2.place", placed=True, class_at=class_at.isoformat())
    walk.machine("p2.invite")
    walk.partner("p2.enrol", "completed", "enrolled")
    held(walk, 7)
    assert (walk.at("p2.class_day").due_at, walk.at("p2.class_day").alarm_at) == (class_at, class_at)
    moved = class_at + timedelta(days=1)
    walk.tell(c.Hold("sakit"))
    walk.tell(c.CorrectData((), {"class_at": moved.isoformat()}))
    walk.tell(c.Resume())
    assert walk.at("p2.class_day").alarm_at == moved, "the class was put off meanwhile"


def test_after_a_hold_days_and_hours_go_on_by_elapsed_time(ok_oce):
    walk = Walk(ok_oce, evidence=proven("p1", "p2"))
    walk.machine("p3.find_mentor", mentor_found=True, mentor="yuni")
    walk.machine("p3.tell_participant")
    walk.person("p3.visit", "again")
    timer, task = walk.at("p3.next_visit").due_at, walk.at("p3.collect_papers").due_at
    held(walk, 2)
    assert walk.at("p3.next_visit").due_at == timer + timedelta(days=2), "7 days"
    assert walk.at("p3.collect_papers").due_at == task + timedelta(days=2), "10 working days: Tuesday and Wednesday were lost"
    walk.now += timedelta(days=2)
    held(walk, 2)
    assert walk.at("p3.next_visit").due_at == timer + timedelta(days=4), "a weekend is elapsed time too"


def test_evidence_for_an_unknown_stage_is_refused(ok_oce):
    command = c.OpenCase("OKO-2018-000001", "p", "31.75.03", evidence=proven("p9"))
    assert decide(ok_oce, Case(id=CASE), command, MONDAY).rejection.code == "no_such_stage"

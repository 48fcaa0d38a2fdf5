"""What stops a case, and how it goes on: holes in the definition, partners outside the contract, incidents."""

from models.definitions.schema import Go, Outcome
from models.engine import commands as c
from models.engine.decide import decide
from models.engine.explain import explain
from models.services.projections import POSITIONS
from tests.unit.walk import Walk, changed, in_licensing

NOWHERE = Go(when="case.district == 'nowhere'", go="choose_way_out")


def without_a_way(ok_oce, name, outcome=None):
    """The definition with a step that has no way out (of one outcome)."""
    if outcome is None:
        return changed(ok_oce, name, then=[NOWHERE])
    return changed(ok_oce, name, outcomes=ok_oce.steps[name].outcomes | {outcome: Outcome(then=[NOWHERE])})


def alarm_of(case, step):
    """When the clock will ring for a step, as the store writes it."""
    names = POSITIONS.names
    return next(row[names.index("alarm_at")] for row in POSITIONS.rows(case).values() if row[names.index("step")] == step)


def test_a_hole_met_twice_is_a_rejection_not_an_error(ok_oce):
    walk = Walk(without_a_way(ok_oce, "p1.review", "accept"))
    walk.machine("p1.check_identity", identity_clear=False)
    assert walk.person("p1.review", "accept") == ["incident_raised"]
    assert walk.refuse(c.CompleteTask(walk.at("p1.review").id, "sari", "accept")) == "no_way"
    assert "step_ended" in walk.person("p1.review", "contact"), "another outcome still leads on"
    assert walk.open_incidents() == []


def test_a_hole_behind_a_command_to_the_whole_case_is_told_to_who_gave_it(ok_oce):
    entry = changed(ok_oce, "p2.assess_need", do=None, choose=[NOWHERE])
    walk = Walk(entry)
    before = walk.case
    assert walk.refuse(c.SkipStage("p1", "surat")) == "no_way"
    assert walk.case is before


def test_a_poison_timer_rings_once_and_not_again_until_somebody_has_looked(ok_oce):
    walk = Walk(without_a_way(ok_oce, "p3.wait_for_mentor"), evidence=(c.Evidence("p1", "x"), c.Evidence("p2", "x")))
    walk.machine("p3.find_mentor", mentor_found=False)
    assert alarm_of(walk.case, "p3.wait_for_mentor") is not None
    assert walk.clock("p3.wait_for_mentor") == ["incident_raised"]
    assert alarm_of(walk.case, "p3.wait_for_mentor") is None, "the store does not offer it to the clock"
    position = walk.at("p3.wait_for_mentor")
    assert walk.refuse(c.RingAlarm(position.id, position.alarm_at)) == "stale"
    walk.tell(c.ResolveIncident(position.incident))
    assert alarm_of(walk.case, "p3.wait_for_mentor") is not None


def test_an_answer_without_a_way_is_kept_and_followed_when_there_is_one(ok_oce):
    wanted = [Go(when="facts.premises == 'stall'", finish="stage")]
    holed = changed(ok_oce, "p4.apply", outcomes=ok_oce.steps["p4.apply"].outcomes | {"issued": Outcome(then=wanted)})
    walk = in_licensing(holed)
    assert walk.partner("p4.apply", "completed", "issued", licence_number="7") == ["handoff_answered", "incident_raised"]
    handoff = walk.handoff("p4.apply")
    assert (handoff.state, handoff.kept["outcome"]) == ("sent", "issued")
    assert walk.at("p4.apply").incident is not None
    assert walk.refuse(c.ResolveIncident(walk.at("p4.apply").incident)) == "no_way"
    walk.tell(c.CorrectData((), {"premises": "stall"}))
    types = walk.tell(c.ResolveIncident(walk.at("p4.apply").incident))
    assert "handoff_completed" in types
    assert (walk.case.stage, walk.case.facts["licence_number"]) == ("p5", "7")


def test_figures_without_a_way_are_kept(ok_oce):
    walk = Walk(without_a_way(ok_oce, "p6.figures", "received"), evidence=tuple(c.Evidence(f"p{n}", "x") for n in range(1, 6)))
    walk.machine("p6.remind")
    walk.tell(c.ReceiveEvent("monthly_report", "received", {"report_income": 4}))
    assert walk.case.facts["report_income"] == 4
    assert walk.at("p6.figures").incident is not None
    assert walk.refuse(c.ReceiveEvent("monthly_report", "received", {"report_income": 4})) == "no_way"


def test_an_answer_outside_the_contract_does_not_end_the_handoff_and_a_right_one_is_accepted(ok_oce):
    walk = in_licensing(ok_oce)
    assert walk.partner("p4.apply", "completed", "lost_in_space", "m1") == ["handoff_answered", "incident_raised"]
    assert walk.handoff("p4.apply").state == "sent"
    assert walk.partner("p4.apply", "completed", "lost_again", "m2") == ["handoff_answered"], "one incident, both answers"
    assert explain(ok_oce, walk.case, walk.now).command == "retry"
    assert "step_ended" in walk.partner("p4.apply", "completed", "issued", "m3")
    assert walk.open_incidents() == []


def test_after_an_answer_outside_the_contract_a_retry_asks_the_partner_again(ok_oce):
    walk = in_licensing(ok_oce)
    walk.partner("p4.apply", "completed", "lost_in_space", "m1")
    assert "handoff_resent" in walk.tell(c.ResolveIncident(walk.at("p4.apply").incident))
    handoff = walk.handoff("p4.apply")
    assert (handoff.state, handoff.attempt, handoff.position) == ("queued", 2, walk.at("p4.apply").id)
    assert "step_ended" in walk.partner("p4.apply", "completed", "issued", "m2")


def test_resolved_without_retry_it_waits_for_the_right_answer(ok_oce):
    walk = in_licensing(ok_oce)
    walk.partner("p4.apply", "completed", "lost_in_space", "m1")
    assert walk.tell(c.ResolveIncident(walk.at("p4.apply").incident, retry=False)) == ["incident_resolved"]
    assert (walk.handoff("p4.apply").state, walk.handoff("p4.apply").attempt) == ("sent", 1)
    assert "step_ended" in walk.partner("p4.apply", "completed", "issued", "m2")


def test_a_late_answer_to_an_earlier_attempt_is_stale(ok_oce):
    walk = in_licensing(ok_oce)
    walk.partner("p4.apply", "returned", "returned", "m1")
    walk.person("p4.fix_application", "fixed")
    handoff = walk.handoff("p4.apply")
    assert walk.refuse(c.AnswerHandoff(handoff.id, "m1_again", "returned", "returned", attempt=1)) == "stale"
    walk.tell(c.AnswerHandoff(handoff.id, "m2", "completed", "issued", attempt=2))
    assert walk.steps() == {"p4.tell_issued"}


def test_a_handoff_that_did_not_arrive_is_sent_again_or_was_delivered_by_hand(ok_oce):
    walk = in_licensing(ok_oce)
    handoff = walk.handoff("p4.apply").id
    for retry, state in ((True, "queued"), (False, "sent")):
        walk.tell(c.RaiseIncident("partner_unavailable", handoff=handoff))
        [incident] = walk.open_incidents()
        walk.tell(c.ResolveIncident(incident.id, retry=retry))
        assert walk.handoff("p4.apply").state == state


def test_a_handoff_that_cannot_leave_names_its_incident_and_not_the_partner(ok_oce):
    walk = in_licensing(ok_oce)
    walk.tell(c.RaiseIncident("partner_refused", handoff=walk.handoff("p4.apply").id))
    said = explain(ok_oce, walk.case, walk.now)
    assert (said.blocker, said.owner, said.step, said.command) == ("person", "licensing-officers", "p4.apply", "retry")
    assert "partner_refused" in said.text_en
    [incident] = walk.open_incidents()
    walk.tell(c.ResolveIncident(incident.id))
    assert explain(ok_oce, walk.case, walk.now).blocker == "partner"


def test_a_message_that_cannot_leave_does_not_hide_what_the_case_waits_for(ok_oce):
    walk = Walk(ok_oce)
    position = walk.at("p1.check_identity")
    walk.tell(c.RecordOutcome(position.id, position.attempt, {"identity_clear": False}, (c.Message("welcome", "sms"),)))
    walk.tell(c.RaiseIncident("partner_refused", handoff=next(iter(walk.case.handoffs))))
    assert explain(ok_oce, walk.case, walk.now).step == "p1.review"


def test_an_automated_step_can_only_be_tried_again(ok_oce):
    walk = Walk(ok_oce)
    position = walk.at("p1.check_identity")
    walk.tell(c.RaiseIncident("action_failed", position.id))
    [incident] = walk.open_incidents()
    assert walk.refuse(c.ResolveIncident(incident.id, retry=False)) == "retry_only"
    walk.tell(c.ResolveIncident(incident.id))
    assert "step_ended" in walk.machine("p1.check_identity", identity_clear=True)


def test_of_two_incidents_at_one_step_the_second_still_stops_it(ok_oce):
    walk = Walk(ok_oce)
    position = walk.at("p1.check_identity")
    walk.tell(c.RaiseIncident("action_failed", position.id))
    walk.tell(c.RaiseIncident("no_way", position.id))
    first, second = walk.open_incidents()
    walk.tell(c.ResolveIncident(second.id))
    assert walk.at("p1.check_identity").incident == first.id


def test_an_ended_case_has_no_open_incident_and_gets_none(ok_oce):
    walk = in_licensing(ok_oce)
    handoff = walk.handoff("p4.apply").id
    walk.tell(c.RaiseIncident("partner_unavailable", handoff=handoff))
    walk.tell(c.Withdraw("pindah kota"))
    assert walk.open_incidents() == []
    assert walk.handoff("p4.apply").state == "cancelled"
    assert walk.refuse(c.RaiseIncident("partner_unavailable", handoff=handoff)) == "not_now"


def test_a_message_that_cannot_be_delivered_after_the_end_is_called_off(ok_oce):
    walk = Walk(ok_oce)
    position = walk.at("p1.check_identity")
    walk.tell(c.RecordOutcome(position.id, position.attempt, {"identity_clear": False}, (c.Message("welcome", "sms"),) * 2))
    one, two = list(walk.case.handoffs)
    walk.tell(c.RaiseIncident("partner_refused", handoff=one))
    walk.tell(c.Withdraw("pindah kota"))
    assert [walk.case.handoffs[h].state for h in (one, two)] == ["cancelled", "queued"], "what can still arrive goes out"
    assert walk.tell(c.RaiseIncident("partner_refused", handoff=two)) == ["handoff_cancelled"]


def test_a_stage_that_is_left_leaves_no_incident_on_its_handoff(ok_oce):
    walk = in_licensing(ok_oce)
    walk.tell(c.RaiseIncident("partner_unavailable", handoff=walk.handoff("p4.apply").id))
    walk.tell(c.SkipStage("p4", "IUMK-77"))
    assert walk.open_incidents() == []


def test_an_incident_needs_a_handoff_that_is_there(ok_oce):
    walk = Walk(ok_oce)
    assert decide(ok_oce, walk.case, c.RaiseIncident("partner_refused", handoff="x"), walk.now).rejection.code == "no_such_handoff"

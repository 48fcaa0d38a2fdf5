"""Which office a hand-off belongs to when the participant moves, and partners who answer while a case is on hold."""

from datetime import UTC, date, datetime, time

from models.definitions.definition import Definition
from models.definitions.live import Partner
from models.engine import commands as c
from models.engine.events import Event
from models.engine.evolve import fold
from models.engine.explain import explain
from models.engine.states import permitted, rule
from tests.unit.walk import in_licensing

HERE, THERE = "31.75.03", "31.71.01"
BIDARA_CINA, KAMPUNG_MELAYU = "31.75.03.1002", "31.75.03.1001"


def with_two_offices(ok_oce):
    """OK OCE with a licence office of its own in each of two districts."""
    name = {"id": "PTSP", "en": "Licence office"}
    offices = {
        key: Partner.model_validate({"kind": "licensing", "name": name, "areas": [a]}) for key, a in (("here", HERE), ("there", THERE))
    }
    live = ok_oce.live.model_copy(update={"partners": ok_oce.live.partners | offices})
    return Definition(ok_oce.bundle.model_copy(update={"live": live}))


def test_what_is_still_queued_goes_to_the_office_of_the_new_district(ok_oce):
    walk = in_licensing(with_two_offices(ok_oce))
    assert walk.handoff("p4.apply").partner == "here"
    walk.tell(c.RaiseIncident("partner_unavailable", handoff=walk.handoff("p4.apply").id))
    types = walk.tell(c.MoveDistrict(THERE))
    assert types.count("handoff_readdressed") == 1, "messages have one gateway for all"
    handoff = walk.handoff("p4.apply")
    assert (handoff.partner, handoff.state, handoff.attempt) == ("there", "queued", 2)
    assert walk.open_incidents() == []
    assert walk.refuse(c.MarkSent(handoff.id, 1)) == "stale", "what was under way to the old office does not count"


def test_what_was_sent_stays_with_the_old_office_and_its_answer_counts(ok_oce):
    walk = in_licensing(with_two_offices(ok_oce))
    walk.tell(c.MarkSent(walk.handoff("p4.apply").id, 1))
    assert "handoff_readdressed" not in walk.tell(c.MoveDistrict(THERE))
    assert walk.handoff("p4.apply").partner == "here"
    assert "step_ended" in walk.partner("p4.apply", "completed", "issued")


def test_a_returned_application_of_who_moved_begins_anew_at_the_new_office(ok_oce):
    walk = in_licensing(with_two_offices(ok_oce))
    walk.partner("p4.apply", "returned", "returned")
    walk.tell(c.MoveDistrict(THERE))
    walk.person("p4.fix_application", "fixed")
    threads = [(h.partner, h.state, h.attempt) for h in walk.case.handoffs.values() if h.step == "p4.apply"]
    assert threads == [("here", "cancelled", 1), ("there", "queued", 1)]


def at_the_office(ok_oce, day, village=None):
    """A case that applies for its licence on a day."""
    walk = in_licensing(ok_oce, moment=datetime.combine(day, time(3), UTC), village=village)
    return walk, walk.handoff("p4.apply")


def test_the_kecamatan_issues_until_the_fifteenth_of_april_and_the_kelurahan_after(ok_oce):
    _, before = at_the_office(ok_oce, date(2018, 4, 15), BIDARA_CINA)
    assert (before.partner, before.office) == ("ptsp", HERE)
    walk, after = at_the_office(ok_oce, date(2018, 4, 16), BIDARA_CINA)
    assert (after.partner, after.office) == ("ptsp_kelurahan", BIDARA_CINA)
    assert explain(ok_oce, walk.case, walk.now).text_id == "Menunggu PTSP kelurahan Bidara Cina: Permohonan izin"
    _, unknown = at_the_office(ok_oce, date(2018, 4, 16))
    assert (unknown.partner, unknown.office) == ("ptsp_kelurahan", HERE), "the district, while the kelurahan is not known"


def test_the_midnight_that_counts_is_jakartas(ok_oce):
    walk = in_licensing(ok_oce, moment=datetime(2018, 4, 15, 17, 0, tzinfo=UTC))
    assert walk.handoff("p4.apply").partner == "ptsp_kelurahan"


def test_what_was_addressed_stays_addressed_and_a_mended_application_begins_at_the_new_office(ok_oce):
    walk, first = at_the_office(ok_oce, date(2018, 4, 13))
    walk.partner("p4.apply", "returned", "returned")
    walk.now = datetime(2018, 4, 17, 3, tzinfo=UTC)
    assert fold(walk.case.id, walk.events).handoffs[first.id].office == HERE
    walk.person("p4.fix_application", "fixed")
    threads = [(h.partner, h.state, h.attempt) for h in walk.case.handoffs.values() if h.step == "p4.apply"]
    assert threads == [("ptsp", "cancelled", 1), ("ptsp_kelurahan", "queued", 1)]
    assert fold(walk.case.id, walk.events) == walk.case


def test_a_move_within_the_district_goes_to_the_other_kelurahans_office_and_frees_nobodys_task(ok_oce):
    walk, _ = at_the_office(ok_oce, date(2018, 4, 16), BIDARA_CINA)
    assert walk.refuse(c.MoveDistrict(HERE)) == "same", "the district alone says nothing that is not known better"
    types = walk.tell(c.MoveDistrict(HERE, KAMPUNG_MELAYU))
    assert types == ["district_moved", "handoff_readdressed"]
    assert (walk.handoff("p4.apply").office, walk.handoff("p4.apply").attempt) == (KAMPUNG_MELAYU, 2)
    assert walk.events[-1].data["office"] == KAMPUNG_MELAYU


def test_a_journal_of_before_offices_still_folds(ok_oce):
    walk, handoff = at_the_office(ok_oce, date(2018, 1, 10))
    old = [
        Event(e.type, e.data | {"handoff": {k: v for k, v in e.data["handoff"].items() if k != "office"}})
        if e.type == "handoff_ordered"
        else e
        for e in walk.events
    ]
    assert fold(walk.case.id, old).handoffs[handoff.id].office is None


def test_a_partners_answer_moves_a_case_on_hold_and_may_end_it(ok_oce):
    walk = in_licensing(ok_oce)
    handoff = walk.handoff("p4.apply").id
    walk.tell(c.MarkSent(handoff, 1))
    walk.tell(c.Hold("sakit"))
    walk.tell(c.AnswerHandoff(handoff, "m1", "completed", "issued"))
    assert (walk.case.status, walk.steps()) == ("on_hold", {"p4.tell_issued"})
    assert rule("case", "on_hold", "finish") is not None


def test_who_receives_may_command_the_case_as_the_service_asks():
    [receive] = [row for row in permitted("case", "active") if row.command == "receive"]
    assert receive.permission == "command_case"

"""P4: papers, eligibility, the application, and the ways out of a refusal."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import text

from models.engine.commands import SkipStage
from models.errors import Invalid
from models.services import case_view, fact_words, handoffs
from models.services.actor import MACHINE
from tests.people import differences, person, register, run_automation
from tests.scenarios.test_p3_mentoring import PAPERS, VISIT
from tests.scenarios.walk import Walk

FIT = dict.fromkeys(PAPERS, True) | {"zone": "permitted", "premises": "home", "has_npwp": True}
ISSUED = {"licence_type": "IUMK", "licence_number": "IUMK-1", "licence_until": "2023-01-17"}
SKU = {
    "licence_type": "SKU",
    "licence_number": "503/12/2018",
    "licence_issuer": "kelurahan",
    "licence_issued_on": "05/01/2018",
    "licence_until": "05/01/2019",
}


async def test_missing_papers_are_collected_before_the_application_goes_out(session, programme):
    walk = await Walk.beginning_at(session, programme, "p4", **FIT | {"doc_photo": False})
    assert (await walk.case()).facts["missing"] == ["doc_photo"]
    await walk.do("p4.collect_papers", "complete", **PAPERS)
    await walk.partner("p4.apply", "issued", **ISSUED)
    case = await walk.case()
    assert (case.stage, case.facts["licence_number"]) == ("p5", "IUMK-1")
    assert "licence_issued" in {handoff.message for handoff in case.handoffs.values()}
    assert await differences() == []


async def test_a_returned_application_is_mended_and_sent_again_on_the_same_thread(session, programme):
    walk = await Walk.beginning_at(session, programme, "p4", **FIT)
    await walk.partner("p4.apply", "returned", status="returned")
    await walk.do("p4.fix_application", "fixed", fixed="Pas foto diganti")
    await walk.partner("p4.apply", "issued", **ISSUED)
    case = await walk.case()
    [thread] = [handoff for handoff in case.handoffs.values() if handoff.step == "p4.apply"]
    assert (thread.attempt, thread.state) == (2, "completed")
    told = [event for event in await walk.told() if event in ("handoff_returned", "handoff_resent", "handoff_completed")]
    assert told == ["handoff_returned", "handoff_resent", "handoff_completed"]
    assert await differences() == []


async def test_a_refused_licence_leads_to_an_sku(session, programme):
    walk = await Walk.beginning_at(session, programme, "p4", **FIT)
    await walk.partner("p4.apply", "refused")
    await walk.do("p4.choose_way_out", "sku", discussed=True)
    await walk.do("p4.sku", "received", **SKU)
    case = await walk.case()
    assert case.stage == "p5"
    shown = dict(fact_words.facts(programme, case.facts, "id"))
    assert (shown["Jenis izin"], shown["Nomor izin"], shown["Penerbit izin"]) == ("SKU", "503/12/2018", "Kelurahan")
    assert (shown["Tanggal terbit"], shown["Izin berlaku sampai"]) == ("2018-01-05", "2019-01-05")
    assert await differences() == []


async def test_a_licence_that_cannot_be_is_refused_and_nothing_is_recorded(session, programme):
    walk = await Walk.beginning_at(session, programme, "p4", **FIT)
    await walk.partner("p4.apply", "refused")
    await walk.do("p4.choose_way_out", "sku", discussed=True)
    for wrong, field in (({"licence_issued_on": "09/01/2018"}, "licence_issued_on"), ({"licence_until": "05/01/2018"}, "licence_until")):
        with pytest.raises(Invalid) as refused:
            await walk.do("p4.sku", "received", **SKU | wrong)
        assert [problem.field for problem in refused.value.problems] == [field], "today is 8 January"
        await session.rollback()
    await walk.do("p4.sku", "denied")
    case = await walk.case()
    assert await walk.at() == {"p4.choose_way_out"}
    assert not [name for name in case.facts if name.startswith("licence")]


async def test_a_licence_from_elsewhere_is_recorded_at_the_desk(session, programme):
    walk = await Walk.beginning_at(session, programme, "p4", **FIT | {"zone": "green"})
    await walk.do("p4.choose_way_out", "has_licence", discussed=True)
    nib = SKU | {"licence_type": "NIB", "licence_number": "9120001234567", "licence_issuer": "oss", "licence_until": ""}
    await walk.do("p4.record_licence", "recorded", **nib)
    case = await walk.case()
    assert (case.stage, case.facts["licence_number"]) == ("p5", "9120001234567")


async def test_the_office_depends_on_the_day_and_staff_see_which_one_it_was(session, programme):
    [case] = await register(
        session,
        programme,
        person(1, village="31.71.01.1002"),
        at=datetime(2018, 4, 16, 3, tzinfo=UTC),
        facts=FIT,
        behind=("p1", "p2", "p3"),
    )
    await run_automation(session)
    [listed] = [h for h in await handoffs.listed(session, MACHINE, case_number=case.number) if h["step"] == "p4.apply"]
    assert (listed["partner"], listed["office"]) == ("ptsp_kelurahan", "31.71.01.1002")
    told = [item["words"] for item in await case_view.history(session, MACHINE, case.number, "id")]
    assert "Rujukan disiapkan untuk PTSP kelurahan Cideng: Permohonan izin" in told
    await session.execute(text("UPDATE cases SET state = (state::jsonb #- '{doubles}')::json"))
    await session.commit()
    assert await differences() == [], "a row of before the field was there is no difference"


async def test_a_green_zone_is_a_reason_and_other_premises_are_a_way_out(session, programme):
    walk = await Walk.beginning_at(session, programme, "p4", **FIT | {"zone": "green"})
    assert (await walk.case()).facts["reasons"] == ["zone_allowed"]
    await walk.do("p4.choose_way_out", "other_premises", discussed=True)
    await walk.do("p4.new_premises", "visited", **VISIT)
    assert await walk.at() == {"p4.apply"}


async def test_who_cannot_be_licensed_ends_with_that_reason(session, programme):
    walk = await Walk.beginning_at(session, programme, "p4", **FIT | {"zone": "green"})
    await walk.do("p4.choose_way_out", "not_licensable", note="jalur hijau", discussed=True)
    case = await walk.case()
    assert (case.status, case.status_reason) == ("rejected", "not_licensable")


async def test_an_office_that_does_not_answer_is_escalated_and_may_still_answer(session, programme):
    walk = await Walk.beginning_at(session, programme, "p4", **FIT)
    await walk.wait("p4.apply")
    await walk.wait("p4.apply")
    assert (await walk.told())[-2:] == ["deadline_warned", "deadline_passed"]
    await walk.partner("p4.apply", "issued", **ISSUED)
    assert (await walk.case()).stage == "p5"


async def test_a_licence_that_is_there_already_skips_the_stage_and_cancels_the_application(session, programme):
    walk = await Walk.beginning_at(session, programme, "p4", **FIT)
    await walk.command(SkipStage("p4", "IUMK-77", {"licence_type": "IUMK", "licence_number": "IUMK-77"}))
    case = await walk.case()
    assert case.stage == "p5"
    assert {handoff.state for handoff in case.handoffs.values() if handoff.step == "p4.apply"} == {"cancelled"}
    assert await differences() == []

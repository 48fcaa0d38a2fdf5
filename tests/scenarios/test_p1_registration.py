"""P1: who registers clearly goes on at once; what is doubtful waits for a person."""

from datetime import date

from models.engine.commands import Merge, Reopen
from models.services import cases, queues, tasks
from models.services.actor import Role
from models.services.queues import Filter
from models.services.tasks import Completion
from tests.people import differences, now, person, register, run_automation, staff
from tests.scenarios.walk import Walk

CHILD = person(1, nik="3171014101100001", birth_date=date(2010, 1, 1))


async def test_a_clear_registration_goes_straight_through_to_the_class(session, programme):
    [case] = await register(session, programme, person())
    await run_automation(session)
    after = await cases.folded(session, case.id)
    assert after.stage == "p2"
    assert after.facts["placed"] is True
    assert [p.step for p in after.positions.values()] == ["p2.enrol"]
    assert {h.message for h in after.handoffs.values()} == {"welcome", "class_invitation", "enrolment"}
    assert await differences() == []


async def test_a_flagged_registration_waits_for_a_person_and_only_that_one(session, programme):
    flagged, _clear = await register(session, programme, CHILD, person(2))
    await run_automation(session)
    sari = await staff(session, Role.STAGE_OWNER, stages="p1", areas="31.71")
    waiting = await queues.listed(session, sari, Filter(queue="p1"), await now(session))
    assert [line.case_number for line in waiting] == [flagged.number]
    task = await tasks.claim_next(session, sari, Filter(queue="p1"), await now(session))
    assert task is not None
    assert task.case.facts["identity_findings"] == ["under_age"]
    after = await tasks.complete(
        session, sari, task.id, Completion("refuse", {"identity_seen": True}, "belum 17 tahun"), await now(session)
    )
    await session.commit()
    assert (after.status, after.status_reason) == ("rejected", "not_eligible")
    assert await queues.listed(session, sari, Filter(queue="p1"), await now(session)) == []
    assert await differences() == []


async def test_who_cannot_be_reached_lapses_after_the_third_wait_and_any_contact_reopens(session, programme):
    walk = await Walk.beginning_at(session, programme, "p1", who=CHILD)
    for _ in range(3):
        await walk.do("p1.review", "contact", identity_seen=False)
        await walk.wait("p1.try_again_later")
    await walk.do("p1.review", "contact", identity_seen=False)
    case = await walk.case()
    assert (case.status, case.status_reason) == ("lapsed", "unreachable")
    await walk.command(Reopen("p1", "kontak"))
    assert await walk.at() == {"p1.review"}
    assert await differences() == []


async def test_the_same_person_with_another_nik_is_reviewed_and_merged_into_the_first_case(session, programme):
    await register(session, programme, person(1))
    walk = await Walk.beginning_at(session, programme, "p1", who=person(1, nik="3171014202800077"))
    assert "possible_duplicate" in (await walk.case()).facts["identity_findings"]
    await walk.command(Merge("OKO-2018-000001"))
    case = await walk.case()
    assert (case.status, case.status_reason) == ("merged", "OKO-2018-000001")
    assert await differences() == []

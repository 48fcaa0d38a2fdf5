"""What happens to a registrant, told stage by stage through the services."""

from datetime import date

from models.services import cases, tasks
from models.services.actor import Role
from models.services.tasks import Completion, Filter
from tests.people import differences, now, person, register, run_automation, staff


async def test_a_clear_registration_goes_straight_through_to_the_class(session, programme):
    [case] = await register(session, programme, person())
    await run_automation(session)
    after = await cases.folded(session, case.id)
    assert after.stage == "p2"
    assert after.facts["placed"] is True
    assert [p.step for p in after.positions.values()] == ["p2.enrol"]
    assert {h.message for h in after.handoffs.values()} == {"welcome", "class_invitation", "enrolment"}
    assert await differences() == []


async def test_outcomes_keep_the_order_in_which_the_definition_names_them(programme, ok_oce):
    assert list(programme.steps["p4.choose_way_out"].outcomes) == ["tax_number_done", "sku", "other_premises", "not_licensable"]
    assert programme.hash == ok_oce.hash


async def test_a_flagged_registration_waits_for_a_person_and_only_that_one(session, programme):
    child = person(1, nik="3171014101100001", birth_date=date(2010, 1, 1))
    flagged, _clear = await register(session, programme, child, person(2))
    await run_automation(session)
    sari = await staff(session, Role.STAGE_OWNER, stages="p1", areas="31.71")
    waiting = await tasks.listed(session, sari, Filter(queue="p1"), await now(session))
    assert [line.case_number for line in waiting] == [flagged.number]
    task = await tasks.claim_next(session, sari, Filter(queue="p1"), await now(session))
    assert task is not None
    assert task.case.facts["identity_findings"] == ["under_age"]
    after = await tasks.complete(
        session, sari, task.id, Completion("refuse", {"identity_seen": True}, "belum 17 tahun"), await now(session)
    )
    await session.commit()
    assert (after.status, after.status_reason) == ("rejected", "not_eligible")
    assert await tasks.listed(session, sari, Filter(queue="p1"), await now(session)) == []
    assert await differences() == []

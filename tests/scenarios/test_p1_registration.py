"""P1: who registers clearly goes on at once; what is doubtful waits for a person."""

from datetime import date

import pytest

from models.engine.commands import Merge, Reopen, Withdraw
from models.errors import Invalid
from models.services import case_view, cases, queues, tasks
from models.services.actor import MACHINE, Role
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
    waiting = (await queues.page(session, sari, Filter(queue="p1"), await now(session))).lines
    assert [line.case_number for line in waiting] == [flagged.number]
    task = await tasks.claim_next(session, sari, Filter(queue="p1"), await now(session))
    assert task is not None
    assert task.case.facts["identity_findings"] == ["under_age"]
    after = await tasks.complete(
        session, sari, task.id, Completion("refuse", {"identity_seen": True}, "belum 17 tahun"), await now(session)
    )
    await session.commit()
    assert (after.status, after.status_reason) == ("rejected", "not_eligible")
    assert (await queues.page(session, sari, Filter(queue="p1"), await now(session))).lines == []
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


async def doubled(session, programme, **changes):
    """A case that waits for review because it may be the person of OKO-2018-000001, registered before it."""
    [first] = await register(session, programme, person(1))
    walk = await Walk.beginning_at(session, programme, "p1", who=person(1, nik="3171014202800077", **changes))
    return first, walk


async def test_the_reviewer_says_that_it_is_the_same_person_and_both_cases_tell(session, programme):
    first, walk = await doubled(session, programme)
    found = (await walk.case()).facts["possible_duplicate_of"]
    assert found == first.number
    await walk.do("p1.review", "same_person", identity_seen=True, possible_duplicate_of=found)
    double, going_on = await walk.case(), await cases.folded(session, first.id)
    assert (double.status, double.status_reason, double.stage) == ("merged", first.number, "p1")
    assert (going_on.status, going_on.doubles) == ("active", [double.number])
    history = [item["words"] for item in await case_view.history(session, MACHINE, first.number, "id")]
    assert f"Berkas {double.number} orang yang sama, digabungkan ke sini" in history
    history = [item["words"] for item in await case_view.history(session, MACHINE, double.number, "en")]
    assert f"The same person: merged into case {first.number}" in history
    assert await differences() == []


async def test_a_reviewer_of_one_district_merges_into_what_the_machine_found_and_into_no_other_case_of_elsewhere(session, programme):
    first, walk = await doubled(session, programme, district="31.71.02")
    [third] = await register(session, programme, person(3))
    await run_automation(session)
    walk.manager = await staff(session, Role.STAGE_OWNER, stages="p1", areas="31.71.02", name="Budi")
    task = await tasks.claim_next(session, walk.manager, Filter(queue="p1"), await now(session))
    await session.commit()
    for wrong in (third.number, "OKO-2018-009999", walk.number):
        sent = Completion("same_person", {"identity_seen": True, "possible_duplicate_of": wrong})
        with pytest.raises(Invalid) as refused:
            await tasks.complete(session, walk.manager, task.id, sent, await now(session))
        assert [problem.field for problem in refused.value.problems] == ["possible_duplicate_of"]
        await session.rollback()
    await tasks.complete(session, walk.manager, task.id, Completion("same_person", {"identity_seen": True}), await now(session))
    await session.commit()
    assert (await walk.case()).status_reason == first.number, "the number that the machine found stands when none is typed"
    assert (await cases.folded(session, first.id)).doubles == [walk.number]
    assert await differences() == []


async def test_without_a_number_nobody_is_the_same_person(session, programme):
    walk = await Walk.beginning_at(session, programme, "p1", who=CHILD)
    with pytest.raises(Invalid) as refused:
        await walk.do("p1.review", "same_person", identity_seen=True)
    assert [(problem.field, problem.code) for problem in refused.value.problems] == [("possible_duplicate_of", "required")]


async def test_a_case_that_has_ended_takes_nobody_over(session, programme):
    first, walk = await doubled(session, programme)
    await cases.execute(session, MACHINE, first.id, Withdraw("pindah"), await now(session))
    await session.commit()
    with pytest.raises(Invalid, match="sudah berakhir"):
        await walk.do("p1.review", "same_person", identity_seen=True, possible_duplicate_of=first.number)
    await session.rollback()
    assert (await walk.case()).status == "active"


async def test_the_same_person_with_another_nik_is_reviewed_and_merged_into_the_first_case(session, programme):
    first, walk = await doubled(session, programme)
    assert "possible_duplicate" in (await walk.case()).facts["identity_findings"]
    await walk.command(Merge("OKO-2018-000001"))
    case = await walk.case()
    assert (case.status, case.status_reason) == ("merged", "OKO-2018-000001")
    assert (await cases.folded(session, first.id)).doubles == [case.number]
    assert await differences() == []


async def test_an_emptied_number_is_refused_beside_the_field_and_merges_into_nobody(session, programme):
    _, walk = await doubled(session, programme)
    for empty in ("", "  ", None):
        with pytest.raises(Invalid) as refused:
            await walk.do("p1.review", "same_person", identity_seen=True, possible_duplicate_of=empty)
        assert [(problem.field, problem.code) for problem in refused.value.problems] == [("possible_duplicate_of", "required")]
        await session.rollback()
    assert (await walk.case()).status == "active"


async def test_a_wrong_merge_is_undone_by_reopening_and_may_be_done_again(session, programme):
    first, walk = await doubled(session, programme)
    await walk.do("p1.review", "same_person", identity_seen=True)
    await walk.command(Reopen("p1", "ternyata saudara kembar"))
    assert ((await walk.case()).status, await walk.at()) == ("active", {"p1.review"})
    assert "double_merged" in [item["type"] for item in await case_view.history(session, MACHINE, first.number, "id")]
    assert await differences() == []
    await walk.command(Merge(first.number))
    assert (await cases.folded(session, first.id)).doubles == [walk.number]
    assert await differences() == []

"""P2: a place in a class, the invitation, the class day, attendance and the certificate."""

from sqlalchemy import text

from models.engine.commands import Reopen, Withdraw
from models.services.resources import give_back
from tests.people import differences, person, register, run_automation
from tests.scenarios.walk import Walk


async def test_who_attends_gets_a_certificate_and_goes_on_to_mentoring(session, programme):
    walk = await Walk.beginning_at(session, programme, "p2", business_months=24)
    assert (await walk.case()).facts["class_kind"] == "advanced"
    await walk.partner("p2.enrol", "enrolled")
    await walk.wait("p2.class_day")
    await walk.do("p2.attendance", "attended", sessions_attended=1)
    case = await walk.case()
    assert case.facts["certificate_written"] is True
    assert case.stage == "p3"
    assert await differences() == []


async def test_a_no_show_is_invited_again_and_the_third_time_a_mentor_calls(session, programme):
    walk = await Walk.beginning_at(session, programme, "p2")
    classes = []
    for _ in range(3):
        classes.append((await walk.case()).facts["class_on"])
        await walk.partner("p2.enrol", "enrolled")
        await walk.wait("p2.class_day")
        await walk.do("p2.attendance", "absent", sessions_attended=0)
    assert await walk.at() == {"p2.mentor_calls"}
    assert (await walk.case()).tasks[next(iter((await walk.case()).positions))].queue == "p3"
    assert classes == sorted(set(classes)), "each invitation is to a later class"
    await walk.do("p2.mentor_calls", "will_come", call_result="reached")
    assert await walk.at() == {"p2.enrol"}
    assert await differences() == []


async def test_when_all_seats_are_taken_people_wait_in_the_order_of_their_registration(session, programme):
    opened = await register(session, programme, *[person(n) for n in range(1, 200)], behind=("p1",))
    await run_automation(session)
    walks = [Walk(session, case.id, case.number, None) for case in opened]
    waiting = [walk for walk in walks if await walk.at() == {"p2.waiting_list"}]
    assert waiting == walks[-len(waiting) :], "who came last waits"
    await give_back(session, [opened[0].id])
    await waiting[0].wait("p2.waiting_list")
    assert await waiting[0].at() == {"p2.enrol"}, "the seat that came free goes to the first of those who wait"


async def test_a_full_class_at_the_training_centre_gives_the_seat_back(session, programme):
    walk = await Walk.beginning_at(session, programme, "p2")
    await walk.partner("p2.enrol", "full")
    assert await walk.at() == {"p2.waiting_list"}
    assert (await walk.case()).facts["placed"] is False
    await walk.wait("p2.waiting_list")
    assert await walk.at() == {"p2.enrol"}


async def test_who_withdraws_frees_the_seat_and_may_come_back(session, programme):
    walk = await Walk.beginning_at(session, programme, "p2")
    class_id = (await walk.case()).facts["class_id"]
    taken = text("SELECT taken FROM resource WHERE id = CAST(:id AS uuid)")
    assert await session.scalar(taken, {"id": class_id}) == 1
    await walk.command(Withdraw("pindah"))
    assert await session.scalar(taken, {"id": class_id}) == 0
    await walk.command(Reopen("p2", "kembali"))
    assert await walk.at() == {"p2.enrol"}
    assert await session.scalar(taken, {"id": class_id}) == 1
    await session.execute(text("UPDATE resource SET taken = taken + 1 WHERE taken = 1"))
    await session.commit()
    assert [(d.table, d.field) for d in await differences()] == [("resource", "taken")]

"""The journal is the truth: insert-only, guarded by versions, and any row that lies is found."""

import asyncio

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from models.db import driver, transaction
from models.engine.commands import CorrectData, Hold
from models.errors import Conflict, NotAllowed, NotFound
from models.services import case_view, cases, queue_counts, queues, store, tasks
from models.services.actor import MACHINE, Actor, Grant, Role
from models.services.queues import Filter
from models.services.verify import verify
from tests.people import differences, now, person, register, run_automation, staff


@pytest.mark.parametrize("statement", ["UPDATE journal SET actor = 'x'", "DELETE FROM journal", "TRUNCATE journal"])
async def test_nobody_changes_the_journal(session, programme, statement):
    await register(session, programme, person())
    with pytest.raises(DBAPIError, match="insert-only"):
        await session.execute(text(statement))


@pytest.mark.parametrize(
    ("statement", "where"),
    [
        ("UPDATE cases SET district = '31.75.01'", "cases.district"),
        ("UPDATE cases SET due_at = now()", "cases.due_at"),
        ("UPDATE cases SET state = replace(state::text, '31.71.01', '31.71.02')::json", "cases.state"),
        ("UPDATE position SET ready = true", "position.ready"),
        ("DELETE FROM position", "position.row"),
        ("UPDATE handoff SET state = 'completed'", "handoff.state"),
    ],
)
async def test_verify_finds_a_row_that_was_tampered_with(session, programme, statement, where):
    await register(session, programme, person())
    await run_automation(session)
    assert await differences() == []
    await session.execute(text(statement))
    await session.commit()
    assert where in {f"{d.table}.{d.field}" for d in await differences()}


async def test_a_case_that_changed_meanwhile_is_told_not_overwritten(session, programme):
    [case] = await register(session, programme, person())
    with pytest.raises(Conflict, match="version"):
        await cases.execute(session, MACHINE, case.id, CorrectData(("phone",)), await now(session), version=case.version - 1)


async def test_forty_people_who_claim_at_once_get_forty_different_tasks(session, programme):
    flagged = [person(n, sex="L") for n in range(1, 41)]
    await register(session, programme, *flagged)
    await run_automation(session)
    people = [await staff(session, Role.STAGE_OWNER, stages="p1", name=f"Petugas{n}") for n in range(8)]

    async def claim_until_empty(actor):
        got = []
        while True:
            async with transaction() as own:
                task = await tasks.claim_next(own, actor, Filter(queue="p1"), await now(own))
            if task is None:
                return got
            got.append(task.id)

    taken = await asyncio.gather(*(claim_until_empty(actor) for actor in people))
    everything = [task for got in taken for task in got]
    assert len(everything) == len(set(everything)) == 40
    assert await differences() == []


async def test_a_task_outside_the_stage_or_the_district_is_not_there(session, programme):
    await register(session, programme, person(1, sex="L"))
    await run_automation(session)
    here = await staff(session, Role.STAGE_OWNER, stages="p1", areas="31.71", name="Sini")
    elsewhere = await staff(session, Role.STAGE_OWNER, stages="p1", areas="31.75", name="Sana")
    [line] = (await queues.page(session, here, Filter(), await now(session))).lines
    assert (await queues.page(session, elsewhere, Filter(), await now(session))).lines == []
    assert (await queue_counts.rail_counts(session, elsewhere, await now(session)))["unassigned"] == 0
    with pytest.raises(NotFound):
        await tasks.opened(session, elsewhere, line.id)
    with pytest.raises(NotAllowed):
        await tasks.claim(session, elsewhere, line.id, await now(session))


async def test_a_mentor_claims_open_tasks_of_the_mentors_queue_in_the_own_district_only(session, programme):
    here = await staff(session, Role.MENTOR, areas="31.71.01", name="Yuni")
    await register(session, programme, person(1), person(2, district="31.75.03"), behind=("p1", "p2"))
    await run_automation(session)
    seen = {line.step for line in (await queues.page(session, here, Filter(), await now(session))).lines}
    assert seen == {"p3.visit", "p3.collect_papers"}
    assert {line.assignee for line in (await queues.page(session, here, Filter(), await now(session))).lines} == {here.id}
    [line] = (await queues.page(session, here, Filter(), await now(session), limit=1)).lines
    await tasks.release(session, here, line.id, await now(session))
    away = await staff(session, Role.MENTOR, areas="31.75.03", name="Jauh")
    with pytest.raises(NotAllowed):
        await tasks.claim(session, away, line.id, await now(session))
    other = await staff(session, Role.MENTOR, areas="31.71", name="Tetangga")
    await tasks.claim(session, other, line.id, await now(session))


async def test_what_the_driver_does_first_is_rolled_back_with_the_rest(session, programme):
    [case] = await register(session, programme, person())

    async def fails():
        async with transaction() as own:
            await (await driver(own)).execute("UPDATE cases SET updated_at = now() WHERE id = $1::uuid", case.id)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fails()
    assert await session.scalar(text("SELECT count(*) FROM cases WHERE updated_at > now() - interval '1 hour'")) == 0


async def test_verify_sees_one_moment_while_others_write(session, programme, monkeypatch):
    monkeypatch.setattr("models.services.verify.BATCH", 1)
    opened = await register(session, programme, person(1), person(2))
    found = []
    async with transaction() as own:
        async for _, batch in verify(own):
            found += batch
            for case in opened:
                await cases.execute(session, MACHINE, case.id, CorrectData(("phone",)), await now(session))
            await session.commit()
    assert found == []


async def test_the_feed_waits_for_an_event_that_is_still_being_committed(session, programme):
    one, two = await register(session, programme, person(1), person(2))
    seen = (await case_view.journal(session, MACHINE, limit=5000))[-1]["position"]
    moment = await now(session)
    await cases.execute(session, MACHINE, one.id, CorrectData(("phone",)), moment)
    async with transaction() as quicker:
        await cases.execute(quicker, MACHINE, two.id, CorrectData(("phone",)), moment)

    async def read():
        async with transaction() as reader:
            return await case_view.journal(reader, MACHINE, after=seen)

    reading = asyncio.create_task(read())
    await asyncio.sleep(0.2)
    assert not reading.done(), "the earlier event is not committed yet"
    await session.commit()
    assert [event["case_number"] for event in await reading] == [one.number, two.number]


async def test_the_feed_waits_for_whoever_began_to_write_last_but_got_the_earlier_position(session, programme):
    one, two = await register(session, programme, person(1), person(2))
    moment = await now(session)
    seen = (await case_view.journal(session, MACHINE, limit=5000))[-1]["position"]
    async with transaction() as first:
        await store.load(first, [two.id])
        await cases.execute(session, MACHINE, one.id, CorrectData(("phone",)), moment)
        await cases.execute(first, MACHINE, two.id, CorrectData(("phone",)), moment)

    async def read():
        async with transaction() as reader:
            return await case_view.journal(reader, MACHINE, after=seen)

    reading = asyncio.create_task(read())
    await asyncio.sleep(0.2)
    assert not reading.done(), "no later transaction has ended, so a snapshot does not list this one among the running"
    await session.commit()
    assert [event["case_number"] for event in await reading] == [one.number, two.number]


async def test_a_case_on_hold_leaves_the_queue_and_does_not_block_claim_next(session, programme):
    first, second = await register(session, programme, person(1, sex="L"), person(2, sex="L"))
    await run_automation(session)
    sari = await staff(session, Role.STAGE_OWNER, stages="p1")
    await cases.execute(session, MACHINE, first.id, Hold("sakit"), await now(session))
    assert [line.case_number for line in (await queues.page(session, sari, Filter(), await now(session))).lines] == [second.number]
    task = await tasks.claim_next(session, sari, Filter(queue="p1"), await now(session))
    assert task is not None
    assert task.case_number == second.number
    assert await tasks.claim_next(session, sari, Filter(queue="p1"), await now(session)) is None
    await session.commit()
    assert await differences() == []


async def test_claim_next_passes_over_a_task_whose_case_somebody_is_changing(session, programme):
    first, second = await register(session, programme, person(1, sex="L"), person(2, sex="L"))
    await run_automation(session)
    sari = await staff(session, Role.STAGE_OWNER, stages="p1")
    async with transaction() as busy:
        await cases.execute(busy, MACHINE, first.id, CorrectData(("phone",)), await now(busy))
        task = await tasks.claim_next(session, sari, Filter(queue="p1"), await now(session))
        assert task is not None
        assert task.case_number == second.number


async def test_a_mentor_with_another_role_claims_in_the_mentors_queue_only(session, programme):
    both = Actor("x", "Yuni", "user", (Grant(Role.MENTOR), Grant(Role.STAGE_OWNER, frozenset({"p2"}))))
    assert await queues.own_queues(session, both) == ["p3"]

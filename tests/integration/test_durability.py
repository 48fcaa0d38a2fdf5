"""One that is broken does not stop the others; outages are nobody's fault; work never depends on a worker's own clock."""

import asyncio
from datetime import timedelta
from itertools import pairwise

import pytest
from sqlalchemy import text

from flows.deliver_handoffs import deliver_handoffs
from flows.heartbeat import Heartbeat, in_hand
from flows.run_cases import work_off
from flows.watch_deadlines import ring_batch
from models import clock, db
from models.clock import set_programme_time, system_now
from models.db import is_outage, transaction
from models.services import automation, case_view, handoffs, incidents, tasks, workers
from models.services.actor import MACHINE
from models.services.queues import Filter
from models.services.tasks import Completion
from tests.integration.test_partners import sandbox
from tests.people import MONDAY, differences, now, person, register, run_automation, staff

HOUR = timedelta(hours=1)


async def steps(session):
    """Where each case stands, by number."""
    rows = await session.execute(text("SELECT c.number, p.step FROM position p JOIN cases c ON c.id = p.case_id ORDER BY 1"))
    return {row.number: row.step for row in rows}


async def open_incidents(session):
    """Cause, detail and step of each open incident."""
    found = await incidents.listed(session, MACHINE)
    return [(incident["cause"], incident["detail"], incident["step"]) for incident in found]


async def spoil(session, case):
    """Make a case's row unreadable."""
    await session.execute(text("UPDATE cases SET state = '[]' WHERE id = CAST(:id AS uuid)"), {"id": case.id})
    await session.commit()


async def retry_all(session):
    """A person retries whatever is open."""
    for incident in await incidents.listed(session, MACHINE):
        await incidents.resolve(session, MACHINE, incident["id"], await now(session), retry=True)
    await session.commit()


async def test_a_case_whose_row_cannot_be_read_is_one_incident_and_its_batch_goes_on(session, programme):
    opened = await register(session, programme, *[person(n) for n in range(1, 8)])
    await spoil(session, opened[3])
    await run_automation(session)
    await run_automation(session)
    at = await steps(session)
    assert at.pop(opened[3].number) == "p1.check_identity"
    assert set(at.values()) == {"p2.enrol"}
    assert await open_incidents(session) == [("unreadable_case", opened[3].number, "p1.check_identity")]
    await retry_all(session)
    await run_automation(session)
    assert set((await steps(session)).values()) == {"p2.enrol"}
    assert await open_incidents(session) == []
    assert await differences() == []


async def test_a_person_whose_data_cannot_be_read_stops_nobody_else(session, programme):
    opened = await register(session, programme, *[person(n) for n in range(1, 6)])
    broken = "UPDATE participant SET nik_encrypted = '\\x00' WHERE id = CAST(:id AS uuid)"
    await session.execute(text(broken), {"id": opened[0].participant})
    await session.commit()
    await run_automation(session)
    assert [cause for cause, _, _ in await open_incidents(session)] == ["action_failed"]
    assert list((await steps(session)).values()).count("p2.enrol") == 4
    assert await differences() == []


async def test_a_hand_off_of_a_case_that_cannot_be_read_stops_no_other(session, programme, tmp_path, monkeypatch):
    opened = await register(session, programme, *[person(n) for n in range(1, 5)])
    await run_automation(session)
    await spoil(session, opened[1])
    async with sandbox(tmp_path, answer_after=60) as url:
        for name in ("MESSAGES", "LMS"):
            monkeypatch.setenv(f"LANGKAH_PARTNER_{name}_URL", url)
        total = await session.scalar(text("SELECT count(*) FROM handoff"))
        assert (await deliver_handoffs.fn("test"))["sent"] == total * 3 / 4
        assert {cause for cause, _, _ in await open_incidents(session)} == {"unreadable_case"}
        assert await deliver_handoffs.fn("test") == {"sent": 0, "failed": 0}
        await retry_all(session)
        assert (await deliver_handoffs.fn("test"))["sent"] == total / 4
    assert await differences() == []


async def test_an_alarm_of_a_case_that_cannot_be_read_silences_no_other(session, programme):
    opened = await register(session, programme, *[person(n, sex="L") for n in range(1, 5)])
    await run_automation(session)
    await spoil(session, opened[2])
    await set_programme_time(session, MONDAY + timedelta(days=30))
    await session.commit()
    while await ring_batch():
        pass
    passed = text("SELECT count(DISTINCT case_id) FROM journal WHERE type = 'deadline_passed'")
    assert await session.scalar(passed) == 3
    assert await open_incidents(session) == [("unreadable_case", opened[2].number, "p1.review")]
    await retry_all(session)
    while await ring_batch():
        pass
    assert await session.scalar(passed) == 4
    assert await differences() == []


async def test_a_database_that_cuts_a_worker_off_is_no_incident(session, programme):
    [case, *_] = await register(session, programme, person(1), person(2))
    ready = await automation.lease(session, "test", 10)
    await session.commit()
    await session.execute(text("SELECT 1 FROM cases WHERE id = CAST(:id AS uuid) FOR UPDATE"), {"id": case.id})
    working = asyncio.create_task(work_off("test", ready, None))
    waiting = text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND pid <> pg_backend_pid()")
    cut_off = False
    while not cut_off:
        async with transaction() as other:  # within one transaction the activity looks as it did at first
            cut_off = bool((await other.execute(waiting)).all())
    with pytest.raises(Exception) as cut:
        await working
    await session.rollback()
    assert is_outage(cut.value)
    assert await open_incidents(session) == []
    await work_off("test", ready, None)
    assert "p1.check_identity" not in (await steps(session)).values()


async def test_what_a_dead_worker_held_comes_back_and_what_a_living_one_holds_does_not(session, programme):
    await register(session, programme, *[person(n) for n in range(1, 4)])
    for owner in ("alive", "dead"):
        assert len(await automation.lease(session, owner, 1)) == 1
    await session.execute(
        text(
            "INSERT INTO worker_heartbeat (worker_id, host, pid, seen_at) VALUES"
            " ('alive', 'h', 1, now()), ('dead', 'h', 2, now() - interval '1 minute')"
        )
    )
    await session.commit()
    up = text("SELECT extract(epoch FROM now() - pg_postmaster_start_time())")
    while float(await session.scalar(up)) <= workers.DEAD_AFTER_SECONDS:
        assert await workers.living(session) == {"alive", "dead"}, "the database has only just come back"
        await session.commit()
        await asyncio.sleep(0.5)
    await session.commit()
    heart = Heartbeat("third")
    heart.start()
    for _ in range(100):
        free = set(await session.scalars(text("SELECT lease_owner FROM position WHERE lease_until <= now()")))
        await session.commit()
        if free:
            break
        await asyncio.sleep(0.05)
    assert free == {"dead"}
    assert await workers.living(session) == {"alive", "third"}
    await asyncio.to_thread(heart.stop)
    assert await workers.living(session) == {"alive"}


async def test_what_a_worker_leased_without_its_knowing_comes_back_and_what_it_has_in_hand_does_not(session, programme):
    await register(session, programme, person(1), person(2), person(3))
    known, lost = await automation.lease(session, "worker", 2)
    fresh = await automation.lease(session, "worker", 1)
    past = text("UPDATE position SET lease_until = lease_until - interval '21 seconds' WHERE id IN (CAST(:a AS uuid), CAST(:b AS uuid))")
    await session.execute(past, {"a": known.position, "b": lost.position})
    await session.commit()
    heart = Heartbeat("worker")
    with in_hand([known.position]):
        heart.start()
        again = []
        for _ in range(100):
            again += await automation.lease(session, "other", 3)
            await session.commit()
            await asyncio.sleep(0.05 if not again else 0)
    await asyncio.to_thread(heart.stop)
    assert [found.position for found in again] == [lost.position]
    assert await automation.still_mine(session, "worker", [known.position, fresh[0].position]) == {known.position, fresh[0].position}


@pytest.fixture
def skew(monkeypatch):
    """Let this process's clock go wrong."""

    def wrong_by(by):
        monkeypatch.setattr(clock, "system_now", lambda: system_now() + by)

    return wrong_by


@pytest.mark.parametrize("by", [HOUR, -HOUR])
async def test_a_worker_whose_clock_is_wrong_takes_nothing_from_others_and_waits_for_nothing(session, programme, skew, by):
    await register(session, programme, *[person(n) for n in range(1, 4)])
    assert len(await automation.lease(session, "right", 2)) == 2
    await session.commit()
    skew(by)
    assert len(await automation.lease(session, "wrong", 10)) == 1
    await automation.give_back(session, "wrong", [], 0)
    assert await handoffs.lease_due(session, "wrong", 10) == []
    await session.rollback()


async def test_a_clock_that_jumps_to_and_fro_loses_no_event_and_keeps_their_order(session, programme, skew):
    await register(session, programme, *[person(n, sex="L") for n in range(1, 4)])
    await run_automation(session)
    sari = await staff(session, stages="p1")
    for by in (-HOUR, HOUR, -HOUR):
        skew(by)
        task = await tasks.claim_next(session, sari, Filter(queue="p1"), await now(session))
        assert task is not None
        await tasks.complete(
            session, sari, task.id, Completion("accept", {"identity_seen": True}, version=task.version), await now(session)
        )
        await run_automation(session)
    assert set((await steps(session)).values()) == {"p2.enrol"}
    told = await case_view.journal(session, MACHINE, limit=5000)
    assert [event["position"] for event in told] == sorted({event["position"] for event in told})
    assert len(told) == await session.scalar(text("SELECT count(*) FROM journal"))
    assert any(later["recorded_at"] < earlier["recorded_at"] for earlier, later in pairwise(told))
    assert await differences() == []


async def test_a_deadline_outlives_a_restart_and_rings_once_however_the_clock_jumps(session, database, programme, skew):
    await register(session, programme, person(1, sex="L"))
    await run_automation(session)
    await set_programme_time(session, MONDAY + timedelta(days=30))
    await session.commit()
    while await ring_batch():
        pass
    await register(session, programme, person(2, sex="L"), at=MONDAY)
    await run_automation(session)
    alarm = await session.scalar(text("SELECT min(alarm_at) FROM position WHERE alarm_at IS NOT NULL"))
    await set_programme_time(session, alarm - timedelta(minutes=30))
    await session.commit()
    await db.engine().dispose()
    db.connect(database)
    assert await ring_batch() == 0
    skew(-HOUR)
    assert await ring_batch() == 0
    skew(HOUR)
    assert await ring_batch() == 1
    skew(-HOUR)
    skew(HOUR)
    assert await ring_batch() == 0
    warned = text("SELECT count(*) FROM journal j JOIN cases c ON c.id = j.case_id WHERE j.type = 'deadline_warned' AND c.number LIKE '%2'")
    async with transaction() as fresh:
        assert await fresh.scalar(warned) == 1
    assert await differences() == []

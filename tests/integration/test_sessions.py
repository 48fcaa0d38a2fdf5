"""A session's transaction is one, whether it began on the driver or through SQLAlchemy."""

import pytest
from sqlalchemy import text

from models import db

WRITE = "INSERT INTO setting (key, value) VALUES ($1, 'true')"
WROTE = text("SELECT array_agg(key ORDER BY key) FROM setting WHERE key LIKE 'mixed%'")


async def write(session, key):
    await (await db.driver(session)).execute(WRITE, key)


async def insert(session, key):
    await session.execute(text("INSERT INTO setting (key, value) VALUES (:key, 'true')"), {"key": key})


async def stored():
    async with db.transaction() as session:
        return await session.scalar(WROTE)


@pytest.mark.parametrize("order", [(write, insert), (insert, write), (write, write), (write, insert, write)])
async def test_both_ways_of_writing_commit_and_roll_back_together(database, order):
    async with db.Session() as session:
        for number, way in enumerate(order):
            await way(session, f"mixed{number}")
    assert await stored() is None
    async with db.transaction() as session:
        for number, way in enumerate(order):
            await way(session, f"mixed{number}")
        assert await stored() is None
    assert await stored() == [f"mixed{number}" for number in range(len(order))]


async def test_a_session_goes_on_after_its_commit_and_after_a_refused_statement(database):
    async with db.Session() as session:
        await write(session, "mixed1")
        await session.commit()
        with pytest.raises(Exception, match="duplicate key"):
            await write(session, "mixed1")
        await session.rollback()
        await write(session, "mixed2")
        await session.commit()
    assert await stored() == ["mixed1", "mixed2"]
    assert db.engine().sync_engine.pool.checkedout() == 0


async def test_what_waits_for_the_commit_is_done_once_and_never_after_a_rollback(database):
    told = []
    async with db.Session() as session:
        await write(session, "mixed1")
        db.when_committed(session, "tell", lambda: told.append("first"))
        db.when_committed(session, "tell", lambda: told.append("second"))
        await session.rollback()
        assert told == []
        db.when_committed(session, "tell", lambda: told.append("third"))
        await session.commit()
        await session.commit()
    assert told == ["third"]


async def test_a_connection_whose_server_process_is_gone_is_replaced_unnoticed(database):
    async with db.transaction() as session:
        process = await (await db.driver(session)).fetchval("SELECT pg_backend_pid()")
    async with db.transaction() as session, db.transaction() as other:
        assert await (await db.driver(session)).fetchval("SELECT pg_backend_pid()") == process
        await (await db.driver(other)).execute("SELECT 1")
    async with db.Session() as killer:
        raw = await db.driver(killer)
        if await raw.fetchval("SELECT pg_backend_pid()") == process:
            async with db.transaction() as second:
                process = await (await db.driver(second)).fetchval("SELECT pg_backend_pid()")
        await raw.execute("SELECT pg_terminate_backend($1, 5000)", process)
    async with db.transaction() as session, db.transaction() as other:
        assert {await (await db.driver(one)).fetchval("SELECT 1") for one in (session, other)} == {1}

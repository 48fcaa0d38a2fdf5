"""An upgrade beside programs of the previous version: they go on reading and writing, and are not kept waiting.

What a program of a revision says to the database is what its schema holds: it reads and writes the columns that were there
then, and names the unique keys that were there then. So each revision is built, its columns and keys are noted, and exactly
these statements are run on the next one.
"""

import asyncio
import time
from collections import defaultdict

import asyncpg
import pytest
from alembic import command
from alembic.script import ScriptDirectory

from models import schema
from tests.people import person, register, run_automation

COLUMNS = (
    "SELECT table_name, column_name, data_type FROM information_schema.columns"
    " WHERE table_schema = 'public' AND table_name <> 'alembic_version' ORDER BY 1, ordinal_position"
)
KEYS = "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' AND indexdef LIKE 'CREATE UNIQUE%' AND tablename <> 'alembic_version'"
# The key of messages gained the partner before anybody ran the first version.
BEFORE_THE_FIRST_RELEASE = {"0002": {"key CREATE UNIQUE INDEX partner_message_pkey ON public.partner_message USING btree (id)"}}


class Program:
    """The statements of a program of one revision: columns by table with their types, and unique keys."""

    def __init__(self, columns: list[asyncpg.Record], keys: list[asyncpg.Record]) -> None:
        self.tables: dict[str, dict[str, str]] = defaultdict(dict)
        for table, column, kind in columns:
            self.tables[table][column] = kind
        self.keys = {row[0] for row in keys}

    @classmethod
    async def of(cls, url: str) -> "Program":
        """What a database offers to a program of its revision."""
        connection = await asyncpg.connect(url)
        try:
            return cls(await connection.fetch(COLUMNS), await connection.fetch(KEYS))
        finally:
            await connection.close()

    async def troubles(self, url: str) -> set[str]:
        """Which of its statements fail on a database: each table is read, and a row written with its columns alone."""
        there, found = await Program.of(url), set[str]()
        connection = await asyncpg.connect(url)
        for table, columns in self.tables.items():
            names = ", ".join(f'"{name}"' for name in columns)
            for statement in (
                f"SELECT {names} FROM {table} LIMIT 1",
                f"INSERT INTO {table} ({names}) SELECT {names} FROM {table} LIMIT 1 ON CONFLICT DO NOTHING",
            ):
                try:
                    await connection.execute(statement)
                except asyncpg.PostgresError as error:
                    found.add(f"{table}: {error}")
            found |= {f"{table}.{c} is now {there.tables[table][c]}" for c, k in columns.items() if there.tables[table].get(c, k) != k}
        await connection.close()
        return found | {f"key {key}" for key in self.keys - there.keys}


def empty(cluster, name: str) -> str:
    """A new database without a schema."""
    cluster.sql(f'CREATE DATABASE "{name}"')
    return cluster.url(name)


async def test_a_program_of_each_revision_goes_on_working_on_the_next_one(cluster, session, programme, database):
    await register(session, programme, person(1))
    await run_automation(session)
    revisions = [item.revision for item in reversed(list(ScriptDirectory.from_config(schema.configuration(database)).walk_revisions()))]
    url = await asyncio.to_thread(empty, cluster, "step_by_step")
    previous: Program | None = None
    for revision in revisions:
        await asyncio.to_thread(command.upgrade, schema.configuration(url), revision)
        if previous is not None:
            assert await previous.troubles(url) == BEFORE_THE_FIRST_RELEASE.get(revision, set()), revision
        if revision == revisions[-2]:
            # The last step also with real rows.
            assert await (await Program.of(url)).troubles(database) == set()
        previous = await Program.of(url)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ("ALTER TABLE task DROP COLUMN priority", 'task: column "priority"'),
        ("ALTER TABLE task RENAME COLUMN priority TO weight", 'task: column "priority"'),
        ("ALTER TABLE task ADD colour text NOT NULL DEFAULT 'x'; ALTER TABLE task ALTER colour DROP DEFAULT", "task: null value"),
        ("ALTER TABLE cases ALTER COLUMN version TYPE bigint", "cases.version is now bigint"),
        ("ALTER TABLE run_case DROP CONSTRAINT run_case_pkey", "key CREATE UNIQUE INDEX run_case_pkey"),
    ],
)
async def test_a_change_that_an_older_program_cannot_stand_is_found(session, programme, database, change, told):
    opened = await register(session, programme, person(1, sex="L"))
    await run_automation(session)
    assert opened
    older = await Program.of(database)
    connection = await asyncpg.connect(database)
    await connection.execute(change)
    await connection.close()
    assert [trouble for trouble in await older.troubles(database) if trouble.startswith(told)]


async def test_a_migration_lets_others_pass_while_a_table_is_in_use_and_ends_when_it_is_free(cluster):
    url = await asyncio.to_thread(empty, cluster, "in_use")
    await asyncio.to_thread(command.upgrade, schema.configuration(url), "0001")
    holder, reader = await asyncpg.connect(url), await asyncpg.connect(url)
    holding = holder.transaction()
    await holding.start()
    await holder.execute("LOCK TABLE task IN ACCESS SHARE MODE")
    upgrading = asyncio.create_task(asyncio.to_thread(schema.upgrade, url))
    await asyncio.sleep(2)
    began, slowest = time.monotonic(), 0.0
    while time.monotonic() - began < 5:
        asked = time.monotonic()
        await reader.fetchval("SELECT count(*) FROM task")
        slowest = max(slowest, time.monotonic() - asked)
        await asyncio.sleep(0.1)
    assert not upgrading.done()
    assert slowest < 4
    await holding.rollback()
    await upgrading
    assert await reader.fetchval("SELECT version_num FROM alembic_version") == schema.head()
    await holder.close()
    await reader.close()

"""The limit: hand-written SQL through asyncpg that makes the same writes durable and does nothing else.

A transition is one journal row, one task closed, one opened and the case's row, with synchronous commit. The tables hold
what such a program would hold, with the indexes that its queue, its history and its weekly figures need.
"""

import asyncio
import uuid
from datetime import UTC, datetime, timedelta

import asyncpg

SCHEMA = """
CREATE SCHEMA IF NOT EXISTS limit_;
SET search_path = limit_;
DROP TABLE IF EXISTS journal, task, cases;
CREATE TABLE cases (id uuid PRIMARY KEY, number text UNIQUE NOT NULL, programme text NOT NULL, district text NOT NULL, stage text NOT NULL,
  status text NOT NULL, version int NOT NULL, opened_at timestamptz NOT NULL, due_at timestamptz, facts jsonb NOT NULL);
CREATE INDEX ON cases (programme, stage, district);
CREATE TABLE task (id uuid PRIMARY KEY, case_id uuid NOT NULL REFERENCES cases, step text NOT NULL, queue text NOT NULL,
  district text NOT NULL, state text NOT NULL, assignee text, due_at timestamptz, opened_at timestamptz NOT NULL, closed_at timestamptz);
CREATE INDEX ON task (queue, district, due_at, id) WHERE state = 'open';
CREATE INDEX ON task (case_id);
CREATE TABLE journal (position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, case_id uuid NOT NULL REFERENCES cases,
  sequence int NOT NULL, at timestamptz NOT NULL, actor text NOT NULL, type text NOT NULL, stage text NOT NULL,
  district text NOT NULL, data jsonb NOT NULL);
CREATE UNIQUE INDEX ON journal (case_id, sequence);
CREATE INDEX ON journal (at);
"""
ONE = """
WITH j AS (INSERT INTO limit_.journal (case_id, sequence, at, actor, type, stage, district, data)
             VALUES ($1, $2 + 1, $6, $7, 'step_done', 's1', $8, $9)),
     done AS (UPDATE limit_.task SET state = 'done', assignee = $7, closed_at = $6 WHERE id = $3 AND state = 'open'),
     opened AS (INSERT INTO limit_.task (id, case_id, step, queue, district, state, due_at, opened_at)
             VALUES ($4, $1, $5, 's1', $8, 'open', $10, $6))
UPDATE limit_.cases SET version = version + 1, due_at = $10, facts = facts || $9 WHERE id = $1 AND version = $2
"""
MANY = """
WITH n AS (SELECT * FROM unnest($1::uuid[], $2::int[], $3::uuid[], $4::uuid[], $8::text[])
             AS n(case_id, version, old, new, district)),
     j AS (INSERT INTO limit_.journal (case_id, sequence, at, actor, type, stage, district, data)
             SELECT case_id, version + 1, $6, $7, 'step_done', 's1', district, $9 FROM n),
     done AS (UPDATE limit_.task t SET state = 'done', assignee = $7, closed_at = $6 FROM n WHERE t.id = n.old AND t.state = 'open'),
     opened AS (INSERT INTO limit_.task (id, case_id, step, queue, district, state, due_at, opened_at)
             SELECT new, case_id, $5, 's1', district, 'open', $10, $6 FROM n)
UPDATE limit_.cases c SET version = c.version + 1, due_at = $10, facts = c.facts || $9 FROM n
 WHERE c.id = n.case_id AND c.version = n.version
"""
ACTOR = "0d2c5f4e-6f0b-4c0e-9d53-1f4f7f0f9a11"
ANSWER = '{"seen": true, "amount": 7}'


class Limit:
    """Cases of the baseline and their current task."""

    def __init__(self, url: str) -> None:
        self._url = url
        self.cases: list[tuple[uuid.UUID, str]] = []
        self.version: dict[uuid.UUID, int] = {}
        self.task: dict[uuid.UUID, uuid.UUID] = {}

    async def fill(self, count: int) -> None:
        """Fresh tables with so many cases, each with an open task."""
        connection = await asyncpg.connect(self._url)
        await connection.execute(SCHEMA)
        now = datetime(2018, 1, 8, 3, tzinfo=UTC)
        rows = [(uuid.uuid4(), f"L{n:07d}", f"31.71.{n % 44 + 1:02d}", uuid.uuid4()) for n in range(count)]
        await connection.copy_records_to_table(
            "cases", schema_name="limit_", records=[(i, number, "bench", d, "s1", "active", 0, now, now, "{}") for i, number, d, _ in rows]
        )
        await connection.copy_records_to_table(
            "task", schema_name="limit_", records=[(t, i, "w01", "s1", d, "open", None, now, now, None) for i, _, d, t in rows]
        )
        await connection.execute("ANALYZE limit_.cases, limit_.task")
        await connection.close()
        self.cases = [(i, d) for i, _, d, _ in rows]
        self.version = dict.fromkeys((i for i, _, _, _ in rows), 0)
        self.task = {i: t for i, _, _, t in rows}

    def _step(self, case: uuid.UUID) -> tuple[int, uuid.UUID, uuid.UUID]:
        version, old, new = self.version[case], self.task[case], uuid.uuid4()
        self.version[case], self.task[case] = version + 1, new
        return version, old, new

    async def one_by_one(self, transitions: int, connections: int = 1) -> int:
        """Transitions, one statement and commit each, spread over connections (e_cte: 1, e_async: 8)."""
        opened = [await asyncpg.connect(self._url) for _ in range(connections)]

        async def work(connection: asyncpg.Connection, place: int) -> None:
            statement = await connection.prepare(ONE)
            for n in range(place, transitions, connections):
                case, district = self.cases[n % len(self.cases)]
                version, old, new = self._step(case)
                now = datetime.now(UTC)
                await statement.fetch(case, version, old, new, "w02", now, ACTOR, district, ANSWER, now + timedelta(days=5))

        await asyncio.gather(*(work(connection, place) for place, connection in enumerate(opened)))
        for connection in opened:
            await connection.close()
        return transitions

    async def batches(self, rounds: int, size: int = 500) -> int:
        """Transitions, `size` cases in one statement and transaction (e_batch); returns how many."""
        connection = await asyncpg.connect(self._url)
        statement = await connection.prepare(MANY)
        done = 0
        for n in range(rounds):
            part = [self.cases[(n * size + k) % len(self.cases)] for k in range(min(size, len(self.cases)))]
            steps = [self._step(case) for case, _ in part]
            now = datetime.now(UTC)
            versions, olds, news = zip(*steps, strict=True)
            await statement.fetch(
                [c for c, _ in part], versions, olds, news, "w02", now, ACTOR, [d for _, d in part], ANSWER, now + timedelta(days=5)
            )
            done += len(part)
        await connection.close()
        return done

    async def bytes_per_case(self) -> float:
        """What the tables and their indexes take, divided by the cases."""
        connection = await asyncpg.connect(self._url)
        await connection.execute("VACUUM FULL limit_.cases, limit_.task, limit_.journal")
        size = await connection.fetchval(
            "SELECT sum(pg_total_relation_size(format('limit_.%I', t)::regclass)) FROM unnest(ARRAY['cases','task','journal']) t"
        )
        await connection.close()
        return float(size) / len(self.cases)

"""What a finished case costs on disk: all its rows and their indexes, beside the hand-written program's."""

from typing import Any

from sqlalchemy import text

from flows.alone import drain
from models.db import transaction
from models.engine.commands import ClaimTask, CompleteTask
from models.services import batch
from tests.benchmarks.bench_database import ANSWERS, STAFF, START, bench_database, open_cases
from tests.benchmarks.limit import Limit
from tests.benchmarks.measure import Figure
from tests.benchmarks.programme import HUMAN, TRANSITIONS

CASES, NAME = 2000, "bench_storage"
TABLES = ("cases", "journal", "position", "task", "handoff", "incident")


async def run(cluster: Any) -> list[Figure]:
    """Bytes per case that went the whole way, both after a rewrite without holes."""
    async with bench_database(cluster, NAME) as (url, definition):
        limit = Limit(url)
        await limit.fill(CASES)
        await limit.batches(CASES * (TRANSITIONS - 1) // 500)
        await open_cases(definition, 0, CASES)
        for _ in range(HUMAN):
            await everybody_works()
        await drain("bench")
        used = _used(cluster)
        return [Figure("bytes_per_finished_case", "bytes", used / CASES, "hand-written", await limit.bytes_per_case(), CASES, 1)]


async def everybody_works() -> None:
    """Every open task is claimed and completed once."""
    async with transaction() as session:
        rows = list(await session.execute(text("SELECT id::text, case_id::text FROM task WHERE state = 'open'")))
    for start in range(0, len(rows), 500):
        async with transaction() as session:
            commands = {
                case: [ClaimTask(task, STAFF.id), CompleteTask(task, STAFF.id, "done", ANSWERS)] for task, case in rows[start : start + 500]
            }
            await batch.carry(session, STAFF, commands, START)


def _used(cluster: Any) -> float:
    for table in TABLES:
        cluster.sql(f"VACUUM FULL {table}", NAME)
    sizes = " + ".join(f"pg_total_relation_size('{table}')" for table in TABLES)
    return float(cluster.sql(f"SELECT {sizes}", NAME))

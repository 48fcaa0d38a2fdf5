"""What a person waits for: claim and complete through the service layer, beside one hand-written statement each."""

import asyncio
from collections.abc import Sequence
from typing import Any

from models.clock import programme_now
from models.db import transaction
from models.services import tasks
from models.services.tasks import Completion
from tests.benchmarks.bench_database import STAFF, bench_database, open_cases
from tests.benchmarks.limit import Limit
from tests.benchmarks.measure import Figure, side_by_side

CASES, COMMANDS, REPEATS = 5000, 800, 5
ANSWERS = {"seen": "yes", "amount": "7"}


async def run(cluster: Any) -> list[Figure]:
    """Commands a second on one connection and on eight, as shares of e_cte and e_async."""
    async with bench_database(cluster, "bench_interactive") as (url, definition):
        await open_cases(definition, 0, CASES)
        limit = Limit(url)
        await limit.fill(CASES)
        mine = await _open_tasks()

        async def commands(concurrent: int) -> int:
            chosen = [mine.pop() for _ in range(COMMANDS // 2)]
            await asyncio.gather(*(_claim_and_complete(chosen[k::concurrent]) for k in range(concurrent)))
            return COMMANDS

        one, e_cte, eight, e_async = await side_by_side(
            REPEATS,
            lambda: commands(1),
            lambda: limit.one_by_one(COMMANDS),
            lambda: commands(8),
            lambda: limit.one_by_one(COMMANDS * 2, 8),
        )
    return [
        Figure("interactive_1", "commands/s", one, "e_cte", e_cte, COMMANDS, REPEATS),
        Figure("interactive_8", "commands/s", eight, "e_async", e_async, COMMANDS, REPEATS),
    ]


async def _open_tasks() -> list[str]:
    from sqlalchemy import text

    async with transaction() as session:
        return [row[0] for row in await session.execute(text("SELECT id::text FROM task WHERE state = 'open'"))]


async def _claim_and_complete(ids: Sequence[str]) -> None:
    for task_id in ids:
        async with transaction() as session:
            await tasks.claim(session, STAFF, task_id, await programme_now(session))
        async with transaction() as session:
            await tasks.complete(session, STAFF, task_id, Completion("done", ANSWERS), await programme_now(session))

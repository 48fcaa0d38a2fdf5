"""What people look at all day: a queue's first page with its count, and one week's figures, beside the bare queries."""

from datetime import timedelta
from typing import Any

import asyncpg

from models.clock import programme_now
from models.db import transaction
from models.definitions.calendar import Week
from models.definitions.definition import Definition
from models.services import figures, queues, settled
from models.services.figures import Frame
from models.services.queues import Filter
from tests.benchmarks.bench_database import STAFF, START, bench_database
from tests.benchmarks.grown import grow
from tests.benchmarks.measure import Figure, milliseconds

NAME, DISTRICT = "bench_lists", "31.71.07"
LIST = (
    "SELECT t.id, t.step, t.due_at, t.state, t.assignee, c.number, p.name FROM task t JOIN cases c ON c.id = t.case_id"
    " JOIN participant p ON p.id = c.participant_id"
    " WHERE t.state IN ('open','claimed') AND NOT t.held AND t.queue = 's1' AND t.district = $1 ORDER BY t.due_at, t.id LIMIT 50"
)
COUNT = "SELECT count(*) FROM task WHERE state IN ('open','claimed') AND NOT held AND queue = 's1' AND district = $1"
MOVED = (
    "SELECT type, data->>'stage', data->>'district', count(*) FROM journal"
    " WHERE type IN ('stage_entered','stage_finished','stage_left') AND position > $1 AND position <= $2 GROUP BY 1, 2, 3"
)
STAND = (
    "SELECT district, stage, count(*), count(*) FILTER (WHERE status = 'active' AND due_at < $1) FROM cases"
    " WHERE status IN ('active','on_hold') GROUP BY 1, 2"
)


async def run(cluster: Any, size: int = 40_000) -> list[Figure]:
    """Medians in milliseconds with `size` open tasks and cases."""
    async with bench_database(cluster, NAME) as (url, definition):
        await grow(cluster, NAME, definition, size)
        bare = await asyncpg.connect(url)
        try:
            return [await _task_list(bare, size), await _week(bare, definition, size)]
        finally:
            await bare.close()


async def _task_list(bare: Any, size: int) -> Figure:
    chosen = Filter(queue="s1", district=DISTRICT)

    async def page() -> None:
        async with transaction() as session:
            now = await programme_now(session)
            await queues.page(session, STAFF, chosen, now, limit=50)

    async def limit() -> None:
        await bare.fetch(LIST, DISTRICT)
        await bare.fetch(COUNT, DISTRICT)

    await milliseconds(limit, 5)
    await milliseconds(page, 5)
    return Figure("task_list", "ms", await milliseconds(page, 40), "bare queries", await milliseconds(limit, 40), size, 40)


async def _week(bare: Any, definition: Definition, size: int) -> Figure:
    week, moment = Week.parse("2018-W11"), START + timedelta(weeks=10)

    async def counted() -> None:
        async with transaction() as session:
            upto = await settled.settled_position(session)
            await figures.figures(session, Frame.of(definition), week, upto, moment=moment, frozen=False)

    async def limit() -> None:
        upto = await bare.fetchval("SELECT max(position) FROM journal")
        since = await bare.fetchval(
            "SELECT min(position) - 1 FROM (SELECT position FROM journal WHERE recorded_at >= $1 OFFSET 0) AS week",
            week.previous().cut(definition.calendar.zone),
        )
        await bare.fetch(MOVED, since, upto)
        await bare.fetch(STAND, moment)

    return Figure("week_figures", "ms", await milliseconds(counted, 5), "bare query", await milliseconds(limit, 5), size, 5)

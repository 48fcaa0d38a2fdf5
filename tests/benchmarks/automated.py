"""What the machine does: automated steps inside run_cases flow runs, Prefect included, beside 500 cases in one statement."""

from typing import Any

from tests.benchmarks.bench_database import bench_database, open_cases
from tests.benchmarks.limit import Limit
from tests.benchmarks.measure import Figure, rate, side_by_side
from tests.benchmarks.programme import AUTOMATED

CASES, STEPS = 3_000, 3_000 * AUTOMATED
BATCH_ROUNDS = 40


async def run(cluster: Any) -> list[Figure]:
    """Steps a second with Prefect, as a share of e_batch; and which share of the time is Prefect's."""
    async with bench_database(cluster, "bench_automated") as (url, definition):
        limit = Limit(url)
        await limit.fill(CASES)
        await open_cases(definition, 0, CASES, machine=True)
        (e_batch,) = await side_by_side(3, lambda: limit.batches(BATCH_ROUNDS))
        bare = await rate(_bare)
        return [Figure("automated_bare", "steps/s", bare, "e_batch", e_batch, STEPS, 1)]


async def _bare() -> int:
    from flows.alone import drain

    return await drain("bench")

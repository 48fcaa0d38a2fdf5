"""What the machine does: automated steps inside run_cases flow runs, Prefect included, beside 500 cases in one statement."""

import asyncio
import sys
import time
from asyncio.subprocess import DEVNULL
from typing import Any

from prefect.settings import PREFECT_API_AUTH_STRING, PREFECT_API_URL, temporary_settings
from sqlalchemy import text

from flows import run_cases
from models.db import transaction
from tests.benchmarks.bench_database import bench_database, open_cases
from tests.benchmarks.bench_prefect import server
from tests.benchmarks.limit import Limit
from tests.benchmarks.measure import Figure, rate
from tests.benchmarks.programme import AUTOMATED

CASES = 3_000
BATCH_ROUNDS = 60


async def run(cluster: Any) -> list[Figure]:
    """Steps a second with one worker and with two; Prefect's share of a run's time."""
    async with bench_database(cluster, "bench_automated") as (url, definition):
        limit = Limit(url)
        await limit.fill(CASES)
        await open_cases(definition, 0, CASES, machine=True)
        cluster.create_database("prefect")
        with server(cluster) as env:
            env |= {"LANGKAH_DATABASE_URL": url, "LANGKAH_DATA_DIR": str(cluster.data_dir)}
            await limit.batches(BATCH_ROUNDS // 2)
            one = await _worked_off(env, 1)
            e_batch = await rate(lambda: limit.batches(BATCH_ROUNDS))
            await open_cases(definition, CASES, CASES, machine=True)
            two = await _worked_off(env, 2)
            await open_cases(definition, 2 * CASES, CASES, machine=True)
            share = await _prefects_share(env)
    steps = CASES * AUTOMATED
    return [
        Figure("automated_1_worker", "steps/s", one, "e_batch", e_batch, steps, 1),
        Figure("automated_2_workers", "steps/s", two, "1 worker", one, steps, 1),
        Figure("prefects_share", "of the time", share, "all of it", 1.0, steps, 1),
    ]


async def _prefects_share(env: dict[str, str]) -> float:
    """Drain in flow runs of this process: the part of the time in which the flows' own code was not running."""
    inside, drain = [0.0], run_cases._drain

    async def timed(*arguments: Any) -> None:
        began = time.perf_counter()
        await drain(*arguments)
        spans.append((began, time.perf_counter()))

    prefect = {PREFECT_API_URL: env["PREFECT_API_URL"], PREFECT_API_AUTH_STRING: env["PREFECT_API_AUTH_STRING"]}
    run_cases._drain = timed
    try:
        with temporary_settings(updates=prefect):
            began = time.perf_counter()
            spans: list[tuple[float, float]] = []
            while await run_cases.run_ready("bench"):
                inside[0] += max(end for _, end in spans) - min(start for start, _ in spans)
                spans.clear()
            return 1 - inside[0] / (time.perf_counter() - began)
    finally:
        run_cases._drain = drain


async def _worked_off(env: dict[str, str], workers: int) -> float:
    """Start workers beside cases that are ready; steps a second between the first batch and the last."""
    async with transaction() as session:
        before = await session.scalar(text("SELECT max(position) FROM journal"))
    command = [sys.executable, "-m", "ui.cli", "work"]
    started = [await asyncio.create_subprocess_exec(*command, env=env, stdout=DEVNULL, stderr=DEVNULL) for _ in range(workers)]
    try:
        while True:
            await asyncio.sleep(1)
            async with transaction() as session:
                if not await session.scalar(text("SELECT 1 FROM position WHERE ready LIMIT 1")):
                    break
        async with transaction() as session:
            row = (
                await session.execute(
                    text(
                        "SELECT count(*) AS steps, extract(epoch FROM max(recorded_at) - min(recorded_at)) AS seconds"
                        " FROM journal WHERE type = 'step_ended' AND position > :before"
                    ),
                    {"before": before},
                )
            ).one()
            return float(row.steps) / float(row.seconds)
    finally:
        for worker in started:
            worker.terminate()
        for worker in started:
            await worker.wait()

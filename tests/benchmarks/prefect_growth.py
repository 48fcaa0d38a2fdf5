"""How much Prefect's own database grows in a day of 10,000 automated steps: `python -m tests.benchmarks.prefect_growth`.

Two kinds of day: every case comes alone (the dearest), and all come at once. Nothing is removed while it is measured;
housekeeping removes a day's runs after LANGKAH_RUNS_KEPT_DAYS.
"""

import asyncio
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from models import db, schema
from models.definitions.definition import Definition
from models.definitions.loader import load
from models.embedded import Cluster
from models.services import programmes
from models.services.actor import MACHINE
from tests.benchmarks.bench_prefect import server
from tests.benchmarks.measure import Figure
from tests.people import person, register

A_DAY, AIM_MB, ALONE, AT_ONCE = 10_000, 50.0, 150, 600
OK_OCE = Path(__file__).parent.parent.parent / "flows" / "programmes" / "ok_oce"


async def run(_cluster: Any) -> list[Figure]:
    """The dearest kind of day, beside the aim; on a server of its own, whose size is looked at."""
    found = await asyncio.to_thread(growth)
    return [Figure(found["name"], found["unit"], found["value"], "aim", AIM_MB, found["n"], 1)]


def growth() -> dict[str, Any]:
    """MB that a day of 10,000 steps adds; the worker's part runs in a process of its own, since Prefect reads settings once.

    The shape of `langkah bench`; `in_bulk` is the same for steps that come at once, `rows` what the tables hold in the end.
    """
    with tempfile.TemporaryDirectory(prefix="lkg", ignore_cleanup_errors=True) as folder:
        cluster = Cluster(Path(folder) / "d")
        cluster.start()
        try:
            for name in ("langkah", "prefect"):
                cluster.create_database(name)
            schema.upgrade(cluster.url())
            with server(cluster) as env:
                command = [sys.executable, "-m", "tests.benchmarks.prefect_growth", str(cluster.data_dir)]
                done = subprocess.run(command, env=env, check=True, stdout=subprocess.PIPE, text=True)
            return dict(json.loads(done.stdout.splitlines()[-1]))
        finally:
            cluster.stop()


def size(cluster: Cluster) -> int:
    """Bytes of Prefect's database once what is still on its way has arrived."""
    found, before = int(cluster.sql("SELECT pg_database_size('prefect')")), 0
    while found != before:
        time.sleep(4)
        found, before = int(cluster.sql("SELECT pg_database_size('prefect')")), found
    return found


async def drain(cluster: Cluster) -> tuple[int, int]:
    """Do what is ready; returns how many (runs, steps) there are now in all."""
    from flows.run_cases import run_ready

    while await run_ready("bench"):
        pass
    runs, steps = cluster.sql("SELECT count(DISTINCT flow_run_id), count(*) FROM run_case", "langkah").split("|")
    return int(runs), int(steps)


async def measure(cluster: Cluster) -> dict[str, Any]:
    """One day of each kind, in small, told for 10,000 steps."""
    db.connect(cluster.url())
    async with db.transaction() as session:
        published = await programmes.publish(session, MACHINE, load(OK_OCE).bundle)
        definition: Definition = await programmes.by_hash(session, published)
        start = size(cluster)
        for n in range(1, ALONE + 1):
            await register(session, definition, person(n))
            runs, steps = await drain(cluster)
        middle = size(cluster)
        await register(session, definition, *[person(n) for n in range(ALONE + 1, ALONE + AT_ONCE + 1)])
        all_runs, all_steps = await drain(cluster)
        bulk_runs, bulk_steps = all_runs - runs, all_steps - steps
        end = size(cluster)
    await db.engine().dispose()
    value = (middle - start) / steps * A_DAY / 1e6
    return {
        "name": "prefect_growth",
        "unit": "MB for a day of 10,000 automated steps, each case alone",
        "value": round(value, 2),
        "baseline": {"name": "aim", "value": AIM_MB},
        "ratio": round(value / AIM_MB, 4),
        "n": steps,
        "repeats": 1,
        "steps_per_run": round(steps / runs, 2),
        "bytes_per_run": (middle - start) // runs,
        "in_bulk": {"value": round((end - middle) / bulk_steps * A_DAY / 1e6, 2), "n": bulk_steps, "runs": bulk_runs},
        "rows": {table: int(cluster.sql(f"SELECT count(*) FROM {table}", "prefect")) for table in ("events", "flow_run", "log")},
    }


def main() -> None:
    """Print the figure as JSON; with a data directory, only the worker's part on a server that runs there."""
    figure = asyncio.run(measure(Cluster(Path(sys.argv[1])))) if len(sys.argv) > 1 else growth()
    print(json.dumps(figure))


if __name__ == "__main__":
    main()

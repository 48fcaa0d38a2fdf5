"""How much more memory a worker and a web process take when a hundred times as many cases wait."""

import asyncio
import contextlib
import socket
import sys
import tempfile
import time
import urllib.request
from asyncio.subprocess import DEVNULL
from typing import Any

import psutil

from tests.benchmarks.bench_database import bench_database
from tests.benchmarks.bench_prefect import server
from tests.benchmarks.grown import grow
from tests.benchmarks.measure import Figure

FEW, SETTLE_SECONDS = 4000, 25


async def run(cluster: Any, size: int = 40_000) -> list[Figure]:
    """Megabytes (unshared) of each process some seconds after its start, with `size` cases beside FEW."""
    cluster.create_database("prefect")
    with server(cluster) as env:
        few, many = await _taken(cluster, FEW, env), await _taken(cluster, size, env)
    return [Figure(f"memory_{name}", "MB", many[name], f"{FEW} cases", few[name], size, 1) for name in few]


async def _taken(cluster: Any, size: int, env: dict[str, str]) -> dict[str, float]:
    name = f"bench_memory_{size}"
    async with bench_database(cluster, name) as (url, definition):
        await grow(cluster, name, definition, size)
        with tempfile.TemporaryDirectory(prefix="lkm") as folder, socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
            probe.close()
            env = env | {"LANGKAH_DATABASE_URL": url, "LANGKAH_DATA_DIR": folder, "LANGKAH_PORT": str(port)}
            started = {word: await _start(word, env) for word in ("work", "serve")}
            try:
                await asyncio.to_thread(_served, f"http://127.0.0.1:{port}/login")
                await asyncio.sleep(SETTLE_SECONDS)
                return {word: psutil.Process(process.pid).memory_full_info().uss / 1e6 for word, process in started.items()}
            finally:
                for process in started.values():
                    process.terminate()
                for process in started.values():
                    await process.wait()


async def _start(word: str, env: dict[str, str]) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(sys.executable, "-m", "ui.cli", word, env=env, stdout=DEVNULL, stderr=DEVNULL)


def _served(address: str) -> None:
    """Wait until a page is served, a minute at most."""
    for _ in range(120):
        with contextlib.suppress(OSError), urllib.request.urlopen(address, timeout=30):
            return
        time.sleep(0.5)

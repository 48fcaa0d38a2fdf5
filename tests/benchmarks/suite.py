"""Which benchmarks there are, and one PostgreSQL for all of them."""

import asyncio
import importlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

# Before anything reads the settings: a database for measuring needs no secret that lasts.
os.environ.setdefault("LANGKAH_SECRET_KEY", "a secret for benchmarks only, thirty-two and more")
os.environ.setdefault("PREFECT_LOGGING_LEVEL", "ERROR")

from models import schema
from models.embedded import Cluster
from tests.benchmarks.measure import Figure
from ui.edge import rare_collections

NAMES = ("interactive", "automated", "storage", "lists", "importing", "memory", "prefect_growth")
SIZED = ("lists", "memory")


def run(names: list[str], cases: int) -> Iterator[Figure]:
    """Run the named benchmarks (none named: all) on a fresh server; `cases` is the size where a figure depends on one."""
    with tempfile.TemporaryDirectory(prefix="lkb", ignore_cleanup_errors=True) as folder:
        cluster = Cluster(Path(folder) / "d")
        cluster.start()
        try:
            cluster.create_database("template")
            schema.upgrade(cluster.url("template"))
            rare_collections()
            for name in names or NAMES:
                module: Any = importlib.import_module(f"tests.benchmarks.{name}")
                arguments = {"size": cases} if name in SIZED else {}
                yield from asyncio.run(module.run(cluster, **arguments))
        finally:
            cluster.stop()

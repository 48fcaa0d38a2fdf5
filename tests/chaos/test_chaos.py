"""Nothing is lost under kill -9: the short trial; `make chaos SECONDS=600 SEED=…` is the long one."""

import json
import os
import random
import shutil
import tempfile
from pathlib import Path

import pytest

from tests.chaos.report import readable
from tests.chaos.run import Trial


@pytest.mark.timeout(400)
async def test_nothing_is_lost_or_done_twice_when_worker_web_prefect_and_postgres_are_killed():
    seed = int(os.environ.get("SEED", random.SystemRandom().randrange(10**6)))
    folder = Path(tempfile.mkdtemp(prefix="lkc"))
    print(f"seed {seed}, logs in {folder}")
    report = await Trial(seconds=60, seed=seed, folder=folder, settle=150).run()
    print(readable(report))
    assert report["differences"] == {}, f"seed {seed}, logs in {folder}: {json.dumps(report['differences'], indent=1)}"
    assert set(report["kills"]) == {"worker", "web", "prefect", "postgres"}
    assert report["numbers"]["cases"] > 100
    shutil.rmtree(folder, ignore_errors=True)

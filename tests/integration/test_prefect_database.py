"""What Prefect keeps: no events, and old runs go with everything that hangs on them, while the journal stays."""

import asyncio
import os
import signal
import subprocess
from collections.abc import AsyncIterator

import pytest
from prefect import get_client
from prefect.settings import PREFECT_API_AUTH_STRING, PREFECT_API_URL, temporary_settings
from prefect.states import Failed
from sqlalchemy import text

from flows import prefect_server
from flows.housekeeping import housekeeping
from flows.run_cases import run_cases, run_ready
from flows.worker import POOL
from models.settings import get_settings
from tests.e2e.conftest import free_port
from tests.people import person, register
from ui.deploy import deploy_all

GROWING = ("flow_run", "flow_run_state", "task_run", "task_run_state", "log", "events", "event_resources", "flow_run_input", "artifact")


@pytest.fixture
async def prefect(cluster, tmp_path) -> AsyncIterator[None]:
    """A Prefect server with a database of its own, started as `up` starts it; this process talks to it."""
    port = free_port()
    cluster.create_database("prefect")
    shared = prefect_server.environment(tmp_path, port)
    env = {**os.environ, **shared, **prefect_server.server_environment(tmp_path, port, cluster.url("prefect"))}
    server = await asyncio.to_thread(started, port, env)
    with temporary_settings({PREFECT_API_URL: shared["PREFECT_API_URL"], PREFECT_API_AUTH_STRING: shared["PREFECT_API_AUTH_STRING"]}):
        yield
    server.send_signal(signal.SIGTERM)
    await asyncio.to_thread(server.wait, 30)


def started(port: int, env: dict[str, str]) -> subprocess.Popen[bytes]:
    """The server, answering."""
    server = subprocess.Popen(prefect_server.command(port), env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    prefect_server.wait(port)
    return server


async def rows(cluster) -> dict[str, int]:
    """Rows of the tables that every run adds to; runs that are planned and have not begun are left out."""
    begun = {"flow_run": " WHERE state_type <> 'SCHEDULED'", "flow_run_state": " WHERE type <> 'SCHEDULED'"}
    wanted = " UNION ALL ".join(f"SELECT '{table}', count(*) FROM {table}{begun.get(table, '')}" for table in GROWING)
    found = await asyncio.to_thread(cluster.sql, wanted, "prefect")
    return {table: int(count) for table, count in (line.split("|") for line in found.splitlines())}


async def drain() -> None:
    """Let the machine do what is ready, each batch as a flow run."""
    while await run_ready("test"):
        pass


async def test_schedules_become_runs(prefect):
    await deploy_all()
    async with get_client() as client:
        for _ in range(60):
            planned = {run.name: run.deployment_id for run in await client.read_flow_runs(limit=200) if run.state_name == "Scheduled"}
            names = {(await client.read_deployment(deployment)).name for deployment in set(planned.values()) if deployment}
            if names == {"deadlines", "weekly-update", "housekeeping"}:
                return
            await asyncio.sleep(1)
    raise AssertionError(names)


async def test_old_runs_go_with_all_that_hangs_on_them_and_failed_ones_stay_longer(prefect, cluster, session, programme, monkeypatch):
    await deploy_all()
    async with get_client() as client:
        for name in ("lives", "ended"):
            await client.send_worker_heartbeat(POOL, name, 30)
    await asyncio.to_thread(cluster.sql, "UPDATE worker SET status = 'OFFLINE' WHERE name = 'ended'", "prefect")
    before = await rows(cluster)
    await register(session, programme, person(1), person(2))
    await drain()
    async with get_client() as client:
        failed = await client.create_flow_run(run_cases, tags=["langkah"], state=Failed(message="for a test"))
    journal = await session.scalar(text("SELECT count(*) FROM journal"))
    await session.commit()
    added = {table: count - before[table] for table, count in (await rows(cluster)).items()}
    assert added["flow_run"] > 1
    assert (added["events"], added["event_resources"], added["task_run"], added["artifact"]) == (0, 0, 0, 0)
    assert await session.scalar(text("SELECT count(*) FROM run_case")) > 0
    await session.commit()

    monkeypatch.setenv("LANGKAH_RUNS_KEPT_DAYS", "0")
    get_settings.cache_clear()
    try:
        removed = await housekeeping.fn()
    finally:
        get_settings.cache_clear()
    assert removed["flow_runs"] == added["flow_run"] - 1
    for _ in range(50):
        kept = {table: count - before[table] for table, count in (await rows(cluster)).items()}
        if kept["log"] <= 0:
            break
        await asyncio.sleep(0.2)
    assert kept == dict.fromkeys(GROWING, 0) | {"flow_run": 1, "flow_run_state": 1}
    async with get_client() as client:
        assert (await client.read_flow_run(failed.id)).state_name == "Failed"
        assert [worker.name for worker in await client.read_workers_for_work_pool(POOL)] == ["lives"]
    assert await session.scalar(text("SELECT count(*) FROM run_case")) == 0
    assert await session.scalar(text("SELECT count(*) FROM journal")) == journal

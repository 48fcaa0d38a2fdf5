"""One worker process: the hot loop that moves cases within a second, and Prefect's worker for runs that were scheduled.

Both live in one event loop; neither starts a new interpreter for a run (docs/decisions/0005).
"""

import asyncio
import logging
import os
import socket
import uuid
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from functools import partial
from typing import Any

from anyio.abc import TaskStatus
from prefect import Flow, get_client
from prefect.client.schemas.objects import FlowRun
from prefect.flow_engine import run_flow_async
from prefect.flows import load_flow_from_entrypoint
from prefect.workers.base import BaseJobConfiguration, BaseVariables, BaseWorker, BaseWorkerResult

from flows.deliver_handoffs import deliver_due
from flows.heartbeat import Heartbeat
from flows.imports import import_waiting
from flows.run_cases import ENDING, run_ready
from flows.stale_runs import StaleRuns
from flows.turns import WORKER, turn
from flows.watch_deadlines import watch_due
from flows.weekly import freeze_due
from models.clock import remember_time
from models.db import listener, transaction
from models.services.announce import READY

log = logging.getLogger(__name__)
POOL = "langkah"
POLL_SECONDS, SLOWEST_BACK_OFF, WATCH_SECONDS = 1.0, 30.0, 4.0
Once = Callable[[str], Awaitable[int]]
HOT: tuple[Once, ...] = (run_ready, deliver_due, watch_due, import_waiting)


class InProcessResult(BaseWorkerResult):
    """How a run of the in-process worker ended."""


class InProcessWorker(BaseWorker[BaseJobConfiguration, BaseVariables, InProcessResult]):
    """Runs a deployment's flow in this process's own loop."""

    type = "langkah-in-process"
    job_configuration = BaseJobConfiguration
    job_configuration_variables = BaseVariables

    async def run(
        self,
        flow_run: FlowRun,
        configuration: BaseJobConfiguration,  # noqa: ARG002 (the interface of a worker)
        task_status: TaskStatus[int] | None = None,
    ) -> InProcessResult:
        """Load the flow by module path and run it."""
        with turn() as this_turn:
            async with get_client() as client:
                # Whoever finds this worker dead knows by the tag that the run died with it.
                await client.update_flow_run(flow_run.id, tags=[*flow_run.tags, f"{WORKER}{self.name}", this_turn])
                deployment = await client.read_deployment(flow_run.deployment_id) if flow_run.deployment_id else None
                flow_run = await client.read_flow_run(flow_run.id)
            loaded: Flow[..., Any] = load_flow_from_entrypoint(str(deployment.entrypoint if deployment else ""))
            if task_status is not None:
                task_status.started(os.getpid())
            state = await run_flow_async(loaded, flow_run=flow_run, parameters=flow_run.parameters, return_type="state")
        done = bool(getattr(state, "is_completed", lambda: False)())
        return InProcessResult(status_code=0 if done else 1, identifier=str(flow_run.id))


async def work(stop: asyncio.Event) -> None:
    """Work until `stop` is set: heartbeat, hot loop, scheduled runs."""
    worker_id = f"{socket.gethostname()}-{os.getpid()}-{uuid.uuid4().hex[:6]}"
    heartbeat = Heartbeat(worker_id)
    heartbeat.start()
    scheduled = asyncio.create_task(_scheduled(worker_id), name="prefect-worker")
    wakers = [asyncio.Event() for _ in HOT]
    ears = asyncio.create_task(_listen(wakers), name="ears")
    try:
        hot = (_keep_doing(once, worker_id, woken, stop) for once, woken in zip(HOT, wakers, strict=True))
        now_and_then = (_now_and_then(act, stop) for act in (partial(_freeze, worker_id), StaleRuns(worker_id).sweep, _remember_time))
        await asyncio.gather(*hot, *now_and_then, _end_runs(stop))
    finally:
        scheduled.cancel()
        ears.cancel()
        await asyncio.gather(scheduled, ears, return_exceptions=True)
        heartbeat.stop()


async def _end_runs(stop: asyncio.Event) -> None:
    await stop.wait()
    ENDING.set()


async def _scheduled(worker_id: str) -> None:
    """Prefect's own worker; when its server is away it is started again."""
    while True:
        try:
            async with InProcessWorker(work_pool_name=POOL, name=worker_id) as worker:
                await worker.start(run_once=False, with_healthcheck=False)
        except Exception as error:
            log.warning("prefect's worker stopped (%s); it starts again", type(error).__name__)
        await asyncio.sleep(5)


async def _keep_doing(once: Once, worker_id: str, woken: asyncio.Event, stop: asyncio.Event) -> None:
    """Do one kind of work whenever there is any; wait for a word or a second; back off while something is down."""
    pause = POLL_SECONDS
    while not stop.is_set():
        try:
            woken.clear()
            while await _turn_of(once, worker_id) and not stop.is_set():
                pass
            pause = POLL_SECONDS
        except Exception as error:
            pause = min(pause * 2, SLOWEST_BACK_OFF)
            log.warning("%s: %s; again in %.0f s", once.__name__, type(error).__name__, pause)
        waits = [asyncio.create_task(woken.wait()), asyncio.create_task(stop.wait())]
        await asyncio.wait(waits, timeout=pause, return_when=asyncio.FIRST_COMPLETED)
        for wait in waits:
            wait.cancel()


async def _listen(wakers: Sequence[asyncio.Event]) -> None:
    """Wake the loops when another process says that something is ready; reconnect for ever."""

    def wake(*_: object) -> None:
        for woken in wakers:
            woken.set()

    while True:
        try:
            connection = await listener()
            try:
                await connection.add_listener(READY, wake)
                while not connection.is_closed():
                    await asyncio.sleep(1)
            finally:
                await connection.close()
        except OSError:
            pass
        except Exception as error:
            log.warning("listening: %s", type(error).__name__)
        await asyncio.sleep(1)


async def _turn_of(once: Once, worker_id: str) -> int:
    with turn():
        return await once(worker_id)


async def _now_and_then(act: Callable[[], Awaitable[object]], stop: asyncio.Event) -> None:
    """Do something every few seconds, whatever else is blocked or fails meanwhile."""
    while not stop.is_set():
        try:
            await act()
        except Exception as error:
            log.warning("watching: %s", type(error).__name__)
        with suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), WATCH_SECONDS)


async def _freeze(worker_id: str) -> None:
    """Freeze a week that has closed."""
    with turn():
        await freeze_due(worker_id)


async def _remember_time() -> None:
    """Note the demo's clock."""
    async with transaction() as session:
        await remember_time(session)

"""Runs that were left unfinished are marked as crashed: their worker died, or Prefect's server was away when they ended.

The steps themselves come back without Prefect (flows/heartbeat).
"""

import time
from collections.abc import AsyncIterator
from uuid import UUID

from prefect import get_client
from prefect.client.orchestration import PrefectClient
from prefect.client.schemas.filters import (
    FlowRunFilter,
    FlowRunFilterState,
    FlowRunFilterStateType,
    FlowRunFilterTags,
)
from prefect.client.schemas.objects import FlowRun, StateType
from prefect.client.schemas.sorting import FlowRunSort
from prefect.states import Crashed

from flows.turns import WORKER, over_by_now
from models.db import transaction
from models.services import workers

UNFINISHED = [StateType.RUNNING, StateType.PENDING, StateType.CANCELLING]
PAGE, NOBODYS_SECONDS = 200, 60.0


class StaleRuns:
    """Sweeps again and again for one worker."""

    def __init__(self, worker_id: str) -> None:
        self._worker_id = worker_id
        self._nobodys: dict[UUID, float] = {}

    async def sweep(self) -> int:
        """Mark runs of workers without a sign of life, and those of our own that have ended unheard; returns how many.

        A run that no worker has put its name to is left for a minute: its worker may have died before it could.
        """
        over = over_by_now()
        async with transaction() as session:
            living = await workers.living(session)
        marked, nobodys = 0, dict[UUID, float]()
        async with get_client() as client:
            async for run in _unfinished(client):
                owners = {tag.removeprefix(WORKER) for tag in run.tags if tag.startswith(WORKER)}
                if not owners:
                    nobodys[run.id] = self._nobodys.get(run.id, time.monotonic())
                    why = "no worker took it" if time.monotonic() - nobodys[run.id] > NOBODYS_SECONDS else None
                elif self._worker_id in owners:
                    why = "its end was not heard" if over(set(run.tags)) else None
                else:
                    why = None if owners & living else "its worker died"
                if why:
                    await client.set_flow_run_state(run.id, Crashed(message=why), force=True)
                    marked += 1
        self._nobodys = nobodys
        return marked


async def _unfinished(client: PrefectClient) -> AsyncIterator[FlowRun]:
    chosen = FlowRunFilter(state=FlowRunFilterState(type=FlowRunFilterStateType(any_=UNFINISHED)), tags=FlowRunFilterTags(all_=["langkah"]))
    found: list[FlowRun] = []
    while len(found) % PAGE == 0:
        page = await client.read_flow_runs(flow_run_filter=chosen, sort=FlowRunSort.ID_DESC, limit=PAGE, offset=len(found))
        if not page:
            break
        found += page
    for run in found:
        yield run

"""Prefect keeps every run for ever by itself: what has ended long ago is removed through its API, on any server."""

from datetime import datetime, timedelta

from prefect import get_client
from prefect.client.orchestration import PrefectClient
from prefect.client.schemas.filters import (
    FlowRunFilter,
    FlowRunFilterEndTime,
    FlowRunFilterState,
    FlowRunFilterStateType,
    FlowRunFilterTags,
)
from prefect.client.schemas.objects import StateType

from flows.worker import POOL
from models.db import transaction
from models.services import automation

AT_ONCE = 50  # Prefect deletes no more with one call
ENDED_WELL = [StateType.COMPLETED, StateType.CANCELLED]
ENDED_BADLY = [StateType.FAILED, StateType.CRASHED]


async def remove_old_runs(now: datetime, kept_days: int, failed_kept_days: int) -> dict[str, int]:
    """Remove our runs that ended longer ago than that, with states, logs and links to cases, and workers that are gone.

    Returns how many of each went.
    """
    async with get_client() as client:
        runs = await _remove(client, ENDED_WELL, now - timedelta(days=kept_days))
        runs += await _remove(client, ENDED_BADLY, now - timedelta(days=failed_kept_days))
        return {"flow_runs": runs, "workers": await _remove_workers(client)}


async def _remove(client: PrefectClient, ended: list[StateType], before: datetime) -> int:
    chosen = FlowRunFilter(
        state=FlowRunFilterState(type=FlowRunFilterStateType(any_=ended)),
        end_time=FlowRunFilterEndTime(before_=before),
        tags=FlowRunFilterTags(all_=["langkah"]),
    ).model_dump(mode="json", exclude_unset=True)
    removed = 0
    while True:
        # A path that the client's own list of paths does not name yet.
        answer = await client.request("POST", "/flow_runs/bulk_delete", json={"flow_runs": chosen, "limit": AT_ONCE})  # type: ignore[arg-type]
        gone = answer.json()["deleted"]
        if not gone:
            return removed
        async with transaction() as session:
            await automation.forget_runs(session, gone)
        removed += len(gone)


async def _remove_workers(client: PrefectClient) -> int:
    """Each start of a worker leaves a row in the pool."""
    gone = [worker for worker in await client.read_workers_for_work_pool(POOL) if worker.status == "OFFLINE"]
    for worker in gone:
        where = {"work_pool_name": POOL, "name": worker.name}
        await client.request("DELETE", "/work_pools/{work_pool_name}/workers/{name}", path_params=where)
    return len(gone)

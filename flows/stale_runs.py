"""Runs that a killed worker left in Running are marked as crashed; the steps that it leased come back by themselves."""

from prefect import get_client
from prefect.client.schemas.filters import (
    FlowRunFilter,
    FlowRunFilterState,
    FlowRunFilterStateType,
    FlowRunFilterTags,
)
from prefect.client.schemas.objects import StateType
from prefect.states import Crashed
from sqlalchemy import text

from flows.heartbeat import DEAD_AFTER_SECONDS
from models.db import transaction


async def crash_stale_runs(_worker_id: str) -> int:
    """Mark runs of workers without a recent heartbeat; returns how many."""
    async with transaction() as session:
        living = set(
            await session.scalars(
                text("SELECT worker_id FROM worker_heartbeat WHERE seen_at > now() - make_interval(secs => :seconds)"),
                {"seconds": DEAD_AFTER_SECONDS},
            )
        )
        await session.execute(
            text("UPDATE position SET lease_until = now() WHERE ready AND lease_until > now() AND NOT (lease_owner = ANY(:living))"),
            {"living": sorted(living)},
        )
    chosen = FlowRunFilter(
        state=FlowRunFilterState(type=FlowRunFilterStateType(any_=[StateType.RUNNING])),
        tags=FlowRunFilterTags(all_=["langkah"]),
    )
    marked = 0
    async with get_client() as client:
        for run in await client.read_flow_runs(flow_run_filter=chosen, limit=100):
            owners = {tag.removeprefix("worker:") for tag in run.tags if tag.startswith("worker:")}
            if owners and not owners & living:
                await client.set_flow_run_state(run.id, Crashed(message="its worker died"), force=True)
                marked += 1
    return marked

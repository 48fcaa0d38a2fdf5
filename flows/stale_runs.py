"""Runs that a killed worker left unfinished are marked as crashed, and the steps that it leased come back at once."""

from prefect import get_client
from prefect.client.schemas.filters import (
    FlowRunFilter,
    FlowRunFilterState,
    FlowRunFilterStateType,
    FlowRunFilterTags,
)
from prefect.client.schemas.objects import StateType
from prefect.states import Crashed

from flows.heartbeat import DEAD_AFTER_SECONDS
from models.db import transaction
from models.services import automation

UNFINISHED = [StateType.RUNNING, StateType.PENDING, StateType.CANCELLING]


async def crash_stale_runs() -> int:
    """Mark the runs of workers without a recent heartbeat; returns how many. Leases come back even without Prefect."""
    async with transaction() as session:
        living = await automation.living_workers(session, DEAD_AFTER_SECONDS)
        await automation.take_back(session, living)
    chosen = FlowRunFilter(state=FlowRunFilterState(type=FlowRunFilterStateType(any_=UNFINISHED)), tags=FlowRunFilterTags(all_=["langkah"]))
    marked = 0
    async with get_client() as client:
        for run in await client.read_flow_runs(flow_run_filter=chosen, limit=100):
            owners = {tag.removeprefix("worker:") for tag in run.tags if tag.startswith("worker:")}
            if owners and not owners & living:
                await client.set_flow_run_state(run.id, Crashed(message="its worker died"), force=True)
                marked += 1
    return marked

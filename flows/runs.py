"""Flow runs as our pages show them, from Prefect's API: list, logs, retry, run now."""

from datetime import datetime
from typing import Any
from uuid import UUID

import httpx
from prefect import get_client
from prefect.client.schemas.filters import (
    DeploymentFilter,
    FlowRunFilter,
    FlowRunFilterState,
    FlowRunFilterStateType,
    LogFilter,
    LogFilterFlowRunId,
)
from prefect.client.schemas.objects import StateType
from prefect.client.schemas.sorting import FlowRunSort, LogSort
from prefect.exceptions import ObjectNotFound
from prefect.states import AwaitingRetry

from models.db import transaction
from models.errors import LangkahError, NotFound
from models.services import automation, case_view, workers
from models.services.actor import Actor


class PrefectAway(LangkahError):
    """Prefect's server does not answer."""

    status, code = 503, "prefect_away"


def _away(error: Exception) -> PrefectAway:
    return PrefectAway(f"Server Prefect tidak menjawab / Prefect's server does not answer ({type(error).__name__})")


async def recent(actor: Actor, state: str | None = None, offset: int = 0, limit: int = 50) -> list[dict[str, Any]]:
    """Runs, late and newest first: {id, name, flow, state, started_at, seconds, cases}. Raises PrefectAway."""
    actor.require("read_runs")
    chosen = None
    if state and state in StateType.__members__:
        chosen = FlowRunFilter(state=FlowRunFilterState(type=FlowRunFilterStateType(any_=[StateType[state]])))
    else:
        shown = [item for item in StateType if item not in (StateType.SCHEDULED,)]
        chosen = FlowRunFilter(state=FlowRunFilterState(type=FlowRunFilterStateType(any_=shown)))
    try:
        async with get_client() as client:
            runs = await client.read_flow_runs(
                flow_run_filter=chosen, sort=FlowRunSort.EXPECTED_START_TIME_DESC, limit=limit, offset=max(0, offset)
            )
            flows = {flow.id: flow.name for flow in await client.read_flows()}
    except (httpx.HTTPError, RuntimeError) as error:
        raise _away(error) from None
    async with transaction() as session:
        counts = await case_view.run_counts(session, [str(run.id) for run in runs])
    return [_shown(run, flows, counts) for run in runs]


def _shown(run: Any, flows: dict[UUID, str], counts: dict[str, int]) -> dict[str, Any]:
    return {
        "id": str(run.id),
        "name": run.name,
        "flow": flows.get(run.flow_id, "?"),
        "state": run.state.name if run.state else "?",
        "type": run.state.type.value if run.state else "?",
        "message": run.state.message if run.state else None,
        "started_at": run.start_time or run.expected_start_time,
        "seconds": run.total_run_time.total_seconds() if run.total_run_time else None,
        "cases": counts.get(str(run.id), 0),
        "tags": sorted(run.tags),
        "deployment": bool(run.deployment_id),
    }


async def one(actor: Actor, run_id: str) -> dict[str, Any]:
    """A run with its logs: {…, logs:[{at, level, message}]}. Raises NotFound, PrefectAway."""
    actor.require("read_runs")
    try:
        wanted = UUID(run_id)
        async with get_client() as client:
            run = await client.read_flow_run(wanted)
            flows = {flow.id: flow.name for flow in await client.read_flows()}
            logs = await client.read_logs(LogFilter(flow_run_id=LogFilterFlowRunId(any_=[wanted])), sort=LogSort.TIMESTAMP_ASC)
    except (ValueError, ObjectNotFound):
        raise NotFound("Proses tidak ditemukan / there is no such run") from None
    except (httpx.HTTPError, RuntimeError) as error:
        raise _away(error) from None
    async with transaction() as session:
        counts = await case_view.run_counts(session, [run_id])
    told = [{"at": log.timestamp, "level": log.level, "message": log.message} for log in logs]
    return _shown(run, flows, counts) | {"logs": told}


async def retry(actor: Actor, run_id: str) -> None:
    """Let a deployment's run be tried again."""
    actor.require("manage_runs")
    try:
        async with get_client() as client:
            await client.set_flow_run_state(UUID(run_id), AwaitingRetry(), force=True)
    except (ValueError, ObjectNotFound):
        raise NotFound("Proses tidak ditemukan / there is no such run") from None
    except (httpx.HTTPError, RuntimeError) as error:
        raise _away(error) from None


async def deployments(actor: Actor) -> list[dict[str, str]]:
    """What can be run now: {id, name, description}."""
    actor.require("read_runs")
    try:
        async with get_client() as client:
            found = await client.read_deployments(deployment_filter=DeploymentFilter())
    except (httpx.HTTPError, RuntimeError) as error:
        raise _away(error) from None
    return [{"id": str(d.id), "name": d.name, "description": d.description or ""} for d in sorted(found, key=lambda d: d.name)]


async def run_now(actor: Actor, deployment_id: str) -> str:
    """Start a deployment now; returns the run's id."""
    actor.require("manage_runs")
    try:
        async with get_client() as client:
            run = await client.create_flow_run_from_deployment(UUID(deployment_id), tags=["langkah", f"by:{actor.id}"])
    except (ValueError, ObjectNotFound):
        raise NotFound("Alur tidak ditemukan / there is no such deployment") from None
    except (httpx.HTTPError, RuntimeError) as error:
        raise _away(error) from None
    return str(run.id)


async def waiting_steps(actor: Actor) -> int:
    """How many automated steps are ready and not done."""
    actor.require("read_runs")
    async with transaction() as session:
        return await automation.waiting(session)


async def hearts(actor: Actor) -> list[tuple[str, datetime]]:
    """Workers and when each was last seen."""
    actor.require("read_runs")
    async with transaction() as session:
        return await workers.last_seen(session)

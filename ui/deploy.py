"""Registers the deployments of prefect.yaml; what a manager paused stays paused."""

from contextlib import suppress
from pathlib import Path
from typing import Any

from prefect import get_client
from prefect.client.schemas.actions import DeploymentScheduleCreate, WorkPoolCreate
from prefect.client.schemas.schedules import CronSchedule, IntervalSchedule
from prefect.exceptions import ObjectAlreadyExists, ObjectNotFound
from ruamel.yaml import YAML

from flows.worker import POOL, InProcessWorker

DEPLOYMENTS = Path(__file__).parent.parent / "prefect.yaml"


async def deploy_all() -> list[str]:
    """Create or update each deployment; returns their names."""
    described = YAML(typ="safe").load(DEPLOYMENTS.read_text())["deployments"]
    async with get_client() as client:
        with suppress(ObjectAlreadyExists):
            await client.create_work_pool(WorkPoolCreate(name=POOL, type=InProcessWorker.type))
        for item in described:
            flow_name = item["entrypoint"].rpartition(".")[2]
            flow_id = await client.create_flow_from_name(flow_name)
            try:
                known = await client.read_deployment_by_name(f"{flow_name}/{item['name']}")
                schedules: list[DeploymentScheduleCreate] | None = None if known.schedules else _schedules(item)
            except ObjectNotFound:
                schedules = _schedules(item)
            wanted: dict[str, Any] = {"schedules": schedules} if schedules else {}
            await client.create_deployment(
                flow_id,
                item["name"],
                entrypoint=item["entrypoint"],
                description=item["description"],
                tags=item["tags"],
                work_pool_name=POOL,
                path=".",
                pull_steps=[],
                **wanted,
            )
    return [item["name"] for item in described]


def _schedules(item: dict[str, Any]) -> list[DeploymentScheduleCreate]:
    built = []
    for schedule in item.get("schedules", []):
        if "cron" in schedule:
            plan: CronSchedule | IntervalSchedule = CronSchedule(cron=schedule["cron"], timezone=schedule.get("timezone"))
        else:
            plan = IntervalSchedule(interval=schedule["interval"])
        built.append(DeploymentScheduleCreate(schedule=plan, active=True))
    return built

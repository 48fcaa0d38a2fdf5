"""Freezes every closed week of the programme's clock that is not frozen yet; running it often changes nothing."""

from prefect import flow, tags

from models.db import transaction
from models.services import programmes, weekly
from models.services.actor import MACHINE


async def freeze_due(worker_id: str) -> bool:
    """Freeze as a flow run as soon as a week has closed: the programme's clock may jump, and Prefect's schedule is slower."""
    async with transaction() as session:
        due = [await weekly.closed_unfrozen(session, definition) for definition in await programmes.all_current(session)]
    if any(due):
        with tags("langkah", f"worker:{worker_id}"):
            await weekly_update()
    return any(due)


@flow(name="weekly_update")
async def weekly_update() -> list[str]:
    """Freeze for each programme; returns the weeks that were frozen now."""
    frozen: list[str] = []
    async with transaction() as session:
        for definition in await programmes.all_current(session):
            frozen += await weekly.freeze_closed_weeks(session, MACHINE, definition)
    return frozen

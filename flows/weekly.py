"""Freezes every closed week of the programme's clock that is not frozen yet; running it often changes nothing."""

from prefect import flow
from sqlalchemy import text

from models.db import transaction
from models.services import programmes, weekly
from models.services.actor import MACHINE


@flow(name="weekly_update")
async def weekly_update() -> list[str]:
    """Freeze for each programme; returns the weeks that were frozen now."""
    frozen: list[str] = []
    async with transaction() as session:
        for programme in list(await session.scalars(text("SELECT DISTINCT programme FROM definition ORDER BY 1"))):
            definition = await programmes.current(session, programme)
            frozen += await weekly.freeze_closed_weeks(session, MACHINE, definition)
    return frozen

"""The programme that Langkah ships: a new database begins with it."""

from pathlib import Path

SHIPPED = Path(__file__).parents[1] / "flows" / "programmes" / "ok_oce"


async def ensure_programme() -> None:
    """Publish the shipped programme when nothing was ever published; otherwise change nothing."""
    from sqlalchemy import text

    from models.db import transaction
    from models.definitions.loader import load
    from models.errors import Invalid, Problem
    from models.services import programmes
    from models.services.actor import MACHINE

    async with transaction() as session:
        if await session.scalar(text("SELECT 1 FROM definition LIMIT 1")):
            return
        loaded = load(SHIPPED)
        if loaded.bundle is None:
            raise Invalid("The shipped programme has errors.", [Problem("definition", str(item)) for item in loaded.findings])
        await programmes.publish(session, MACHINE, loaded.bundle)

"""Alembic's environment: the tables of models.tables on the address that the caller hands in."""

import asyncio
import sys

from alembic import context
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError
from sqlmodel import SQLModel

import models.tables  # noqa: F401  (registers the tables)
from models.db import open_engine
from models.errors import SettingsError

LOCK_SECONDS, TRIES, PAUSE_SECONDS = 3, 30, 2.0
LOCK_NOT_AVAILABLE = "55P03"


def run(connection: Connection) -> None:
    """Migrate in one transaction, one process at a time."""
    context.configure(connection=connection, target_metadata=SQLModel.metadata)
    with context.begin_transaction():
        connection.exec_driver_sql("SELECT pg_advisory_xact_lock(7230001)")
        # Whoever waits for a table lets everybody behind it wait as well: give up soon, let them pass, try again.
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{LOCK_SECONDS}s'")
        context.run_migrations()


async def online() -> None:
    """Connect and migrate. Raises SettingsError when a table stays locked for minutes."""
    engine = open_engine(context.config.attributes["url"])
    for attempt in range(1, TRIES + 1):
        try:
            async with engine.connect() as connection:
                await connection.run_sync(run)
                await connection.commit()
            break
        except DBAPIError as error:
            if getattr(error.orig, "sqlstate", None) != LOCK_NOT_AVAILABLE:
                raise
            print(f"A table is in use; the migration waits {PAUSE_SECONDS:.0f} s and tries again ({attempt})", file=sys.stderr)
            await asyncio.sleep(PAUSE_SECONDS)
    else:
        raise SettingsError("The schema cannot be changed: a long transaction holds a table (expected: end it, then start again)")
    await engine.dispose()


asyncio.run(online())

"""Connections: one async engine a process, sessions for the edges, the raw driver for set-based statements."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import asyncpg
import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine

from models.errors import SettingsError

_engine: AsyncEngine | None = None
OLDEST_SERVER = 150000
ANSWER_SECONDS = 10


def async_url(url: str) -> str:
    """A postgresql:// address as SQLAlchemy's asyncpg dialect wants it."""
    scheme, _, rest = url.partition("://")
    if not scheme.startswith("postgres"):
        raise SettingsError(f"LANGKAH_DATABASE_URL: {scheme}:// is not supported (expected: postgresql://user:password@host/db)")
    return f"postgresql+asyncpg://{rest}"


def connect(url: str, *, size: int = 10) -> AsyncEngine:
    """Open this process's engine. Connections are made when they are needed."""
    global _engine
    _engine = create_async_engine(
        async_url(url),
        pool_size=size,
        max_overflow=size,
        pool_pre_ping=True,
        hide_parameters=True,
        connect_args={"statement_cache_size": 500},
    )
    return _engine


def engine() -> AsyncEngine:
    """This process's engine. Raises SettingsError when nothing was connected yet."""
    if _engine is None:
        raise SettingsError("The database is not connected (expected: connect() at the start of the process)")
    return _engine


@asynccontextmanager
async def transaction() -> AsyncIterator[AsyncSession]:
    """A session that commits when the block ends well and rolls back when it raises: for edges only."""
    async with AsyncSession(engine(), expire_on_commit=False) as session:
        yield session
        await session.commit()


async def driver(session: AsyncSession) -> Any:
    """The asyncpg connection of the session's own transaction.

    SQLAlchemy begins a transaction with the first statement that goes through it: without one, what the raw connection
    does would commit by itself and hold no lock.
    """
    connection = await session.connection()
    raw = (await connection.get_raw_connection()).driver_connection
    if raw is not None and not raw.is_in_transaction():
        await connection.execute(sa.text("SELECT 1"))
    return raw


async def listener() -> Any:
    """A connection of its own for LISTEN, outside the pool; the caller closes it."""
    url = engine().url.set(drivername="postgresql").render_as_string(hide_password=False)
    return await asyncpg.connect(url)


def configuration(url: str) -> Config:
    """Alembic's configuration for an address."""
    configuration = Config()
    configuration.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    configuration.attributes["url"] = async_url(url)
    return configuration


async def check_server(url: str) -> None:
    """Refuse a server that is too old. Raises SettingsError in one sentence, also when nothing or no PostgreSQL answers."""
    try:
        probe = create_async_engine(async_url(url), connect_args={"timeout": ANSWER_SECONDS})
    except (sa.exc.SQLAlchemyError, ValueError):
        raise SettingsError("LANGKAH_DATABASE_URL: not an address (expected: postgresql://user:password@host/db)") from None
    try:
        async with probe.connect() as connection:
            version = int(await connection.scalar(sa.text("SHOW server_version_num")) or 0)
    except (OSError, ValueError, TypeError, sa.exc.SQLAlchemyError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        lines = str(getattr(error, "orig", error)).splitlines() or [f"no answer within {ANSWER_SECONDS} s"]
        raise SettingsError(f"LANGKAH_DATABASE_URL: cannot reach the database: {lines[0]}") from None
    finally:
        await probe.dispose()
    if version < OLDEST_SERVER:
        raise SettingsError(f"PostgreSQL {version // 10000} is too old (expected: {OLDEST_SERVER // 10000} or newer)")


def upgrade(url: str) -> None:
    """Bring the schema up to this code. Raises SettingsError when the database is newer than the code."""
    script = ScriptDirectory.from_config(configuration(url))
    present = revision(url)
    if present is not None and present not in {item.revision for item in script.walk_revisions()}:
        raise SettingsError(f"The database's schema ({present}) is newer than this program: install the newer version")
    if present != script.get_current_head():
        command.upgrade(configuration(url), "head")


def revision(url: str) -> str | None:
    """The schema's revision, None for an empty database."""

    async def read() -> str | None:
        probe = create_async_engine(async_url(url))
        try:
            async with probe.connect() as connection:
                return await connection.run_sync(lambda c: MigrationContext.configure(c).get_current_revision())
        finally:
            await probe.dispose()

    return asyncio.run(read())


def head() -> str | None:
    """The revision that this code wants."""
    configuration = Config()
    configuration.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    return ScriptDirectory.from_config(configuration).get_current_head()

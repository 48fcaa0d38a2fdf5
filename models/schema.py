"""The database's server and schema: old enough, new enough, brought up to this code."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from models.db import ANSWER_SECONDS, AWAY, open_engine
from models.errors import SettingsError

OLDEST_SERVER = 150000
T = TypeVar("T")


def configuration(url: str) -> Config:
    """Alembic's configuration for an address."""
    configuration = Config()
    configuration.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    configuration.attributes["url"] = url
    return configuration


async def check_server(url: str) -> None:
    """Refuse a server that is too old. Raises SettingsError in one sentence, also when nothing or no PostgreSQL answers."""
    probe = open_engine(url, {"timeout": ANSWER_SECONDS})
    try:
        async with probe.connect() as connection:
            version = int(await connection.scalar(sa.text("SHOW server_version_num")) or 0)
    except (*AWAY, ValueError, TypeError) as error:
        lines = str(getattr(error, "orig", error)).splitlines() or [f"no answer within {ANSWER_SECONDS} s"]
        raise SettingsError(f"LANGKAH_DATABASE_URL: cannot reach the database: {lines[0]}") from None
    finally:
        await probe.dispose()
    if version < OLDEST_SERVER:
        raise SettingsError(f"PostgreSQL {version // 10000} is too old (expected: {OLDEST_SERVER // 10000} or newer)")


async def beside(url: str, name: str) -> str:
    """The address of another database of the same server, made when it is not there. Raises SettingsError when it may not be."""
    probe = open_engine(url, isolation_level="AUTOCOMMIT")
    try:
        async with probe.connect() as connection:
            if not await connection.scalar(sa.text("SELECT 1 FROM pg_database WHERE datname = :name"), {"name": name}):
                await connection.execute(sa.text(f'CREATE DATABASE "{name}"'))
    except sa.exc.SQLAlchemyError as error:
        said = str(getattr(error, "orig", error)).splitlines()[0]
        raise SettingsError(f"LANGKAH_DATABASE_URL: the database {name} is needed beside it and cannot be made: {said}") from None
    finally:
        await probe.dispose()
    return urlsplit(url)._replace(path=f"/{name}").geturl()


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
    return asyncio.run(_asked(url, lambda connection: MigrationContext.configure(connection).get_current_revision()))


def in_use(url: str) -> bool:
    """Whether a migrated database holds cases."""
    return bool(asyncio.run(_asked(url, lambda connection: connection.scalar(sa.text("SELECT EXISTS (SELECT FROM cases)")))))


async def _asked(url: str, ask: Callable[[sa.Connection], T]) -> T:
    probe = open_engine(url)
    try:
        async with probe.connect() as connection:
            return await connection.run_sync(ask)
    finally:
        await probe.dispose()


def head() -> str | None:
    """The revision that this code wants."""
    configuration = Config()
    configuration.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    return ScriptDirectory.from_config(configuration).get_current_head()

"""A database that this program cannot work on is refused in one sentence, before anything is changed."""

import asyncio
from urllib.parse import urlsplit

import pytest

from models import schema
from models.errors import SettingsError
from ui import edge


async def test_a_server_that_is_too_old_is_refused(database, monkeypatch):
    monkeypatch.setattr(schema, "OLDEST_SERVER", 990000)
    with pytest.raises(SettingsError, match=r"^PostgreSQL \d+ is too old \(expected: 99 or newer\)$"):
        await schema.check_server(database)


async def test_a_schema_that_is_newer_than_the_program_is_refused_and_left_alone(cluster, database):
    name = urlsplit(database).path.strip("/")
    await asyncio.to_thread(cluster.sql, "UPDATE alembic_version SET version_num = '9999'", name)
    with pytest.raises(SettingsError, match=r"^The database's schema \(9999\) is newer than this program: install the newer version$"):
        await asyncio.to_thread(schema.upgrade, database)
    assert await asyncio.to_thread(cluster.sql, "SELECT version_num FROM alembic_version", name) == "9999"


def test_every_command_looks_at_the_server_before_its_schema(cluster, monkeypatch):
    monkeypatch.setattr(schema, "OLDEST_SERVER", 990000)
    monkeypatch.setenv("LANGKAH_DATABASE_URL", cluster.url("template"))
    from models.settings import get_settings

    get_settings.cache_clear()
    try:
        with pytest.raises(SettingsError, match="is too old"), edge.database():
            raise AssertionError("the command must not begin")
    finally:
        get_settings.cache_clear()

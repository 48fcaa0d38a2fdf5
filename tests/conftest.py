"""One PostgreSQL for the whole session, migrated once; each test that asks gets a copy of its own in milliseconds."""

import asyncio
import itertools
import os
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

os.environ.setdefault("LANGKAH_SECRET_KEY", "a secret for tests only, thirty-two and more")
os.environ.setdefault("PREFECT_LOGGING_LEVEL", "ERROR")
os.environ.setdefault("DO_NOT_TRACK", "1")

from models import db, schema
from models.definitions.definition import Definition
from models.definitions.loader import load
from models.embedded import Cluster
from models.services import programmes
from models.services.actor import MACHINE
from models.services.announce import all_told

OK_OCE = Path(__file__).parent.parent / "flows" / "programmes" / "ok_oce"
_copies = itertools.count(1)


@pytest.fixture(scope="session")
def ok_oce() -> Definition:
    """The programme that Langkah ships."""
    loaded = load(OK_OCE)
    assert loaded.bundle is not None, [str(finding) for finding in loaded.findings]
    return Definition(loaded.bundle)


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """An embedded server with a migrated template database."""
    with tempfile.TemporaryDirectory(prefix="lkt", ignore_cleanup_errors=True) as folder:
        server = Cluster(Path(folder) / "d")
        server.start()
        server.create_database("template")
        schema.upgrade(server.url("template"))
        yield server
        server.stop()


@pytest.fixture
async def database(cluster: Cluster) -> AsyncIterator[str]:
    """The address of a fresh, migrated database; this process is connected to it."""
    name = f"test_{next(_copies)}"
    cluster.sql(f'CREATE DATABASE "{name}" TEMPLATE template STRATEGY FILE_COPY')
    url = cluster.url(name)
    db.connect(url)
    yield url
    await all_told()
    await db.engine().dispose()
    await asyncio.to_thread(cluster.sql, f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture
async def session(database: str) -> AsyncIterator[AsyncSession]:
    """A session on a fresh database; the test commits when it wants others to see."""
    async with db.Session() as opened:
        yield opened


@pytest.fixture
async def programme(session: AsyncSession, ok_oce: Definition) -> Definition:
    """OK OCE, published in the test's database."""
    published = await programmes.publish(session, MACHINE, ok_oce.bundle)
    await session.commit()
    return await programmes.by_hash(session, published)

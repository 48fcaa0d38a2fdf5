"""An embedded PostgreSQL of its own for benchmarks, and cases in it, opened by commands."""

import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from models import db
from models.definitions.definition import Definition
from models.services import cases, participants, programmes
from models.services.actor import MACHINE, Actor, Grant, Role
from models.services.announce import silence
from models.services.cases import Opening
from models.services.participants import Person
from tests.benchmarks.programme import bench_programme

START = datetime(2018, 1, 8, 3, tzinfo=UTC)
CHUNK = 1000
ANSWERS = {"seen": True, "amount": 7}
STAFF = Actor("0d2c5f4e-6f0b-4c0e-9d53-1f4f7f0f9a11", "Sari", "user", (Grant(Role.STAGE_OWNER),))


def invented(n: int) -> Person:
    """Person number n (up to nine million) with a valid NIK."""
    district = f"31.71.{n % 44 + 1:02d}"
    day, month, year = 1 + n % 28, 1 + n // 28 % 12, 40 + n // 336 % 60
    nik = f"{district.replace('.', '')}{day:02d}{month:02d}{year:02d}{n // 20160 % 9999 + 1:04d}"
    return Person(nik=nik, name=f"Orang {n}", district=district, sex="L", birth_date=date(1900 + year, month, day), phone=f"+628{n:010d}")


@asynccontextmanager
async def bench_database(cluster: Any, name: str) -> AsyncIterator[tuple[str, Definition]]:
    """A fresh migrated database with the bench programme; this process is connected to it."""
    cluster.sql(f'CREATE DATABASE "{name}" TEMPLATE template STRATEGY FILE_COPY')
    url = cluster.url(name)
    db.connect(url, size=10)
    with tempfile.TemporaryDirectory() as folder, silence():
        async with db.transaction() as session:
            published = await programmes.publish(session, MACHINE, bench_programme(Path(folder)).bundle)
            definition = await programmes.by_hash(session, published)
        try:
            yield url, definition
        finally:
            await db.engine().dispose()
            cluster.sql(f'DROP DATABASE "{name}" WITH (FORCE)')


async def open_cases(definition: Definition, first: int, count: int, *, machine: bool = False) -> None:
    """Open cases number first … first + count; with `machine` they stand at the first automated step."""
    for start in range(first, first + count, CHUNK):
        async with db.transaction() as session:
            people = [invented(n) for n in range(start, min(start + CHUNK, first + count))]
            await _open(session, definition, people, machine)


async def _open(session: AsyncSession, definition: Definition, people: list[Person], machine: bool) -> None:
    from models.engine.commands import Evidence

    ids = await participants.store(session, people)
    proof = (Evidence("s1", "list"),) if machine else ()
    openings = [Opening(i, p.district, p.village, {}, proof) for i, p in zip(ids, people, strict=True)]
    await cases.open_cases(session, MACHINE, definition, openings, START)

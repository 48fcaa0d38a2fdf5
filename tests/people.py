"""People for tests, built as the product builds them: stored, then opened by command."""

from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from flows.run_cases import work_off
from models.clock import programme_now, set_programme_time
from models.db import transaction
from models.definitions.definition import Definition
from models.engine.case import Case
from models.engine.commands import Evidence
from models.services import access, automation, cases, participants
from models.services.actor import MACHINE, Actor, Grant, Role
from models.services.cases import Opening
from models.services.participants import Person
from models.services.verify import Difference, verify

MONDAY = datetime(2018, 1, 8, 3, tzinfo=UTC)
PASSWORD = "kata sandi uji"


def person(n: int = 1, **changes: Any) -> Person:
    """An invented woman of Gambir with a valid NIK, different for each n."""
    values: dict[str, Any] = {
        "nik": f"317101{41 + n % 28:02d}{1 + n % 12:02d}80{1 + n:04d}",
        "name": f"Siti Uji {n}",
        "district": "31.71.01",
        "sex": "P",
        "birth_date": date(1980, 1 + n % 12, 1 + n % 28),
        "phone": f"+62812{n:08d}",
    }
    return Person(**(values | changes))


async def register(
    session: AsyncSession,
    programme: Definition,
    *people: Person,
    at: datetime = MONDAY,
    facts: dict[str, Any] | None = None,
    behind: tuple[str, ...] = (),
) -> list[Case]:
    """Store people and open their cases at a moment of programme time; the stages in `behind` are skipped on evidence."""
    await set_programme_time(session, at)
    known = {"business_months": 3, "has_phone": True} | (facts or {})
    ids = await participants.store(session, people)
    proofs = tuple(Evidence(stage, "surat") for stage in behind)
    openings = [Opening(i, p.district, p.village, known, proofs) for i, p in zip(ids, people, strict=True)]
    opened = await cases.open_cases(session, MACHINE, programme, openings, at)
    await session.commit()
    return opened


async def run_automation(session: AsyncSession) -> None:
    """Let the machine do everything that is ready, as a worker would."""
    while ready := await automation.lease(session, "test", 500):
        await session.commit()
        await work_off("test", ready, None)
    await session.commit()


async def staff(session: AsyncSession, role: Role = Role.STAGE_OWNER, *, stages: str = "", areas: str = "", name: str = "Sari") -> Actor:
    """A member of staff with an account; stages and areas are blank-separated."""
    grant = Grant(role, frozenset(stages.split()), frozenset(areas.split()))
    email = f"{name.lower()}.{role.value}@example.org"
    user = await access.add_user(session, MACHINE, email, name, PASSWORD, [grant])
    await session.commit()
    return Actor(user, name, "user", (grant,))


async def now(session: AsyncSession) -> datetime:
    """Programme time in the test's database."""
    return await programme_now(session)


async def differences() -> list[Difference]:
    """What `langkah verify` would report."""
    async with transaction() as session:
        return [found async for _, batch in verify(session) for found in batch]

"""What the tests of the API share: a client of the whole application in process, tokens, a case at the licence office."""

from collections.abc import AsyncIterator

import httpx
import pytest
from sqlalchemy import text

from models.clock import set_programme_time
from models.engine.commands import MarkSent
from models.services import access, cases
from models.services.actor import MACHINE, Grant, Role
from tests.application import app
from tests.people import MONDAY, now, register, run_automation
from tests.people import person as invented

SITI = {"nik": "3171014501800001", "name": "SITI AMINAH", "district": "Gambir", "birth_date": "1980-01-05", "phone": "0812 0000 0001"}


async def token_for(session, role, stages="", areas="", name="test"):
    """Headers of somebody with a role."""
    token = await access.add_token(session, MACHINE, name, [Grant(role, frozenset(stages.split()), frozenset(areas.split()))])
    await session.commit()
    return {"Authorization": f"Bearer {token}"}


@pytest.fixture
async def api(database, session, programme) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the whole application on this test's database, with a manager's token."""
    await set_programme_time(session, MONDAY)
    headers = await token_for(session, Role.PROGRAMME_MANAGER)
    transport = httpx.ASGITransport(app=app())
    async with httpx.AsyncClient(transport=transport, base_url="http://test/api/v1", headers=headers) as client:
        yield client


async def in_queue(session, programme, n=1):
    """A new case whose registration somebody has to look at."""
    [case] = await register(session, programme, invented(n, sex="L"))
    await run_automation(session)
    return case


async def at(session, programme, stage, n=1, **facts):
    """A new case whose earlier stages are proven."""
    stages = tuple(programme.stages)
    [case] = await register(session, programme, invented(n), facts=facts, behind=stages[: stages.index(stage)])
    await run_automation(session)
    return case


async def sent_handoff(session, case):
    """The id of a case's first hand-off, as if it had left the house."""
    handoff = await session.scalar(text("SELECT id::text FROM handoff WHERE case_id = CAST(:c AS uuid) ORDER BY id"), {"c": case.id})
    folded = await cases.folded(session, case.id)
    await cases.execute(session, MACHINE, case.id, MarkSent(handoff, folded.handoffs[handoff].attempt), await now(session))
    await session.commit()
    return handoff

"""A staff page that breaks says so in the person's language, within the frame, and nothing of what a program says about it."""

import asyncio

import httpx
import pytest
from nicegui import core
from sqlalchemy import text

from models.services import access
from models.services.actor import Role
from tests.application import app
from tests.integration.conftest import in_queue
from tests.people import PASSWORD, person, register, staff
from ui.auth import COOKIE


@pytest.fixture
async def manager(session, programme, monkeypatch):
    """The browser of a programme manager who is signed in."""
    monkeypatch.setattr(core, "loop", asyncio.get_running_loop())
    await staff(session, Role.PROGRAMME_MANAGER, name="Sari")
    token = await access.sign_in(session, "sari.programme_manager@example.org", PASSWORD, "10.0.0.1")
    await session.commit()
    transport = httpx.ASGITransport(app=app())
    async with httpx.AsyncClient(transport=transport, base_url="http://test", cookies={COOKIE: token}) as browser:
        yield browser


@pytest.mark.parametrize(("locale", "words"), [("id", "kesalahan pada sistem kami"), ("en", "a fault in our system")])
async def test_a_page_that_breaks_says_so_in_a_sentence(manager, session, programme, locale, words):
    case = await in_queue(session, programme)
    await session.execute(text("UPDATE user_account SET locale = :l"), {"l": locale})
    await session.execute(text("UPDATE cases SET state = '{}' WHERE number = :n"), {"n": case.number})
    await session.commit()
    answer = await manager.get(f"/staff/cases/{case.number}")
    assert answer.status_code == 500
    assert words in answer.text
    assert "/staff/cases" in answer.text, "the rail is there"
    assert not [word for word in ("KeyError", "TypeError", "ValidationError", "Traceback", "Exception") if word in answer.text]


async def test_a_case_with_a_number_beyond_all_bounds_is_shown(manager, session, programme):
    [case] = await register(session, programme, person(), facts={"monthly_turnover": 10**26})
    answer = await manager.get(f"/staff/cases/{case.number}")
    assert (answer.status_code, "100.000.000.000.000.000.000.000.000" in answer.text) == (200, True)


async def test_what_a_person_may_not_see_is_told_within_the_frame_in_their_language(manager):
    answer = await manager.get("/staff/cases/OKO-2018-999999")
    assert (answer.status_code, answer.headers["content-type"].split(";")[0]) == (404, "text/html")
    assert "/staff/imports" in answer.text

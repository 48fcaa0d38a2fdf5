"""A visitor of the public pages, as a browser without scripts is one: forms are read from the page and sent back."""

import html
import re
from typing import Any

import httpx
from sqlalchemy import text

from models.services import participant_access
from tests.application import app

SITI = {
    "name": "Siti Aminah",
    "nik": "3171014501800001",
    "birth_date.d": "5",
    "birth_date.m": "1",
    "birth_date.y": "1980",
    "village": "Cideng",
    "address": "Jl. Kelapa 3, RT 004/RW 007",
    "phone": "0812 0000 0001",
    "business_type": "Warung nasi",
    "business_months": "14",
}
NUMBER = re.compile(r'class="number">([^<]+)<')
PAGES = ("name", "nik", "born", "place", "phone", "business", "consent")


class Visitor:
    """Somebody with a phone."""

    def __init__(self) -> None:
        self.http = httpx.AsyncClient(transport=httpx.ASGITransport(app=app()), base_url="http://test", follow_redirects=True)
        self.page: Any = None
        self.seen: list[str] = []

    async def get(self, path: str) -> str:
        """Open a page and return what it says."""
        return self._seen(await self.http.get(path))

    async def send(self, path: str, **fields: str) -> str:
        """Send a form of the present page, with the hidden token that it holds."""
        return self._seen(await self.http.post(path, data={"token": self.token} | fields))

    @property
    def token(self) -> str:
        """What the page hides in its forms."""
        return re.findall(r'name="token" value="([^"]+)"', self.page.text)[0]

    @property
    def errors(self) -> list[str]:
        """What stands beside the fields."""
        return [html.unescape(found) for found in re.findall(r'class="msg"[^>]*>([^<]+)<', self.page.text)]

    def _seen(self, response: httpx.Response) -> str:
        self.page = response
        self.seen += [str(item.request.url) for item in [*response.history, response]]
        return html.unescape(response.text)

    async def answer(self, **changes: str) -> str:
        """Answer all questions up to the review."""
        answers = SITI | changes
        await self.get("/register")
        for page in PAGES:
            fields = {"agree": _version(await self.get("/register/consent"))} if page == "consent" else answers
            await self.send(f"/register/{page}", **fields)
        return html.unescape(self.page.text)

    async def register(self, **changes: str) -> str:
        """Register and return the number on the confirmation."""
        await self.answer(**changes)
        await self.send("/register/review")
        return str(NUMBER.findall(self.page.text)[0])

    async def ask_code(self, number: str, born: str = "5/1/1980") -> str:
        """Ask for a code."""
        day, month, year = born.split("/")
        await self.get("/status")
        return await self.send("/status", number=number, **{"birth_date.d": day, "birth_date.m": month, "birth_date.y": year})

    async def sign_in(self, session: Any, number: str, born: str = "5/1/1980") -> str:
        """Sign in with the code that the message holds."""
        await self.ask_code(number, born)
        return await self.send("/status/code", code=await code_for(session, number))


def _version(page: str) -> str:
    return re.findall(r'name="agree" value="([^"]+)"', page)[0]


async def code_for(session: Any, number: str) -> str:
    """The newest code that was ordered for a case, as its message would bring it."""
    handoff = await session.scalar(
        text(
            "SELECT o.handoff_id::text FROM one_time_code o JOIN cases c ON c.id = o.case_id LEFT JOIN other_number n ON n.case_id = c.id"
            " WHERE c.number = :number OR n.number = :number ORDER BY o.created_at DESC LIMIT 1"
        ),
        {"number": number},
    )
    return (await participant_access.codes_of(session, [handoff]))[handoff]


async def messages(session: Any, number: str) -> list[str]:
    """The messages and hand-offs that were ordered for a case, by name."""
    rows = await session.execute(
        text("SELECT h.message FROM handoff h JOIN cases c ON c.id = h.case_id WHERE c.number = :n ORDER BY h.message"),
        {"n": number},
    )
    return [row.message for row in rows]

"""What the public pages remember of a visit: one encrypted cookie, no row and no address, gone after half an hour.

Nobody can read or change it without the secret; whoever copies it gets no further than the visit itself.
"""

import asyncio
import base64
import binascii
import hmac
import json
import secrets
import time
from dataclasses import asdict, dataclass, field
from typing import Any

from fastapi import Request
from fastapi.responses import Response

from models.errors import SettingsError
from models.services.vault import decrypt, encrypt
from models.settings import get_settings

COOKIE, PURPOSE = "langkah_visit", "visit"
MINUTES = 30
LONGEST = 3800  # browsers keep cookies of 4096 bytes, name and attributes included
PACE_SECONDS = 0.6


@dataclass(slots=True)
class Visit:
    """One visitor's answers so far. `token` goes with every form, `flow` is the secret of a sign-in by code under way."""

    token: str = field(default_factory=lambda: secrets.token_urlsafe(16))
    answers: dict[str, str] = field(default_factory=dict)
    agreed: str | None = None
    number: str | None = None
    flow: str | None = None
    timed_out: bool = False

    def sealed(self) -> str:
        """The visit as it travels."""
        body = json.dumps({"at": time.time(), **asdict(self)}, ensure_ascii=False, separators=(",", ":"))
        return base64.urlsafe_b64encode(encrypt(body.encode(), PURPOSE)).decode()

    def sent_by(self, form: dict[str, str]) -> bool:
        """Whether a form was drawn for this visit and by nobody else."""
        return hmac.compare_digest(form.get("token", "").encode(), self.token.encode())


def visit_of(request: Request) -> Visit:
    """The visit of a request; a new one when there is none, when it was changed on the way, or is past its time."""
    try:
        body: dict[str, Any] = json.loads(decrypt(base64.urlsafe_b64decode(request.cookies.get(COOKIE, "")), PURPOSE))
    except (SettingsError, ValueError, binascii.Error):
        return Visit()
    if time.time() - body.pop("at") > MINUTES * 60:
        return Visit(timed_out=True)
    return Visit(**(body | {"timed_out": False}))


def keep(response: Response, visit: Visit) -> Response:
    """Let a response carry the visit on; nothing of it stays in a cache."""
    secure = get_settings().public_url().startswith("https")
    # Without an age of its own: the time is counted here, so that who comes back late can be told what happened.
    response.set_cookie(COOKIE, visit.sealed(), httponly=True, samesite="lax", secure=secure, path="/")
    response.headers["Cache-Control"] = "no-store"
    return response


async def form_of(request: Request) -> dict[str, str]:
    """The text fields of a posted form, files are not among them; the values of a name that stands several times come as lines."""
    found: dict[str, str] = {}
    async with request.form(max_files=0, max_fields=60) as form:
        for name, value in form.multi_items():
            if isinstance(value, str):
                found[name] = f"{found[name]}\n{value}" if name in found else value
    return found


def caller(request: Request) -> str:
    """The address that asks."""
    return request.client.host if request.client else ""


async def in_step(began: float) -> None:
    """Wait until an answer is due: what was known must not show in how long it took. `began` is time.monotonic()."""
    spent = time.monotonic() - began
    steps = int(spent / PACE_SECONDS) + 1
    await asyncio.sleep(steps * PACE_SECONDS - spent)

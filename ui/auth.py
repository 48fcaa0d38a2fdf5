"""Who is behind a request: sessions for people, bearer tokens for machines, and the guards around the socket."""

import logging
from typing import Any
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from models.db import AWAY, fault, transaction
from models.errors import NotSignedIn
from models.services import access
from models.services.actor import Actor
from ui.away import database_away
from ui.body_limit import limited

log = logging.getLogger(__name__)
COOKIE = "langkah_session"
STAFF_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline';"
    " img-src 'self' data: blob:; connect-src 'self' ws: wss:; font-src 'self' data:; frame-ancestors 'none'"
)
PUBLIC_POLICY = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
# A file of a case is shown inside our own pages, and nothing in it may run or load.
FILE_POLICY = "default-src 'none'; img-src 'self'; object-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'self'"


class Guard:
    """Pure ASGI: finds the actor, keeps strangers out of /staff, checks Origin and body size, sets headers."""

    def __init__(self, app: ASGIApp, base_url: str) -> None:
        self.app = app
        self.hosts = {urlsplit(base_url).netloc}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Guard one request or socket."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        headers, path = Headers(scope=scope), str(scope["path"])
        if scope["type"] == "websocket" or path.startswith("/_nicegui_ws"):
            if not self._same_origin(headers):
                await _refuse(scope, receive, send)
                return
        elif scope["method"] in ("POST", "PUT", "DELETE") and not path.startswith("/api/") and not self._same_origin(headers):
            await PlainTextResponse("cross-site request refused", 403)(scope, receive, send)
            return
        try:
            scope.setdefault("state", {})["actor"] = await self._actor(scope, headers, path)
        except AWAY as error:
            if fault(error) != "outage":
                raise
            log.warning("who asks is unknown: %s", type(error).__name__)
            if scope["type"] == "http":
                await database_away(Request(scope))(scope, receive, _with_headers(send, path))
            else:
                await _refuse(scope, receive, send)
            return
        if path.startswith("/staff") and scope["type"] == "http" and scope["state"]["actor"] is None:
            target = path if scope["method"] == "GET" else "/staff"
            await RedirectResponse(f"/login?next={target}", 303)(scope, receive, send)
            return
        await limited(self.app, path)(scope, receive, _with_headers(send, path))

    async def _actor(self, scope: Scope, headers: Headers, path: str) -> Actor | None:
        if path.startswith(("/_nicegui", "/static", "/health", "/metrics")):
            return None
        if path.startswith("/api/"):
            kind, _, token = headers.get("authorization", "").partition(" ")
            if kind.lower() == "bearer" and token:
                async with transaction() as session:
                    return await access.actor_of_token(session, token)
        cookie = Request(scope).cookies.get(COOKIE) if scope["type"] == "http" else None
        if not cookie:
            return None
        if path.startswith("/api/") and scope["method"] not in ("GET", "HEAD"):
            return None
        async with transaction() as session:
            return await access.actor_of_session(session, cookie)

    def _same_origin(self, headers: Headers) -> bool:
        origin = headers.get("origin")
        return origin is None or urlsplit(origin).netloc in self.hosts | {headers.get("host", "")}


async def _refuse(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.close", "code": 1008})
    else:
        await PlainTextResponse("foreign origin", 403)(scope, receive, send)


def _with_headers(send: Send, path: str) -> Send:
    shown_inside = path.startswith("/staff-files/documents/")
    policy = FILE_POLICY if shown_inside else STAFF_POLICY if path.startswith(("/staff", "/_nicegui")) else PUBLIC_POLICY

    async def write(message: Message) -> None:
        if message["type"] == "http.response.start":
            added = {
                "content-security-policy": policy,
                "x-content-type-options": "nosniff",
                "referrer-policy": "same-origin",
                "x-frame-options": "SAMEORIGIN" if shown_inside else "DENY",
            }
            message["headers"] = [*message["headers"], *((k.encode(), v.encode()) for k, v in added.items())]
        await send(message)

    return write


async def actor_again(token: str | None) -> Actor:
    """Who holds a session now: handlers of an open page ask again before they act. Raises NotSignedIn."""
    if token:
        async with transaction() as session:
            found = await access.actor_of_session(session, token)
        if found is not None:
            return found
    raise NotSignedIn("Sesi berakhir / your session has ended")


def safe_next(target: str | None) -> str:
    """Where to go after signing in: only our own staff pages."""
    return target if target and target.startswith("/staff") and not target.startswith("//") else "/staff"


def set_session(response: Any, token: str, https: bool) -> None:
    """Put the session's cookie on a response."""
    response.set_cookie(COOKIE, token, max_age=access.SESSION_HOURS * 3600, httponly=True, samesite="lax", secure=https, path="/")

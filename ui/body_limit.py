"""No body is read beyond what its path may take: refused at once when it says its size, cut off while it streams otherwise."""

import json

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from models.intake.sheet import LARGEST_BYTES
from models.services import files

FILE_LIMIT = LARGEST_BYTES + 1_000_000  # a list, and the multipart frame around it
DOCUMENT_LIMIT = files.LARGEST_BYTES + 100_000
JSON_LIMIT = 1_000_000
ANSWERS_LIMIT = 65_536  # what a person types into the public pages


def limit_of(path: str) -> tuple[int, str]:
    """How many bytes a path may get, and that limit in words."""
    if path.startswith(("/api/v1/cases/", "/staff-files/cases/")) and path.endswith("/documents"):
        return DOCUMENT_LIMIT, f"{files.LARGEST_BYTES // 1024**2} MB"
    if path.startswith("/api/") and path != "/api/v1/imports":
        return JSON_LIMIT, f"{JSON_LIMIT // 1_000_000} MB"
    if path.startswith(("/register", "/status")):
        return ANSWERS_LIMIT, f"{ANSWERS_LIMIT // 1024} KB"
    return FILE_LIMIT, f"{LARGEST_BYTES // 1024**2} MB"


def limited(app: ASGIApp, path: str) -> ASGIApp:
    """An application that answers 413, naming the limit, to a body that is too large."""
    limit, words = limit_of(path)

    async def guarded(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        if _declared(Headers(scope=scope)) > limit:
            await _refusal(words)(scope, receive, send)
            return
        seen, too_large, started = 0, False, False

        async def read() -> Message:
            nonlocal seen, too_large
            message = await receive()
            seen += len(message.get("body", b""))
            too_large = too_large or seen > limit
            return {"type": "http.disconnect"} if too_large else message

        async def write(message: Message) -> None:
            nonlocal started
            if too_large and not started:
                return
            started = True
            await send(message)

        try:
            await app(scope, read, write)
        except Exception:
            if not too_large:
                raise
        if too_large and not started:
            await _refusal(words)(scope, receive, send)

    return guarded


def _declared(headers: Headers) -> int:
    size = headers.get("content-length", "")
    return int(size) if size.isascii() and size.isdigit() else 0


def _refusal(words: str) -> Response:
    message = f"Isi lebih dari {words} / the body is larger than {words}"
    body = {
        "type": "/problems/too_large",
        "title": "Too large",
        "status": 413,
        "detail": message,
        "errors": [{"field": "body", "code": "too_large", "message": message}],
    }
    return Response(json.dumps(body), 413, {"Connection": "close"}, "application/problem+json")

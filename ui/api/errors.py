"""problem+json for everything that goes wrong under /api."""

import logging
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from models.db import AWAY, fault
from models.errors import LangkahError, NotFound
from models.services import requests
from ui.api.wordings import words_of
from ui.away import database_away
from ui.problems import problem, where
from ui.public.drawing import render

log = logging.getLogger(__name__)
DETAILS = {
    404: "Tidak ada apa-apa di alamat ini / there is nothing at this address",
    405: "Cara ini tidak berlaku untuk alamat ini / this method does not work for this address",
}
UNEXPECTED = "Ada kesalahan pada sistem kami; coba lagi nanti / a fault in our system; try again later"
BAD_VALUE = "Ada nilai yang tidak dapat dipakai / a value cannot be used (too large, or not of its kind)"


def install(app: FastAPI) -> None:
    """Answer every error of the API as problem+json, an unforeseen one of a page in a sentence; nothing of it is told."""

    @app.exception_handler(LangkahError)
    async def ours(request: Request, error: LangkahError) -> Response:
        if isinstance(error, NotFound) and request.url.path.startswith(("/register", "/status")):
            return render(request, "missing.html", 404)
        errors = [
            {k: v for k, v in (("field", p.field), ("row", p.row), ("code", p.code), ("message", p.message)) if v is not None}
            for p in error.problems
        ]
        return problem(error.status, error.message, error.code, errors)

    @app.exception_handler(RequestValidationError)
    async def invalid(_request: Request, error: RequestValidationError) -> Response:
        errors = [{"field": _place(item), "code": item["type"], "message": words_of(item)} for item in error.errors()]
        return problem(422, requests.SENTENCE, "invalid", errors)

    @app.exception_handler(HTTPException)
    async def http(_request: Request, error: HTTPException) -> Response:
        return problem(error.status_code, DETAILS.get(error.status_code, str(error.detail)))

    @app.exception_handler(Exception)
    async def unexpected(request: Request, _error: Exception) -> Response:
        if request.url.path.startswith("/api/"):
            return problem(500, UNEXPECTED, "unexpected")
        return render(request, "trouble.html", 500)

    async def database(request: Request, error: Exception) -> Response:
        whose = fault(error)
        if whose == "value":
            return problem(422, BAD_VALUE, "bad_value")
        if whose == "outage":
            return database_away(request)
        log.error("%s %s: %s\n%s", request.method, request.scope.get("route", request.url.path), type(error).__name__, where(error))
        return await unexpected(request, error)

    for kind in AWAY:
        app.add_exception_handler(kind, database)


def _place(item: Any) -> str:
    """The name of the field that is wrong, with the place inside it where that is known; of a body that is no JSON, "body"."""
    if item["type"] == "json_invalid":
        return "body"
    parts = [str(part) for part in item["loc"][1:]]
    inside = item.get("ctx", {}).get("path")
    return ".".join([*parts, inside] if inside else parts) or "body"

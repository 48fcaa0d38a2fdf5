"""Errors as problem+json, and what of them may be written into a log."""

import traceback
from typing import Any

from fastapi.responses import JSONResponse

TITLES = {
    400: "Bad request",
    401: "Not signed in",
    403: "Not allowed",
    404: "Not found",
    405: "Method not allowed",
    409: "Conflict",
    413: "Too large",
    422: "Invalid input",
    429: "Too many requests",
    500: "Unexpected error",
    503: "Not available",
}


def problem(status: int, detail: str, code: str = "", errors: list[dict[str, Any]] | None = None) -> JSONResponse:
    """A problem in the shape of RFC 9457 with our list of errors."""
    body = {
        "type": f"/problems/{code or status}",
        "title": TITLES.get(status, "Error"),
        "status": status,
        "detail": detail,
        "errors": errors or [],
    }
    return JSONResponse(body, status, media_type="application/problem+json")


def where(error: BaseException) -> str:
    """Where something broke, without the error's own words: they may hold what somebody typed."""
    return "".join(traceback.format_tb(error.__traceback__)[-4:])

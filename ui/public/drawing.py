"""Drawing a template in the language of whoever asks, and the one stylesheet beside it."""

import hashlib
from functools import cache
from pathlib import Path
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse, Response
from fastapi.staticfiles import StaticFiles
from jinja2 import Environment, PackageLoader, select_autoescape

from ui.i18n import t

LANGUAGE = "langkah_lang"  # the cookie that keeps the language of those who are not signed in
pages = Environment(loader=PackageLoader("ui.public"), autoescape=select_autoescape())
STYLE = Path(__file__).parent.parent / "static" / "public.css"


class Static(StaticFiles):
    """Files that an address with their version names are kept by browsers for good: a slow network carries them once."""

    def file_response(self, full_path: Any, stat_result: Any, scope: Any, status_code: int = 200) -> Response:
        """Answer with a file."""
        response = super().file_response(full_path, stat_result, scope, status_code)
        if scope["query_string"].startswith(b"v="):
            response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        return response


@cache
def style_version() -> str:
    """The stylesheet's version: it changes with its content."""
    return hashlib.sha256(STYLE.read_bytes()).hexdigest()[:10]


def locale_of(request: Request) -> str:
    """The language of a request: the signed-in person's, else the cookie's, else Indonesian."""
    actor = getattr(request.state, "actor", None)
    if actor is not None:
        return str(actor.locale)
    return "en" if request.cookies.get(LANGUAGE) == "en" else "id"


def render(request: Request, name: str, status: int = 200, **values: object) -> HTMLResponse:
    """Draw a template in the request's language."""
    locale = locale_of(request)
    page = pages.get_template(name).render(t=lambda key, **kw: t(locale, key, **kw), locale=locale, style=style_version(), **values)
    return HTMLResponse(page, status)

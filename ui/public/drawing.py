"""Drawing a template in the language of whoever asks."""

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, select_autoescape

from ui.i18n import t

LANGUAGE = "langkah_lang"  # the cookie that keeps the language of those who are not signed in
pages = Environment(loader=PackageLoader("ui.public"), autoescape=select_autoescape())


def locale_of(request: Request) -> str:
    """The language of a request: the signed-in person's, else the cookie's, else Indonesian."""
    actor = getattr(request.state, "actor", None)
    if actor is not None:
        return str(actor.locale)
    return "en" if request.cookies.get(LANGUAGE) == "en" else "id"


def render(request: Request, name: str, status: int = 200, **values: object) -> HTMLResponse:
    """Draw a template in the request's language."""
    locale = locale_of(request)
    page = pages.get_template(name).render(t=lambda key, **kw: t(locale, key, **kw), locale=locale, **values)
    return HTMLResponse(page, status)

"""Pages without scripts: the front page, signing in and out, the language."""

from typing import Annotated
from urllib.parse import parse_qs

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from sqlalchemy.ext.asyncio import AsyncSession

from flows.demo.story import story
from models.db import transaction
from models.errors import Invalid, LangkahError
from models.services import access, programmes
from models.settings import get_settings
from ui.auth import COOKIE, safe_next, set_session
from ui.public.drawing import LANGUAGE, locale_of, render

router = APIRouter(include_in_schema=False)


@router.get("/")
async def front(request: Request) -> Response:
    """The front page: what the programme is, and where to go."""
    async with transaction() as session:
        definition = await programmes.current(session)
    locale, public = locale_of(request), definition.live.public
    lines = [
        {"name": stage.name.in_(locale), "about": public.stages[key].in_(locale) if public else ""}
        for key, stage in definition.stages.items()
    ]
    about = public.about.in_(locale) if public else ""
    return render(request, "front.html", programme=definition.pinned.name.in_(locale), about=about, lines=lines, open=public is not None)


@router.get("/login")
async def login_page(request: Request, next: str = "/staff") -> Response:
    """The form for signing in."""
    return _login(request, next)


@router.post("/login")
async def login(
    request: Request, email: Annotated[str, Form()] = "", password: Annotated[str, Form()] = "", next: Annotated[str, Form()] = ""
) -> Response:
    """Sign in; a failure is remembered for throttling."""
    address = request.client.host if request.client else ""
    try:
        async with transaction() as session:
            await access.count_attempt(session, email, address)
        async with transaction() as session:
            token = await access.sign_in(session, email, password, address)
            await _keep_language(session, request, token)
    except LangkahError as error:
        return _login(request, next, error.message, error.status, email)
    response = RedirectResponse(safe_next(next), 303)
    set_session(response, token, get_settings().public_url().startswith("https"))
    return response


async def _keep_language(session: AsyncSession, request: Request, token: str) -> None:
    """The language chosen before signing in becomes the person's own; one that never chose keeps what is stored."""
    chosen, actor = request.cookies.get(LANGUAGE), await access.actor_of_session(session, token)
    if chosen in ("id", "en") and actor is not None and actor.locale != chosen:
        await access.set_locale(session, actor, chosen)


def _login(request: Request, next_: str, error: str = "", status: int = 200, email: str = "") -> HTMLResponse:
    demo = story() if get_settings().demo else None
    words = error.split(" / ")
    shown = words[-1] if error and locale_of(request) == "en" else words[0]
    return render(request, "login.html", status, here="/login", next=safe_next(next_), error=shown, email=email, demo=demo)


@router.post("/logout")
async def logout(request: Request) -> Response:
    """End the session."""
    token = request.cookies.get(COOKIE)
    if token:
        async with transaction() as session:
            await access.sign_out(session, token)
    response = RedirectResponse("/login", 303)
    response.delete_cookie(COOKIE)
    return response


@router.post("/locale")
async def change_locale(request: Request) -> Response:
    """Switch the language and go back. Raises Invalid for bytes that are no text."""
    try:
        form = parse_qs((await request.body()).decode()[:2000])
    except UnicodeDecodeError:
        raise Invalid("Isi permintaan bukan teks UTF-8 / the request's body is not UTF-8 text") from None
    locale = "en" if form.get("locale", ["id"])[0] == "en" else "id"
    if request.state.actor is not None:
        async with transaction() as session:
            await access.set_locale(session, request.state.actor, locale)
    back = form.get("back", ["/"])[0]
    response = RedirectResponse(back if back.startswith("/") and not back.startswith("//") else "/", 303)
    response.set_cookie(LANGUAGE, locale, max_age=31_536_000, samesite="lax")
    return response

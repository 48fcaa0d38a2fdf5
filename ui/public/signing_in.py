"""Signing in to one's own case: number and birth date, then the code that came by message. Every attempt looks the same."""

import time
from datetime import date
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from models.clock import programme_now
from models.db import transaction
from models.definitions import forms
from models.definitions.schema import Form, FormField
from models.errors import NotSignedIn, TooMany
from models.services import participant_access, programmes
from models.services.participant_access import Own
from models.settings import get_settings, partner_setting
from ui.i18n import both, t
from ui.public.drawing import locale_of, render
from ui.public.fields import drawn, typed_of
from ui.public.visit import Visit, caller, form_of, in_step, keep, visit_of

router = APIRouter(prefix="/status", include_in_schema=False)
CASE_COOKIE = "langkah_case"
FORM = Form(
    title=both("my_case"),
    fields=[
        FormField(name="number", type="case", required=True, label=both("case_number"), hint=both("case_number_hint")),
        FormField(name="birth_date", type="date", required=True, label=both("birth_date")),
    ],
)


async def own_of(request: Request) -> Own | None:
    """Who is signed in to their own case."""
    token = request.cookies.get(CASE_COOKIE)
    if not token:
        return None
    async with transaction() as session:
        return await participant_access.own_of(session, token, locale_of(request))


def sign_in_page(request: Request, visit: Visit, typed: dict[str, Any], errors: dict[str, str], note: str = "") -> Response:
    """The form for number and birth date; `note` is a key of why it is shown again."""
    locale = locale_of(request)
    fields = drawn(FORM.fields, typed, errors, locale, ("", ""))
    status = 422 if errors else 200
    return keep(render(request, "sign_in.html", status, here="/status", token=visit.token, fields=fields, note=note), visit)


@router.post("")
async def ask(request: Request) -> Response:
    """Send a code if number and birth date belong together; the answer is the same if they do not."""
    began, visit, sent, locale = time.monotonic(), visit_of(request), await form_of(request), locale_of(request)
    typed = typed_of(FORM.fields, sent)
    if not visit.sent_by(sent):
        return sign_in_page(request, Visit(), typed, {}, "please_again")
    clean, _, problems = forms.validate(FORM, typed, locale)
    if problems:
        return sign_in_page(request, visit, typed, {item.field or "": item.message for item in problems})
    try:
        async with transaction() as session:
            await participant_access.count_visit(session, "ask a code", caller(request))
        async with transaction() as session:
            born = date.fromisoformat(clean["birth_date"])
            visit.flow = await participant_access.ask_code(session, clean["number"], born, await programme_now(session))
    except TooMany:
        return keep(render(request, "told.html", 429, **_too_many()), visit)
    await in_step(began)
    return keep(RedirectResponse("/status/code", 303), visit)


@router.get("/code")
async def code_page(request: Request) -> Response:
    """The form for the code."""
    visit = visit_of(request)
    return await _code_page(request, visit, "") if visit.flow else RedirectResponse("/status", 303)


@router.post("/code")
async def use(request: Request) -> Response:
    """Try the code; a right one opens the case once."""
    began, visit, sent = time.monotonic(), visit_of(request), await form_of(request)
    if not visit.sent_by(sent) or not visit.flow:
        return sign_in_page(request, Visit(), {}, {}, "please_again")
    try:
        async with transaction() as session:
            await participant_access.count_visit(session, "try a code", caller(request))
        async with transaction() as session:
            token = await participant_access.use_code(session, visit.flow, sent.get("code", ""))
    except NotSignedIn:
        return sign_in_page(request, Visit(), {}, {}, "code_gone")
    except TooMany:
        return keep(render(request, "told.html", 429, **_too_many()), Visit())
    await in_step(began)
    if token is None:
        return await _code_page(request, visit, t(locale_of(request), "code_wrong"))
    response = keep(RedirectResponse("/status", 303), Visit())
    secure = get_settings().public_url().startswith("https")
    response.set_cookie(CASE_COOKIE, token, httponly=True, samesite="lax", secure=secure, path="/status")
    return response


@router.post("/out")
async def sign_out(request: Request) -> Response:
    """End the session on this phone."""
    token, sent = request.cookies.get(CASE_COOKIE), await form_of(request)
    response = RedirectResponse("/status", 303)
    if token and visit_of(request).sent_by(sent):
        async with transaction() as session:
            await participant_access.sign_out(session, token)
        response.delete_cookie(CASE_COOKIE, path="/status")
    return response


async def _code_page(request: Request, visit: Visit, error: str) -> Response:
    page = render(
        request,
        "code.html",
        422 if error else 200,
        here="/status/code",
        token=visit.token,
        error=error,
        minutes=participant_access.CODE_MINUTES,
        book=await _demo_book(),
    )
    return keep(page, visit)


async def _demo_book() -> str:
    """In a demo no message reaches a phone: where the sandbox shows what phones would get."""
    if not get_settings().demo:
        return ""
    async with transaction() as session:
        partners = (await programmes.current(session)).live.partners
    name = next((key for key, partner in partners.items() if partner.kind == "messaging"), "")
    return f"{partner_setting(name, 'URL')}/phones"


def _too_many() -> dict[str, str]:
    return {"title": "too_many_here_title", "words": "too_many_here_words", "onward": "/status", "here": "/status"}

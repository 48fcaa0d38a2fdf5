"""The registration: one question a page, kept in the visit, looked over before it is sent, one confirmation for everybody."""

import time
from datetime import date
from typing import Any

import segno
from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from models.clock import programme_now
from models.db import transaction
from models.definitions.definition import Definition
from models.definitions.public import Question
from models.errors import Invalid, TooMany
from models.services import programmes, registration
from ui.i18n import t
from ui.public.drawing import locale_of, render
from ui.public.fields import drawn, typed_of
from ui.public.visit import LONGEST, Visit, caller, form_of, in_step, keep, visit_of

router = APIRouter(prefix="/register", include_in_schema=False)
CONSENT, REVIEW, DONE = "consent", "review", "done"


async def _opening() -> tuple[Definition, date]:
    """The programme that people register for, and its today."""
    async with transaction() as session:
        definition = await programmes.current(session)
        registration.questions(definition)
        return definition, definition.calendar.local_date(await programme_now(session))


def _open_pages(definition: Definition, visit: Visit, today: date) -> list[str]:
    """The pages that still want an answer, in order."""
    asked = registration.questions(definition)
    missing = [item.name for item in asked if registration.read(definition, [item], visit.answers, today, "id").problems]
    consent = definition.live.consent
    return missing + ([CONSENT] if consent is None or visit.agreed != consent.version else [])


@router.get("")
async def begin(request: Request) -> Response:
    """Begin, or go on where a visit stopped."""
    definition, today = await _opening()
    visit = visit_of(request)
    if visit.timed_out:
        return keep(_told(request, "timed_out"), Visit())
    if visit.number:
        visit = Visit()
    return _page(request, definition, visit, next(iter(_open_pages(definition, visit, today)), REVIEW), today)


@router.get("/{name}")
async def page(request: Request, name: str) -> Response:
    """One page of the registration; what cannot be shown yet leads to the first question that is open."""
    definition, today = await _opening()
    visit = visit_of(request)
    if visit.timed_out:
        return keep(_told(request, "timed_out"), Visit())
    if name == DONE:
        return keep(_done(request, visit.number), visit) if visit.number else RedirectResponse("/register", 303)
    known = [item.name for item in registration.questions(definition)]
    if name not in (*known, CONSENT, REVIEW):
        return render(request, "missing.html", 404)
    missing = _open_pages(definition, visit, today)
    order = [*known, CONSENT, REVIEW]
    ahead = missing and order.index(name) > order.index(missing[0])
    return _page(request, definition, visit, missing[0] if ahead else name, today)


@router.post("/{name}")
async def answer(request: Request, name: str) -> Response:
    """Take the answers of one page; what is wrong is told beside the field and nothing typed is lost."""
    definition, today = await _opening()
    visit, sent = visit_of(request), await form_of(request)
    if not visit.sent_by(sent):
        told = _told(request, "timed_out" if visit.timed_out else "not_from_here")
        return keep(told, Visit()) if visit.timed_out else told
    if name == REVIEW:
        return await _send(request, definition, visit)
    if name == CONSENT:
        return _agree(request, definition, visit, sent, today)
    question = next((item for item in registration.questions(definition) if item.name == name), None)
    if question is None:
        return render(request, "missing.html", 404)
    typed = typed_of(question.fields, sent)
    if sent.get("meant"):
        typed["village"] = sent["meant"]
    locale = locale_of(request)
    read = registration.read(definition, [question], typed, today, locale)
    errors = {item.field or "": item.message for item in read.problems}
    if not errors:
        before, visit.answers = visit.answers, visit.answers | typed
        if len(visit.sealed()) <= LONGEST:
            return _onward(definition, visit, today)
        visit.answers, errors = before, {question.fields[0].name: t(locale, "too_long")}
    return keep(_question(request, definition, visit, question, typed, errors, read.alike), visit)


def _onward(definition: Definition, visit: Visit, today: date) -> Response:
    missing = _open_pages(definition, visit, today)
    return keep(RedirectResponse(f"/register/{missing[0] if missing else REVIEW}", 303), visit)


def _agree(request: Request, definition: Definition, visit: Visit, sent: dict[str, str], today: date) -> Response:
    consent = definition.live.consent
    if consent is not None and sent.get("agree") == consent.version:
        visit.agreed = consent.version
        return _onward(definition, visit, today)
    visit.agreed = None
    return keep(_consent(request, definition, visit, t(locale_of(request), "consent_missing")), visit)


async def _send(request: Request, definition: Definition, visit: Visit) -> Response:
    """Register; the answer takes the same time and looks the same whoever it is."""
    began, locale = time.monotonic(), locale_of(request)
    if visit.number:
        return keep(RedirectResponse(f"/register/{DONE}", 303), visit)
    try:
        async with transaction() as session:
            await registration.count_visit(session, caller(request))
        async with transaction() as session:
            now = await programme_now(session)
            typed: dict[str, Any] = dict(visit.answers)
            number = await registration.register(session, definition, typed, agreed=visit.agreed, locale=locale, now=now)
    except Invalid:
        return keep(RedirectResponse("/register", 303), visit)
    except TooMany:
        return keep(_told(request, "too_many_here", 429), visit)
    await in_step(began)
    return keep(RedirectResponse(f"/register/{DONE}", 303), Visit(number=number))


def _page(request: Request, definition: Definition, visit: Visit, name: str, today: date) -> Response:
    question = next((item for item in registration.questions(definition) if item.name == name), None)
    if question is not None:
        return keep(_question(request, definition, visit, question, visit.answers, {}, []), visit)
    return keep(_consent(request, definition, visit, "") if name == CONSENT else _review(request, definition, visit, today), visit)


def _place(definition: Definition, name: str) -> dict[str, Any]:
    """Which question of how many this is, and the one before it."""
    order = [item.name for item in registration.questions(definition)] + [CONSENT, REVIEW]
    place = order.index(name)
    return {"place": place + 1, "total": len(order) - 1, "back": f"/register/{order[place - 1]}" if place else "/"}


def _question(
    request: Request,
    definition: Definition,
    visit: Visit,
    question: Question,
    typed: dict[str, Any],
    errors: dict[str, str],
    alike: list[str],
) -> Response:
    locale = locale_of(request)
    fields = drawn(question.fields, typed, errors, locale, (t(locale, "yes"), t(locale, "no")))
    return render(
        request,
        "question.html",
        422 if errors else 200,
        here=f"/register/{question.name}",
        token=visit.token,
        title=question.ask.in_(locale),
        hint=question.hint.in_(locale) if question.hint else "",
        fields=fields,
        alike=alike,
        villages=sorted({area.name for area in definition.areas.all_villages()}) if any(f.name == "village" for f in fields) else [],
        **_place(definition, question.name),
    )


def _consent(request: Request, definition: Definition, visit: Visit, error: str) -> Response:
    consent, locale = definition.live.consent, locale_of(request)
    return render(
        request,
        "consent.html",
        422 if error else 200,
        here=f"/register/{CONSENT}",
        token=visit.token,
        words=consent.text.in_(locale) if consent else "",
        version=consent.version if consent else "",
        agreed=visit.agreed is not None,
        error=error,
        **_place(definition, CONSENT),
    )


def _review(request: Request, definition: Definition, visit: Visit, today: date) -> Response:
    locale, asked = locale_of(request), registration.questions(definition)
    read = registration.read(definition, asked, visit.answers, today, locale)
    shown = dict(visit.answers)
    if "village" in read.personal:
        district = definition.areas.name(read.personal["district"])
        shown["village"] = f"{definition.areas.name(read.personal['village'])}, {t(locale, 'district_short')} {district}"
    lines = [(item.label.in_(locale), shown.get(item.name) or "–", question.name) for question in asked for item in question.fields]
    return render(
        request,
        "review.html",
        here=f"/register/{REVIEW}",
        token=visit.token,
        lines=lines,
        doubts=[t(locale, f"doubt_{name}") for name in registration.doubts(read.personal)],
        **_place(definition, REVIEW),
    )


def _done(request: Request, number: str) -> Response:
    picture = segno.make_qr(number, error="m").svg_inline(scale=5, border=2, dark="#15202b", light="#ffffff", omitsize=True)
    return render(request, "done.html", here=f"/register/{DONE}", number=number, picture=picture)


def _told(request: Request, what: str, status: int = 403) -> Response:
    """Say kindly why it does not go on from here."""
    return render(request, "told.html", status, title=f"{what}_title", words=f"{what}_words", onward="/register", here="/register")

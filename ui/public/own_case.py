"""My case: where it stands in plain words, what it waits for, and what a participant may do about it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy.ext.asyncio import AsyncSession

from models.clock import programme_now
from models.db import transaction
from models.engine.draft import variables
from models.errors import Conflict, Invalid, NotFound
from models.services import corrections, own_case
from models.services.case_view import said
from models.services.own_case import Asked, OwnCase
from models.services.participant_access import Own
from ui.formatters import day, exact, fact
from ui.i18n import t
from ui.public.drawing import locale_of, render
from ui.public.fields import drawn, typed_of
from ui.public.signing_in import own_of, sign_in_page
from ui.public.visit import Visit, form_of, keep, visit_of

router = APIRouter(prefix="/status", include_in_schema=False)
DATA_FIELDS = [item for item in corrections.FORM.fields if item.name in own_case.CORRECTABLE]
DONE = ("answer", "reply", "withdraw", "data")


@dataclass(frozen=True, slots=True)
class Line:
    """One of the steps: its name, what happens there, and whether it is done, now or ahead."""

    name: str
    about: str
    state: str


@router.get("")
async def my_case(request: Request, done: str = "") -> Response:
    """The case of who is signed in, else the form for signing in; `done` says what has just been done."""
    own, visit = await own_of(request), visit_of(request)
    if own is None:
        return sign_in_page(request, visit, {}, {}, "session_over" if "langkah_case" in request.cookies else "")
    async with transaction() as session:
        now = await programme_now(session)
        seen = await own_case.view(session, own, now)
    return keep(_overview(request, visit, seen, now, done), visit)


def _overview(request: Request, visit: Visit, seen: OwnCase, now: datetime, done: str) -> Response:
    locale = locale_of(request)
    return render(
        request,
        "case.html",
        here="/status",
        token=visit.token,
        seen=seen,
        lines=_lines(seen, locale),
        sentence=_now(seen, locale),
        until=day(seen.explanation.until, locale) if seen.explanation.until and not seen.asked else "",
        asked=[(item, exact(item.due_at, locale) if item.due_at else "") for item in seen.asked],
        facts=[(label, fact(value, locale)) for label, value in _class(seen, now, locale)],
        done=f"done_{done}" if done in DONE else "",
    )


def _lines(seen: OwnCase, locale: str) -> list[Line]:
    """The stages in order. What lies behind is done, however it was passed; an ended case stands nowhere."""
    public, order = seen.definition.live.public, seen.definition.stage_order
    here = order.get(seen.case.stage or "", 0)
    over = seen.status == "finished" and seen.case.status_reason == "completed"
    lines = []
    for key, stage in seen.definition.stages.items():
        behind = over or order[key] < here or seen.case.stages.get(key) in ("finished", "skipped")
        state = "done" if behind else "now" if order[key] == here and seen.case.live else "ahead"
        about = public.stages[key].in_(locale) if public and key in public.stages else ""
        lines.append(Line(stage.name.in_(locale), about, state))
    return lines


def _now(seen: OwnCase, locale: str) -> str:
    """What happens now and who has the case, in one sentence."""
    found = seen.explanation
    if not seen.case.live:
        reason = said(seen.definition, seen.case.status_reason or "", locale) if seen.status != "withdrawn" else ""
        return t(locale, f"own_{seen.status}", reason=reason)
    step = next((item.name for item in seen.asked if item.step == found.step), "")
    return t(locale, f"own_{found.blocker}", who=seen.holder or t(locale, "own_officer"), what=step)


def _class(seen: OwnCase, now: datetime, locale: str) -> list[tuple[str, Any]]:
    """The class that somebody is invited to and that lies ahead."""
    begins = seen.definition.calendar.moment(seen.case.facts.get("class_at"))
    if not seen.case.live or not seen.case.facts.get("placed") or begins is None or begins <= now:
        return []
    named = [(name, seen.case.facts.get(name)) for name in ("class_on", "class_venue")]
    return [(seen.definition.word(name, locale) or name, value) for name, value in named if value]


Acts = Callable[[AsyncSession, Own, dict[str, Any], Any], Awaitable[None]]


async def _act(request: Request, page: str, fields: list[Any], act: Acts, draw: Callable[..., Awaitable[Response]]) -> Response:
    """Carry out what a form says, in the session of who is signed in; draw it again with what is wrong."""
    own, visit, sent = await own_of(request), visit_of(request), await form_of(request)
    if own is None:
        return sign_in_page(request, visit, {}, {}, "session_over")
    typed = typed_of(fields, sent)
    if not visit.sent_by(sent):
        return await draw(request, own, visit, typed, {"": t(locale_of(request), "please_again")})
    try:
        async with transaction() as session:
            await act(session, own, typed, await programme_now(session))
    except Invalid as error:
        halves = {item.field or "": _half(item.message, locale_of(request)) for item in error.problems}
        return await draw(request, own, visit, typed, halves)
    except (Conflict, NotFound) as error:
        return render(request, "told.html", 409, title="already_title", words="", plain=_half(error.message, locale_of(request)),
                      onward="/status", here="/status")  # fmt: skip
    return keep(RedirectResponse(f"/status?done={page}", 303), visit)


def _half(message: str, locale: str) -> str:
    parts = message.split(" / ")
    return parts[-1] if locale == "en" else parts[0]


async def _signed_in(request: Request, draw: Callable[..., Awaitable[Response]]) -> Response:
    own, visit = await own_of(request), visit_of(request)
    if own is None:
        return sign_in_page(request, visit, {}, {}, "session_over")
    return await draw(request, own, visit, None, {})


@router.get("/answer/{position}")
async def answer_page(request: Request, position: str) -> Response:
    """The form of something that the case waits for."""
    return await _signed_in(request, _answer_drawer(position))


@router.post("/answer/{position}/{outcome}")
async def answer(request: Request, position: str, outcome: str) -> Response:
    """Send what the case waits for."""
    own = await own_of(request)
    fields: list[Any] = []
    if own is not None:
        waits = await _waiting(own, position)
        fields = waits.form.fields if waits and waits.form else []

    async def act(session: AsyncSession, own: Own, typed: dict[str, Any], now: Any) -> None:
        await own_case.answer(session, own, position, outcome, typed, now)

    return await _act(request, "answer", fields, act, _answer_drawer(position))


@router.post("/reply/{name}")
async def reply(request: Request, name: str) -> Response:
    """Answer an invitation."""

    async def act(session: AsyncSession, own: Own, _typed: dict[str, Any], now: Any) -> None:
        await own_case.reply(session, own, name, now)

    return await _act(request, "reply", [], act, _draw_again)


async def _draw_again(request: Request, own: Own, visit: Visit, _typed: dict[str, Any] | None, _errors: dict[str, str]) -> Response:
    async with transaction() as session:
        now = await programme_now(session)
        seen = await own_case.view(session, own, now)
    return keep(_overview(request, visit, seen, now, ""), visit)


async def _waiting(own: Own, position: str) -> Asked | None:
    async with transaction() as session:
        seen = await own_case.view(session, own, await programme_now(session))
    return next((item for item in seen.asked if item.position == position), None)


def _answer_drawer(position: str) -> Callable[..., Awaitable[Response]]:
    async def draw(request: Request, own: Own, visit: Visit, typed: dict[str, Any] | None, errors: dict[str, str]) -> Response:
        async with transaction() as session:
            now = await programme_now(session)
            seen = await own_case.view(session, own, now)
        waits = next((item for item in seen.asked if item.position == position), None)
        locale = locale_of(request)
        if waits is None:
            return render(request, "told.html", 404, title="already_title", words="already_words", onward="/status", here="/status")
        around = variables(seen.definition, seen.case, now)
        fields = drawn(waits.form.fields if waits.form else [], typed or {}, errors, locale, (t(locale, "yes"), t(locale, "no")), around)
        described = seen.definition.steps[waits.step]
        outcomes = [(key, item.name.in_(locale) if (item := described.outcomes[key]).name else key) for key in waits.outcomes]
        page = render(
            request, "answer.html", 422 if errors else 200, here=f"/status/answer/{position}", token=visit.token,
            title=waits.name, position=position, fields=fields, outcomes=outcomes, note=errors.get("", ""),
        )  # fmt: skip
        return keep(page, visit)

    return draw


@router.get("/data")
async def data_page(request: Request) -> Response:
    """What is stored of the participant, and what they may correct here."""
    return await _signed_in(request, _draw_data)


@router.post("/data")
async def data(request: Request) -> Response:
    """Correct one's own data."""

    async def act(session: AsyncSession, own: Own, typed: dict[str, Any], now: Any) -> None:
        await own_case.correct(session, own, typed, now)

    return await _act(request, "data", DATA_FIELDS, act, _draw_data)


async def _draw_data(request: Request, own: Own, visit: Visit, typed: dict[str, Any] | None, errors: dict[str, str]) -> Response:
    async with transaction() as session:
        person = (await own_case.view(session, own, await programme_now(session))).person
    locale = locale_of(request)
    known = {name: str(person[name] or "") for name in own_case.CORRECTABLE}
    fields = drawn(DATA_FIELDS, known if typed is None else typed, errors, locale, ("", ""))
    fixed = [("name", person["name"]), ("nik", person["nik"]), ("birth_date", fact(str(person["birth_date"] or "") or None, locale))]
    labels = {item.name: item.label.in_(locale) for item in corrections.FORM.fields}
    page = render(
        request, "data.html", 422 if errors else 200, here="/status/data", token=visit.token,
        fields=fields, fixed=[(labels[name], value) for name, value in fixed], note=errors.get("", ""),
    )  # fmt: skip
    return keep(page, visit)


@router.get("/withdraw")
async def withdraw_page(request: Request) -> Response:
    """What leaving means, and the question whether one is sure."""
    return await _signed_in(request, _draw_withdraw)


@router.post("/withdraw")
async def withdraw(request: Request) -> Response:
    """Leave the programme."""
    sent = await form_of(request)

    async def act(session: AsyncSession, own: Own, _typed: dict[str, Any], now: Any) -> None:
        await own_case.withdraw(session, own, sent.get("reason", ""), now)

    return await _act(request, "withdraw", [], act, _draw_withdraw)


async def _draw_withdraw(request: Request, _own: Own, visit: Visit, _typed: dict[str, Any] | None, errors: dict[str, str]) -> Response:
    return keep(render(request, "withdraw.html", here="/status/withdraw", token=visit.token, note=errors.get("", "")), visit)

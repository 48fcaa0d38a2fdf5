"""Incidents: what needs a person, what to do about it, retry and resolve."""

from collections.abc import Awaitable, Callable
from typing import Any

from fastapi import Request
from nicegui import ui

from models.services import incidents
from ui.components.elements import button, cell, el, empty, link, table, words
from ui.desk import Desk
from ui.formatters import exact
from ui.frame import frame, heading, now_words, rail_counts
from ui.pages.missing import draw_refused

PAGE = 100


async def incidents_page(request: Request) -> None:
    """Open incidents of the person's scope, newest first."""
    desk = Desk.of(request)
    counts, definition = await rail_counts(desk)
    lines: list[dict[str, Any]] = []

    async def load(more: bool = False) -> None:
        after = (lines[-1]["raised_at"], lines[-1]["id"]) if more and lines else None
        async with desk.work() as (session, actor, _):
            found = await incidents.listed(session, actor, after=after, limit=PAGE)
        lines[:] = [*lines, *found] if more else found
        holder.clear()
        with holder:
            if not lines:
                empty(desk.t("no_incidents"))
                return
            _, body = table([(desk.t(k), False) for k in ("case", "cause", "advice", "since")] + [("", False)])
            with body:
                for line in lines:
                    _row(line)
            if len(found) == PAGE:
                button(desk.t("more"), desk.safely(lambda *_: load(more=True)))

    def _row(line: dict[str, Any]) -> None:
        with el("tr"):
            with el("td"):
                link(line["case_number"] or "–", f"/staff/cases/{line['case_number']}")
            with el("td", "wrap").props(f'data-label="{desk.t("cause")}"'):
                words(f"{line['cause']} · {line['step'] or ''}")
                words(line["detail"], "div", "muted")
            cell(line["advice"][desk.locale], desk.t("advice"), "wrap")
            cell(exact(line["raised_at"], desk.locale), desk.t("since"))
            _buttons(desk, line, act)

    async def act(incident_id: str, *, retry: bool) -> None:
        async with desk.work() as (session, actor, now):
            await incidents.resolve(session, actor, incident_id, now, retry=retry)
        ui.notify(desk.t("resolved"), type="positive", position="top")
        await load()

    if not desk.actor.may("read_incidents"):
        draw_refused(desk, desk.t("incidents"), counts, definition)
        return
    async with desk.work() as (_, _a, now):
        pass
    with frame(desk, desk.t("incidents"), counts, definition, now_words(desk, now)):
        heading(desk.t("incidents"))
        holder = el("div")
    await desk.safely(load)()


def _buttons(desk: Desk, line: dict[str, Any], act: Callable[..., Awaitable[None]]) -> None:
    """What may be done about an incident, for those who handle them; others only read."""
    with el("td"):
        if desk.actor.may("manage_incidents"):
            button(desk.t("retry"), desk.safely(lambda *_: act(line["id"], retry=True)), "b primary")
            if line["may_resolve"]:
                button(desk.t("resolve"), desk.safely(lambda *_: act(line["id"], retry=False)))

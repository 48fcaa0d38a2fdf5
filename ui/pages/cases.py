"""Cases: search by name, number or the last four digits of the NIK."""

from typing import Any

from fastapi import Request
from nicegui import ui

from models.services import case_view
from ui.components.elements import button, cell, el, empty, link, select, table, tag, words
from ui.desk import Desk
from ui.formatters import day, due
from ui.frame import frame, heading, now_words, rail_counts
from ui.pages.missing import draw_refused

PAGE = 50


async def cases_page(request: Request, stage: str = "", district: str = "", status: str = "") -> None:
    """The list; a stage and district may come with the address, from the figures."""
    desk = Desk.of(request)
    counts, definition = await rail_counts(desk)
    if not desk.opens_cases:
        draw_refused(desk, desk.t("cases"), counts, definition)
        return
    chosen: dict[str, Any] = {"q": "", "stage": stage, "district": district, "status": status}
    lines: list[dict[str, Any]] = []

    async def load(more: bool = False) -> None:
        async with desk.work() as (session, actor, now):
            if not actor.may("claim_own_queue"):
                actor.require("read_case")
            after = lines[-1]["number"] if more and lines else ""
            found = await case_view.found(
                session, actor, **{k: v or None for k, v in chosen.items() if k != "q"}, q=chosen["q"], after=after, limit=PAGE
            )
            lines[:] = [*lines, *found] if more else found
        holder.clear()
        with holder:
            _table(desk, definition, lines, now)
            if len(found) == PAGE:
                button(desk.t("more"), desk.safely(lambda *_: load(more=True)))

    async def changed(name: str, value: Any) -> None:
        chosen[name] = str(value)[:80]
        await load()

    async with desk.work() as (_, _actor, now):
        pass
    with frame(desk, desk.t("cases"), counts, definition, now_words(desk, now)):
        heading(desk.t("cases"))
        hint = desk.t("search_cases")
        with el("div", "chips"):
            field = el("input", "i").props(
                f'id=search type=search aria-label="{hint}" placeholder="{hint}" style="max-width:420px;width:100%"'
            )
            field.on("input", lambda e: desk.safely(changed)("q", e.args), js_handler="(e) => emit(e.target.value)", throttle=0.3)
            stages = {"": desk.t("all_stages")} | {k: f"{k.upper()} {s.name.in_(desk.locale)}" for k, s in definition.stages.items()}
            select(stages, stage, desk.t("stage"), lambda v: desk.safely(changed)("stage", v))
            districts = {"": desk.t("all_districts")} | {a.code: a.name for a in definition.areas.districts()}
            select(districts, district, desk.t("district"), lambda v: desk.safely(changed)("district", v))
        holder = el("div")
    await desk.safely(load)()
    ui.run_javascript("document.getElementById('search').focus()")


def _table(desk: Desk, definition: Any, lines: list[dict[str, Any]], now: Any) -> None:
    if not lines:
        empty(desk.t("nothing_matches"))
        return
    _, body = table([(desk.t(k), False) for k in ("person", "stage", "status", "district", "opened", "due")])
    with body:
        for line in lines:
            with el("tr"):
                with el("td", "person"):
                    link(line["person"], f"/staff/cases/{line['number']}")
                    words(line["number"], "small")
                cell((line["stage"] or "–").upper(), desk.t("stage"))
                cell(status_words(desk, line["status"]), desk.t("status"))
                cell(definition.areas.name(line["district"]), desk.t("district"))
                cell(day(line["opened_at"], desk.locale), desk.t("opened"))
                with el("td").props(f'data-label="{desk.t("due")}"'):
                    tag(*due(line["due_at"], now, desk.locale))


def status_words(desk: Desk, status: str) -> str:
    """A case's status in the person's language."""
    return desk.t({"finished": "finished_case", "rejected": "rejected_case"}.get(status, status))

"""Flow runs: state, duration, how many cases, logs, retry, run now."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

from fastapi import Request
from nicegui import background_tasks, ui

from flows import runs
from models.errors import LangkahError
from models.services import case_view
from models.services.actor import Actor
from ui.components.elements import button, cell, el, empty, link, select, table, words
from ui.components.outage_banner import outages_change
from ui.desk import Desk
from ui.formatters import exact, number, seconds
from ui.frame import frame, heading, now_words, rail_counts
from ui.outages import Outages
from ui.pages.missing import draw_missing, draw_refused

STATES = ("FAILED", "CRASHED", "RUNNING", "COMPLETED", "SCHEDULED", "CANCELLED")
KIND = {"COMPLETED": "ok", "FAILED": "late", "CRASHED": "late", "RUNNING": "soon"}


async def runs_page(request: Request, state: str = "") -> None:
    """Recent runs."""
    desk = Desk.of(request)
    counts, definition = await rail_counts(desk)
    chosen = {"state": state if state in STATES else ""}

    async def load() -> None:
        holder.clear()
        async with desk.work() as (_, actor, _now):
            alive, found = await runs.hearts(actor), await _found(actor, chosen["state"])
            waiting = await runs.waiting_steps(actor) if found is None else 0
        with holder:
            if found is None:
                words(desk.t("prefect_down", n=number(waiting, desk.locale)), "div", "restated")
            _workers(desk, alive)
            if found is not None:
                _table(desk, found)

    async def filtered(value: str) -> None:
        chosen["state"] = value if value in STATES else ""
        await load()

    async def start(deployment_id: str) -> None:
        async with desk.work() as (_, actor, _now):
            await runs.run_now(actor, deployment_id)
        ui.notify(desk.t("started_run"), type="positive", position="top")
        ui.timer(1.5, desk.safely(load), once=True)

    async def again() -> None:
        _chips(desk, chips, (await _known(desk))[0], start)
        await load()

    if not desk.actor.may("read_runs"):
        draw_refused(desk, desk.t("runs"), counts, definition)
        return
    known, now = await _known(desk)
    with frame(desk, desk.t("runs"), counts, definition, now_words(desk, now)):
        with heading(desk.t("runs")):
            states = {"": desk.t("all_states")} | {name: desk.t(f"run_{name.lower()}") for name in STATES}
            select(states, chosen["state"], desk.t("state"), desk.safely(filtered)).props("style=width:auto")
            button(desk.t("refresh"), desk.safely(lambda *_: load()))
        chips, holder = el("div", "chips"), el("div")
        _chips(desk, chips, known, start)
    outages_change(lambda: background_tasks.create(desk.safely(again)(), name="runs after an outage"))
    await desk.safely(load)()


def _chips(desk: Desk, chips: ui.element, known: list[dict[str, str]], start: Callable[[str], Awaitable[None]]) -> None:
    """A button for each deployment that may be run now."""
    chips.clear()
    with chips:
        for item in known:
            act = desk.safely(lambda *_, d=item["id"]: start(d))
            button(f"{desk.t('run_now')}: {item['name']}", act).props(f'title="{item["description"]}"')


async def _found(actor: Actor, state: str) -> list[dict[str, Any]] | None:
    """The runs, None while Prefect is away: it is not asked again when it is known not to answer."""
    try:
        return None if "prefect" in Outages.away else await runs.recent(actor, state or None)
    except runs.PrefectAway:
        return None


async def _known(desk: Desk) -> tuple[list[dict[str, str]], datetime]:
    """What can be run now (nothing while Prefect is away), and the programme's time."""
    async with desk.work() as (_, actor, now):
        try:
            return [] if "prefect" in Outages.away or not actor.may("manage_runs") else await runs.deployments(actor), now
        except LangkahError:
            return [], now


def _workers(desk: Desk, alive: list[tuple[str, datetime]]) -> None:
    seen = ", ".join(f"{name} ({exact(at, desk.locale)})" for name, at in alive)
    words(f"{desk.t('workers')}: {seen or '–'}", "p", "muted")


def _table(desk: Desk, found: list[dict[str, Any]]) -> None:
    if not found:
        empty(desk.t("nothing_matches"))
        return
    _, body = table(
        [
            (desk.t("run_name"), False),
            (desk.t("flow"), False),
            (desk.t("state"), False),
            (desk.t("started"), False),
            (desk.t("duration"), True),
            (desk.t("cases"), True),
        ]
    )
    with body:
        for run in found:
            with el("tr"):
                with el("td"):
                    link(run["name"], f"/staff/runs/{run['id']}")
                cell(run["flow"], desk.t("flow"))
                with el("td").props(f'data-label="{desk.t("state")}"'):
                    words(state_words(desk, run), "span", f"tag {KIND.get(run['type'], 'calm')}")
                cell(exact(run["started_at"], desk.locale), desk.t("started"))
                cell(seconds(run["seconds"]), desk.t("duration"), "num")
                cell(number(run["cases"], desk.locale), desk.t("cases"), "num")


def state_words(desk: Desk, run: dict[str, Any]) -> str:
    """A run's state in the person's language."""
    return desk.t(f"run_{run['type'].lower()}") if run["type"] != "?" else "?"


async def run_page(request: Request, run_id: str) -> None:
    """One run: its cases and its logs."""
    desk = Desk.of(request)
    counts, definition = await rail_counts(desk)
    async with desk.work() as (session, actor, now):
        try:
            run = await runs.one(actor, run_id)
            touched = await case_view.cases_of_run(session, actor, run_id)
        except LangkahError as error:
            draw_missing(desk, desk.t("runs"), error, counts, definition, "/staff/runs")
            return

    async def again() -> None:
        async with desk.work() as (_, who, _now):
            await runs.retry(who, run_id)
        ui.navigate.reload()

    with frame(desk, run["name"], counts, definition, now_words(desk, now)):
        with heading(
            run["name"],
            f"{run['flow']} · {state_words(desk, run)} · {exact(run['started_at'], desk.locale)} · {seconds(run['seconds'])}",
        ):
            if desk.actor.may("manage_runs") and run["deployment"] and run["type"] in ("FAILED", "CRASHED"):
                button(desk.t("retry"), desk.safely(lambda *_: again()), "b primary")
        if run["message"]:
            words(run["message"], "p", "muted")
        words(f"{desk.t('cases')} ({len(touched)})", "h2")
        with el("ul", "list"):
            for item in touched:
                with el("li"):
                    link(item["number"], f"/staff/cases/{item['number']}")
                    words(f" {case_view.step_name(definition, item['step'], desk.locale)} · {item['outcome']}")
        words(desk.t("logs"), "h2")
        lines = "\n".join(f"{exact(log['at'], desk.locale)}  {log['message']}" for log in run["logs"])
        words(lines or desk.t("no_logs"), "pre", "log")

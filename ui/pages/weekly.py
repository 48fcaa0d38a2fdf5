"""The weekly update: frozen figures with their seal; who stands somewhere now opens the cases."""

from datetime import date, datetime
from typing import Any

from fastapi import Request
from nicegui import ui

from models.definitions.calendar import Week
from models.definitions.definition import Definition
from models.errors import LangkahError
from models.services import weekly
from models.services.weekly_files import HEADS
from ui.components.elements import cell, el, empty, link, select, table, words
from ui.desk import Desk
from ui.formatters import exact, number
from ui.frame import frame, heading, now_words, rail_counts
from ui.pages.missing import draw_missing

CONFIRMED = 2  # stages with a card of their own: the earliest whose result a partner confirms

COLUMNS = ("entered", "finished", "left", "present", "overdue")


async def weekly_page(request: Request, week: str = "") -> None:
    """One week; the last frozen one when none is named."""
    desk = Desk.of(request)
    counts, definition = await rail_counts(desk)
    try:
        async with desk.work() as (session, actor, now):
            known = await weekly.weeks(session, actor, definition)
            chosen = week or next((k["week"] for k in known if k["status"] == "frozen"), known[0]["week"] if known else "")
            update = await weekly.read(session, actor, definition, weekly.parse_week(chosen)) if chosen else None
            before = await weekly.before(session, actor, definition, weekly.parse_week(chosen)) if chosen else None
    except LangkahError as error:
        draw_missing(desk, desk.t("weekly"), error, counts, definition, "/staff/weekly" if week else "/staff")
        return
    with frame(desk, f"{desk.t('weekly')} {chosen}", counts, definition, now_words(desk, now)):
        if update is None or before is None:
            heading(desk.t("weekly"))
            empty(desk.t("no_weeks"))
            return
        _head(desk, update, known)
        _cards(desk, definition, update, before)
        _stages(desk, definition, update)
        _restated(desk, update)
        _tiles(desk, definition, update)
        words(desk.t("counted", position=number(update["journal_position"], desk.locale)), "p", "muted")


def _head(desk: Desk, update: dict[str, Any], known: list[dict[str, Any]]) -> None:
    parsed = Week.parse(update["week"])
    first, last = weekly.week_days(parsed)
    with heading(f"{desk.t('weekly')} {update['week']}", f"{first.day}–{last.day}/{last.month}/{last.year}"):
        if update["status"] == "frozen":
            seal = f"{update['content_hash'][:4]}…{update['content_hash'][-3:]}"
            when = exact(datetime.fromisoformat(update["as_of"]), desk.locale)
            words(f"{desk.t('frozen', at=when)} · {seal}", "span", "tag ok").props(f'title="{update["content_hash"]}"')
        else:
            words(desk.t("provisional"), "span", "tag soon")
        options = {item["week"]: item["week"] for item in known} | {update["week"]: update["week"]}
        select(
            dict(sorted(options.items(), reverse=True)),
            update["week"],
            desk.t("week"),
            lambda v: ui.navigate.to(f"/staff/weekly/{v}"),
        ).props("style=width:auto")
        for kind in ("pdf", "xlsx", "json"):
            link(kind.upper(), f"/staff-files/weekly/{update['week']}.{kind}", "b")


def _cards(desk: Desk, definition: Definition, update: dict[str, Any], before: weekly.Before) -> None:
    with el("div", "cards goals"):
        _target(desk, definition, update)
        for row in update["totals"]:
            if row["stage"] in _confirmed(definition):
                with el("div", "card"):
                    named = f"{row['stage'].upper()} {definition.stages[row['stage']].name.in_(desk.locale)}"
                    words(f"{named} · {desk.t('finished').lower()}", "div", "lab")
                    _big(desk, before.finished.get(row["stage"], 0) + row["finished"], row["finished"])
                    words(f"{desk.t('present')}: {number(row['present'], desk.locale)}", "div", "lab")
        _overdue(desk, definition, update, before)


def _confirmed(definition: Definition) -> list[str]:
    """The earliest stages in which a step is a partner's: what they finish is known outside the programme too."""
    others = {name.split(".")[0] for name, step in definition.steps.items() if step.kind == "handoff"}
    return [stage for stage in definition.stages if stage in others][:CONFIRMED]


def _target(desk: Desk, definition: Definition, update: dict[str, Any]) -> None:
    target, registered = update["target"], update["registered"]
    share, pace = min(1.0, registered["total"] / target["count"]), _pace(definition, update)
    with el("div", "card"):
        when = date.fromisoformat(target["date"]).strftime("%d/%m/%Y")
        words(desk.t("registered_to", count=number(target["count"], desk.locale), date=when), "div", "lab")
        _big(desk, registered["total"], registered["week"])
        ui.html(f'<i style="width:{share * 100:.1f}%"></i><u style="left:{pace * 100:.1f}%"></u>', sanitize=False, tag="div").classes(
            "bar"
        ).props(f'role=img aria-label="{share * 100:.0f} %"')
        paced = desk.t("required_pace", percent=f"{pace * 100:.0f} %")
        words(f"{number(round(share * 100, 1), desk.locale)} % · {paced}", "div", "lab")


def _overdue(desk: Desk, definition: Definition, update: dict[str, Any], before: weekly.Before) -> None:
    """How much is overdue, how that moved since the week before, and where most of it lies."""
    total = sum(row["overdue"] for row in update["totals"])
    with el("div", "card"):
        words(desk.t("overdue"), "div", "lab")
        with el("div"):
            words(number(total, desk.locale), "span", "big late-text" if total else "big")
            if before.overdue is not None:
                words(f" {_signed(total - before.overdue, desk.locale)} {desk.t('this_week')}")
        most = max(update["totals"], key=lambda row: row["overdue"], default=None)
        if most and most["overdue"]:
            named = definition.stages[most["stage"]].name.in_(desk.locale)
            words(desk.t("of_which", n=number(most["overdue"], desk.locale), stage=f"{most['stage'].upper()} {named}"), "div", "lab")


def _signed(value: int, locale: str) -> str:
    sign = "+" if value > 0 else "−" if value < 0 else "±"
    return f"{sign}{number(abs(value), locale)}"


def _restated(desk: Desk, update: dict[str, Any]) -> None:
    """What this week says anew about earlier ones: a box a week, with every figure that moved and the cases behind it."""
    for week in sorted({item["week"] for item in update["restatements"]}):
        moved = [item for item in update["restatements"] if item["week"] == week]
        figures = [
            f"{item.get('stage', '').upper()} {HEADS[desk.locale][item['figure']].lower()}".strip()
            + f" {number(item['was'], desk.locale)} → {number(item['now'], desk.locale)}"
            for item in moved
        ]
        numbers = sorted({case for item in moved for case in item["cases"]})
        with el("div", "restated"):
            words(desk.t("restated", week=week, figures=" · ".join(figures)))
            with el("details"):
                words(desk.t("see_cases", n=number(len(numbers), desk.locale)), "summary")
                for case in numbers:
                    link(case, f"/staff/cases/{case}") if desk.opens_cases else words(f"{case} ")


def _pace(definition: Definition, update: dict[str, Any]) -> float:
    """The share of the target that a steady pace from the programme's first day would have reached by this week's end."""
    begin, end = definition.pinned.effective_from, date.fromisoformat(update["target"]["date"])
    last = weekly.week_days(Week.parse(update["week"]))[1]
    return max(0.0, min(1.0, (last - begin).days / max(1, (end - begin).days)))


def _big(desk: Desk, value: int, more: int | None) -> None:
    with el("div"):
        words(number(value, desk.locale), "span", "big")
        if more is not None:
            words(f" +{number(more, desk.locale)} {desk.t('this_week')}", "span", "up")


def _stages(desk: Desk, definition: Definition, update: dict[str, Any]) -> None:
    most = max((row["present"] for row in update["totals"]), default=1) or 1
    heads = [(desk.t("stage"), False), *((desk.t(name), True) for name in COLUMNS[:4]), ("", False), (desk.t("overdue"), True)]
    _, body = table(heads)
    with body:
        for row in update["totals"]:
            with el("tr"):
                with el("td"), el("span"):
                    words(row["stage"].upper(), "b")
                    words(f" {definition.stages[row['stage']].name.in_(desk.locale)}")
                for name in COLUMNS[:3]:
                    cell(number(row[name], desk.locale), desk.t(name), "num")
                with el("td", "num").props(f'data-label="{desk.t("present")}"'):
                    there = number(row["present"], desk.locale)
                    link(there, f"/staff/cases?stage={row['stage']}") if desk.opens_cases else words(there)
                with el("td"):
                    ui.html("", sanitize=False, tag="i").classes("mini").style(f"width:{row['present'] / most * 160:.0f}px")
                cell(number(row["overdue"], desk.locale), desk.t("overdue"), "num late-text" if row["overdue"] else "num")


def _tiles(desk: Desk, definition: Definition, update: dict[str, Any]) -> None:
    present: dict[str, int] = {}
    for row in update["rows"]:
        present[row["district"]] = present.get(row["district"], 0) + row["present"]
    most = max(present.values(), default=1) or 1
    with el("div", "card"):
        words(desk.t("by_district"), "h2")
        with el("div", "tiles"):
            for city in definition.areas.cities():
                with el("div"):
                    words(city.name, "h3")
                    with el("div", "city"):
                        for area in definition.areas.districts(city.code):
                            share = present.get(area.code, 0) / most
                            ink = "#fff" if share > 0.55 else "#15202b"
                            tile = el("a").props(f'href="/staff/cases?district={area.code}"') if desk.opens_cases else el("span", "tile")
                            with tile.style(f"background:{_blue(share)};color:{ink}"):
                                words(area.name)
                                words(number(present.get(area.code, 0), desk.locale), "b")


def _blue(share: float) -> str:
    light, dark = (232, 240, 252), (23, 74, 150)
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in zip(light, dark, strict=True))

"""The one shell of all staff pages: rail, heading, main part, and an optional panel beside it."""

from collections.abc import Iterator
from contextlib import contextmanager
from html import escape

from nicegui import ui

from models.definitions.definition import Definition
from models.services import incidents, programmes, queues
from models.settings import get_settings
from ui.components.elements import button, el, link
from ui.components.live_counts import LiveCounts
from ui.components.outage_banner import outage_banner
from ui.demo_clock import go_to_next_morning, may_move
from ui.desk import Desk
from ui.formatters import exact

PLACES = (
    ("cases", "/staff/cases", "read_case"),
    ("imports", "/staff/imports", "read_imports"),
    ("weekly", "/staff/weekly", "read_figures"),
    ("runs", "/staff/runs", "read_runs"),
    ("incidents", "/staff/incidents", "read_incidents"),
)


class Shell:
    """The parts of the shell that a page may touch: the panel, and the live region."""

    def __init__(self, root: ui.element, panel: ui.element, status: ui.element) -> None:
        self.root, self.panel, self.status = root, panel, status

    def open_panel(self, shown: bool) -> None:
        """Show or hide the panel."""
        self.panel.set_visibility(shown)
        self.root.classes(add="with-panel" if shown else "", remove="" if shown else "with-panel")


async def rail_counts(desk: Desk) -> tuple[dict[str, int], Definition]:
    """The counts of the rail and the programme's queues."""
    async with desk.work() as (session, actor, now):
        counts = await queues.rail_counts(session, actor, now)
        counts["incidents"] = await incidents.open_count(session, actor)
        return counts, await programmes.current(session)


async def _counts_alone(desk: Desk) -> dict[str, int]:
    return (await rail_counts(desk))[0]


@contextmanager
def frame(desk: Desk, title: str, counts: dict[str, int], definition: Definition, now_words: str = "") -> Iterator[Shell]:
    """Draw the shell; the block draws the page's content."""
    ui.page_title(f"{title} · Langkah")
    ui.add_head_html('<link rel="stylesheet" href="/static/langkah.css">')
    ui.query("html").props(f"lang={desk.locale}")
    ui.add_body_html(f'<script>document.documentElement.lang="{desk.locale}"</script>')
    link(desk.t("skip"), "#main", "skip")
    outage_banner(desk)
    if get_settings().demo and now_words:
        _demo_banner(desk, now_words)
    root = el("div", "app")
    with root:
        _rail(desk, counts, definition)
        with el("main").props("id=main tabindex=-1") as main:
            status = el("div", "sr").props("role=status aria-live=polite")
        panel = el("aside", "panel").props(f'aria-label="{desk.t("task")}"')
        panel.set_visibility(False)
    with main:
        yield Shell(root, panel, status)


def _rail(desk: Desk, counts: dict[str, int], definition: Definition) -> None:
    with el("nav", "rail").props(f'aria-label="{desk.t("main_navigation")}"') as rail:
        with el("div"), el("a", "logo").props("href=/staff"):
            ui.html("lang<i>kah</i>", sanitize=False, tag="span")
        button(desk.t("menu"), lambda: rail.classes(toggle="open"), "b menu-button").props("aria-expanded=false")
        with el("div", "links"):
            live_counts = LiveCounts(desk, lambda: _counts_alone(desk))
            if desk.actor.may("read_task") or desk.actor.may("claim_own_queue"):
                for view in ("mine", "unassigned", "overdue", "escalated") if desk.works else ("unassigned", "overdue", "escalated"):
                    with _item(desk, desk.t(view), f"/staff/tasks/{view}"):
                        live_counts.place(view, counts.get(view, 0), late=view == "overdue")
                live, who = definition.live, desk.actor
                own = queues.own_queues_among(live, who)
                shown = [(k, q) for k, q in live.queues.items() if k in own or who.may("read_task", stage=q.stage)]
                if shown:
                    _heading(desk.t("stage_queues"))
                for key, queue in shown:
                    with _item(desk, queue.name.in_(desk.locale), f"/staff/queues/{key}"):
                        live_counts.place(f"queue:{key}", counts.get(f"queue:{key}", 0))
            _heading(desk.t("program"))
            for key, path, action in PLACES:
                if desk.actor.may(action) or (key == "cases" and desk.actor.may("claim_own_queue")):  # type: ignore[arg-type]
                    with _item(desk, desk.t(key), path):
                        if key == "incidents":
                            live_counts.place(key, counts.get(key, 0), late=True)
            live_counts.watch()
        with el("div", "me links"):
            ui.html(_escaped(desk.actor.name), sanitize=False, tag="div")
            ui.html(_forms(desk), sanitize=False, tag="div")


def _forms(desk: Desk) -> str:
    other = "id" if desk.locale == "en" else "en"
    return (
        f'<form method="post" action="/locale" style="display:inline"><input type="hidden" name="locale" value="{other}">'
        f'<input type="hidden" name="back" value="{_escaped(desk.path)}"><button lang="{other}">{desk.t("language")}</button></form>'
        f'<form method="post" action="/logout" style="display:inline"><button>{desk.t("sign_out")}</button></form>'
    )


def _heading(words: str) -> None:
    with el("h2"):
        ui.html(_escaped(words), sanitize=False, tag="span")


def _item(desk: Desk, words: str, path: str) -> ui.element:
    on = desk.path == path
    item = el("a", "item on" if on else "item").props(f'href="{path}"' + (" aria-current=page" if on else ""))
    with item:
        ui.html(f"<span>{_escaped(words)}</span>", sanitize=False, tag="span")
    return item


def _demo_banner(desk: Desk, now_words: str) -> None:
    async def next_day() -> None:
        async with desk.work() as (session, actor, _):
            await go_to_next_morning(session, actor)
        ui.navigate.reload()

    with el("div", "banner").props("role=note"):
        ui.html(_escaped(desk.t("demo_banner", at=now_words)), sanitize=False, tag="span")
        if may_move(desk.actor):
            button(desk.t("next_day"), desk.safely(lambda *_: next_day()))


def heading(title: str, aside: str = "") -> ui.element:
    """The heading row of a page; the caller may add buttons to it."""
    row = el("header", "page")
    with row:
        ui.html(_escaped(title), sanitize=False, tag="h1")
        if aside:
            ui.html(_escaped(aside), sanitize=False, tag="span").classes("n")
        el("span", "sp")
    return row


def _escaped(words: str) -> str:
    return escape(words)


def now_words(desk: Desk, now: object) -> str:
    """The programme's time for the banner."""
    return exact(now, desk.locale)  # type: ignore[arg-type]

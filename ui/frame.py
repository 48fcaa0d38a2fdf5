"""The one shell of all staff pages: rail, heading, main part, and an optional panel beside it."""

from collections.abc import Iterator
from contextlib import contextmanager
from html import escape
from time import monotonic

from nicegui import ui

from models.definitions.definition import Definition
from models.services import incidents, programmes, queue_counts, views
from models.settings import get_settings
from ui.components.elements import button, el, link
from ui.components.live_counts import LiveCounts
from ui.components.outage_banner import outage_banner
from ui.components.palette import Palette
from ui.demo_clock import go_to_next_morning, may_move
from ui.desk import Desk
from ui.formatters import exact
from ui.places import places

OLDEST_SECONDS = 1.0


class Shell:
    """The parts of the shell that a page may touch: the panel, and what can be jumped to."""

    def __init__(self, root: ui.element, panel: ui.element, palette: Palette) -> None:
        self.root, self.panel, self.palette = root, panel, palette

    def open_panel(self, shown: bool) -> None:
        """Show or hide the panel."""
        self.panel.set_visibility(shown)
        self.root.classes(add="with-panel" if shown else "", remove="" if shown else "with-panel")


async def rail_counts(desk: Desk, since: float | None = None) -> tuple[dict[str, int], Definition]:
    """The counts of the rail, no older than `since` (monotonic; else a second), and the programme; the desk gets its views."""
    async with desk.work() as (session, actor, now):
        counts = await queue_counts.rail_counts(session, actor, now, since=monotonic() - OLDEST_SECONDS if since is None else since)
        counts["incidents"] = await incidents.open_count(session, actor)
        desk.views = await views.seen_by(session, actor)
        return counts, await programmes.current(session)


async def _counts_alone(desk: Desk, since: float) -> dict[str, int]:
    return (await rail_counts(desk, since))[0]


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
    palette = Palette(desk, {place.label: place.path for _, there in places(desk, definition) for place in there})
    root = el("div", "app")
    with root:
        _rail(desk, counts, definition, palette)
        main = el("main").props("id=main tabindex=-1")
        panel = el("aside", "panel").props(f'aria-label="{desk.t("task")}"')
        panel.set_visibility(False)
    with main:
        yield Shell(root, panel, palette)


def _rail(desk: Desk, counts: dict[str, int], definition: Definition, palette: Palette) -> None:
    with el("nav", "rail").props(f'aria-label="{desk.t("main_navigation")}"') as rail:
        with el("div"), el("a", "logo").props("href=/staff"):
            ui.html("lang<i>kah</i>", sanitize=False, tag="span")
        palette.opener()
        button(desk.t("menu"), lambda: rail.classes(toggle="open"), "b menu-button").props("aria-expanded=false")
        with el("div", "links"):
            live_counts = LiveCounts(desk, lambda since: _counts_alone(desk, since))
            for title, there in places(desk, definition):
                if title:
                    _heading(title)
                for place in there:
                    with _item(desk, place.label, place.path):
                        if place.count:
                            live_counts.place(place.count, counts.get(place.count, 0), late=place.late)
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

"""A queue, a view of all tasks, or a saved view: filters, rows, claim next, and the task beside it."""

from datetime import datetime
from typing import Any

from fastapi import Request
from nicegui import ui

from models.errors import NotFound
from models.services import filter_words, queues, searches, tasks, views
from models.services.filter_words import Words
from models.services.queues import Filter
from models.services.task_order import After, after
from models.services.views import View
from ui.components.comments import draw_mentions
from ui.components.elements import button, el, empty, words
from ui.components.filter_bar import DEFAULT_ORDER, FilterBar
from ui.components.key_help import show_keys
from ui.components.task_panel import TaskPanel
from ui.components.task_table import TaskTable
from ui.desk import Desk
from ui.formatters import ZONE, number
from ui.frame import Shell, frame, heading, now_words, rail_counts
from ui.pages import saved_views
from ui.pages.chosen_tasks import ChosenTasks
from ui.pages.missing import missing_page
from ui.pages.queue_news import QueueNews

PAGE = 50


async def home(request: Request) -> None:
    """Where a person begins: own work, or the first page that the role may see."""
    desk = Desk.of(request)
    if desk.actor.may("work_task") or desk.actor.may("claim_own_queue"):
        ui.navigate.to("/staff/tasks/mine" if desk.actor.may("claim_own_queue") else "/staff/tasks/unassigned")
    else:
        ui.navigate.to("/staff/cases" if desk.actor.may("read_case") and not desk.actor.has_role("leader") else "/staff/weekly")


async def view_page(request: Request, view: str) -> None:
    """My work, unassigned, overdue or escalated."""
    desk = Desk.of(request)
    if view in queues.VIEWS:
        await QueuePage(desk, request, {"view": view}).show()
    else:
        await missing_page(desk)


async def queue_page(request: Request, queue_key: str) -> None:
    """The queue of a stage."""
    await QueuePage(Desk.of(request), request, {"queue": queue_key}).show()


async def saved_page(request: Request, view_id: str) -> None:
    """A saved view."""
    desk = Desk.of(request)
    async with desk.work() as (session, actor, _):
        try:
            view = await views.find(session, actor, view_id)
        except NotFound:
            view = None
    if view is None:
        await missing_page(desk)
        return
    fixed = {name: word for name, word in view.words.items() if name in ("queue", "view")}
    await QueuePage(desk, request, fixed, view).show()


class QueuePage:
    """One open list of tasks. `fixed` are the words that the page itself stands for, `words` those of the chips."""

    def __init__(self, desk: Desk, request: Request, fixed: Words, view: View | None = None) -> None:
        self.desk, self.fixed, self.view = desk, fixed, view
        asked = dict(request.query_params)
        self._asked = asked if asked or view is None else dict(view.words)
        self.words: Words = {}
        self.search = ""
        self.places: list[After | None] = [None]
        self.total = 0
        self.now = datetime.now(ZONE)
        self.shell: Shell

    def chosen(self) -> Filter:
        """The filter as it stands."""
        return filter_words.filter_of(self.words | self.fixed, self.definition, self.desk.actor, self.now, self.search)

    async def show(self) -> None:
        """Draw the page."""
        desk = self.desk
        counts, self.definition = await rail_counts(desk)
        queue = self.definition.live.queues.get(self.fixed.get("queue", ""))
        if self.fixed.get("queue") and queue is None:
            await missing_page(desk)
            return
        self.words = filter_words.understood(self._asked, self.definition)
        async with desk.work() as (session, _, _now):
            self.search = await searches.kept(session, desk.token, desk.path)
        title = self.view.name if self.view else queue.name.in_(desk.locale) if queue else desk.t(self.fixed.get("view") or "mine")
        with frame(desk, title, counts, self.definition, now_words(desk, self.now)) as self.shell:
            with heading(title, " ") as row:
                self.count: ui.html = row.default_slot.children[1]  # type: ignore[assignment]
                self._buttons()
            if self.fixed.get("view") == "mine":
                await draw_mentions(desk)
            self.bar = FilterBar(desk, self.definition, self.fixed, self._word_changed, self._searched)
            self.news = QueueNews(desk, self.refresh)
            self.table = TaskTable(desk, self.definition, self.open, lambda: self.many.draw() if hasattr(self, "many") else None)
            self.empty = el("div")
            self.many = ChosenTasks(desk, self.table, self.refresh)
            self.foot = el("div", "foot")
        self.panel = TaskPanel(desk, self.shell.panel, self._panel_changed)
        await self._load()
        if self.search:
            self.bar.show_search(self.search)
        ui.keyboard(on_key=lambda event: desk.safely(self._key)(event), ignore=["input", "select", "textarea"])
        self.client = ui.context.client
        self.news.watch(self)

    def _buttons(self) -> None:
        desk = self.desk
        if self.fixed.get("view") != "mine" and desk.works:
            button(desk.t("claim_next"), desk.safely(lambda *_: self.claim_next()), "b primary", "C")
            self.shell.palette.offer(desk.t("claim_next"), self.claim_next)
        if self.view and views.changeable(self.view, desk.actor):
            view = self.view
            button(desk.t("change_view"), desk.safely(lambda *_: self._save(view)))
            button(desk.t("delete_view"), desk.safely(lambda *_: self._remove(view)))
        else:
            button(desk.t("save_view"), desk.safely(lambda *_: self._save(None)))
        self.shell.palette.offer(desk.t("save_view"), lambda: self._save(None))

    async def _save(self, view: View | None) -> None:
        saved_views.save(self.desk, self.definition, self.words | self.fixed, view)

    async def _remove(self, view: View) -> None:
        saved_views.remove(self.desk, view)

    async def _word_changed(self, name: str, value: str) -> None:
        if not name:
            self.words = {}
            self.bar.show_search("")
            await self._searched("")
            return
        words = self.words | {name: value}
        if name == "city":
            words.pop("district", None)
        self.words = filter_words.understood(words, self.definition)
        await self._filtered()

    async def _searched(self, typed: str) -> None:
        self.search = typed.strip()[: searches.LONGEST]
        async with self.desk.work() as (session, _, _now):
            await searches.keep(session, self.desk.token, self.desk.path, self.search)
        await self._filtered(keep_bar=bool(typed))

    async def _filtered(self, keep_bar: bool = False) -> None:
        self.places = [None]
        query = "&".join(f"{name}={value}" for name, value in self.words.items() if name not in self.fixed)
        ui.run_javascript(f"history.replaceState(null, '', location.pathname + {('?' + query if query else '')!r})")
        await self._load(keep_bar)

    async def refresh(self) -> None:
        """Load this page of the list again."""
        await self._load(keep_bar=True)

    async def _load(self, keep_bar: bool = False) -> None:
        sort = self.words.get("sort", DEFAULT_ORDER)
        async with self.desk.work() as (session, actor, now):
            self.now = now
            chosen = self.chosen()
            page = await queues.page(session, actor, chosen, now, sort=sort, limit=PAGE, after=self.places[-1])
            holders = [] if keep_bar else await queues.holders(session, actor, chosen, now)
        self.lines, self.total = page.lines, page.total
        self.count.set_content(self.desk.t("tasks_n", n=number(self.total, self.desk.locale)))
        if not keep_bar:
            self.bar.draw(self.words, holders, self.search)
        self.table.draw(self.lines, self.now, self.panel.task.id if self.panel.task else None)
        self.news.loaded(now, page.total)
        self._below()

    def _below(self) -> None:
        desk, first = self.desk, (len(self.places) - 1) * PAGE + 1
        self.empty.clear()
        self.foot.clear()
        if not self.lines:
            with self.empty:
                empty(desk.t("nothing_matches" if self.search or set(self.words) - {"sort"} else "nothing_to_do"))
        with self.foot:
            if self.lines:
                shown = {"first": first, "last": first + len(self.lines) - 1, "total": self.total}
                words(desk.t("from_to", **{name: number(n, desk.locale) for name, n in shown.items()}))
            if len(self.places) > 1:
                button(desk.t("previous_page"), desk.safely(lambda *_: self._page(-1)))
            if len(self.lines) == PAGE and first + PAGE - 1 < self.total:
                button(desk.t("next_page"), desk.safely(lambda *_: self._page(1)))
            words(desk.t("keys_line"))

    async def _page(self, step: int) -> None:
        if step > 0 and self.lines:
            self.places.append(after(self.words.get("sort", DEFAULT_ORDER), self.lines[-1]))
        elif len(self.places) > 1:
            self.places.pop()
        await self._load(keep_bar=True)
        ui.run_javascript("window.scrollTo(0, 0)")

    def _present(self) -> int:
        shown = self.panel.task.id if self.panel.task else None
        return next((n for n, line in enumerate(self.lines) if line.id == shown), -1)

    async def open(self, place: int) -> None:
        """Open the task of a row beside the list."""
        if 0 <= place < len(self.lines):
            await self.panel.open(self.lines[place].id)
            self.shell.open_panel(True)
            self.table.mark(self.lines[place].id)
            self.client.run_javascript("document.getElementById('panel-title')?.focus()")

    async def claim_next(self) -> None:
        """Give the person the most urgent open task and show it."""
        async with self.desk.work() as (session, actor, now):
            task = await tasks.claim_next(session, actor, self.chosen(), now)
        if task is None:
            ui.notify(self.desk.t("queue_empty"), position="top")
            return
        await self.panel.open(task.id)
        self.shell.open_panel(True)
        await self.refresh()
        ui.run_javascript("setTimeout(() => (document.querySelector('aside .i') || document.getElementById('panel-title'))?.focus(), 60)")

    async def _panel_changed(self, what: str) -> None:
        if what == "completed":
            await self._load(keep_bar=True)
            mine = next((n for n, line in enumerate(self.lines) if line.assignee == self.desk.actor.id), None)
            if self.fixed.get("view") == "mine" and mine is not None:
                await self.open(mine)
            elif self.fixed.get("view") != "mine" and self.total:
                await self.claim_next()
            else:
                self.shell.open_panel(False)
        elif what == "undone":
            self.shell.open_panel(True)
            await self.refresh()
        elif what == "closed":
            self.shell.open_panel(False)
            self.table.mark(None)
        else:
            await self.refresh()

    async def _key(self, event: Any) -> None:
        if not event.action.keydown or event.modifiers.ctrl or event.modifiers.alt or event.modifiers.meta:
            return
        key, place, task = event.key.name.lower(), self._present(), self.panel.task
        if key in ("j", "k"):
            await self.open(min(max(place + (1 if key == "j" else -1), 0), len(self.lines) - 1))
        elif key == "x" and place >= 0:
            self.table.choose(self.lines[place].id)
        elif key == "c":
            await (self.panel.claim() if task and task.state == "open" else self.claim_next())
        elif key == "a":
            await (self.many.hand_over() if self.table.chosen else self.panel.hand_over())
        elif key == "e":
            await self.panel.complete()
        elif key == "/":
            ui.run_javascript("document.getElementById('search').focus()")
        elif key == "f":
            ui.run_javascript("document.querySelector('#filters select')?.focus()")
        elif key == "escape" and task:
            await self.panel.close()
        elif key == "?":
            show_keys(self.desk)

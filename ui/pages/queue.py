"""A queue or a view of tasks: filters, table, claim next, and the task beside it."""

from datetime import datetime, time, timedelta
from time import monotonic
from typing import Any

from fastapi import Request
from nicegui import ui

from models.services import case_view, queues, tasks
from models.services.queues import Filter, TaskLine
from ui.components.comments import draw_mentions
from ui.components.elements import button, cell, el, empty, select, table, tag, words
from ui.components.task_panel import TaskPanel
from ui.desk import Desk
from ui.formatters import ZONE, due, exact, number
from ui.frame import Shell, frame, heading, now_words, rail_counts
from ui.live import Live
from ui.pages.missing import missing_page

PAGE = 50
DUE = ("", "late", "today", "two")


async def home(request: Request) -> None:
    """Where a person begins: own work, or the first page that the role may see."""
    desk = Desk.of(request)
    if desk.actor.may("work_task") or desk.actor.may("claim_own_queue"):
        ui.navigate.to("/staff/tasks/mine" if desk.actor.may("claim_own_queue") else "/staff/tasks/unassigned")
    else:
        ui.navigate.to("/staff/cases" if desk.actor.may("read_case") and not desk.actor.has_role("leader") else "/staff/weekly")


async def view_page(request: Request, view: str, district: str = "", due: str = "") -> None:
    """My work, unassigned, overdue or escalated."""
    desk = Desk.of(request)
    if view in queues.VIEWS:
        await QueuePage(desk, Filter(view=view, district=district or None), due).show()
    else:
        await missing_page(desk)


async def queue_page(request: Request, queue_key: str, district: str = "", due: str = "") -> None:
    """The queue of a stage."""
    await QueuePage(Desk.of(request), Filter(queue=queue_key, district=district or None), due).show()


class QueuePage:
    """One open queue."""

    def __init__(self, desk: Desk, chosen: Filter, due_within: str) -> None:
        self.desk, self.base = desk, chosen
        self.due_within = due_within if due_within in DUE else ""
        self.district, self.words = chosen.district or "", ""
        self.lines: list[TaskLine] = []
        self.total, self.present = 0, -1
        self.quiet_until = 0.0
        self.now = datetime.now(ZONE)
        self.shell: Shell

    def chosen(self) -> Filter:
        """The filter as it stands."""
        limit = None
        if self.due_within:
            days = {"late": None, "today": 1, "two": 3}[self.due_within]
            midnight = datetime.combine(self.now.astimezone(ZONE).date(), time(), ZONE)
            limit = self.now if days is None else midnight + timedelta(days=days)
        return Filter(self.base.queue, self.base.view, district=self.district or None, due_before=limit, text=self.words or None)

    async def show(self) -> None:
        """Draw the page."""
        counts, self.definition = await rail_counts(self.desk)
        desk = self.desk
        queue = self.definition.live.queues.get(self.base.queue or "")
        if self.base.queue and queue is None:
            await missing_page(desk)
            return
        title = queue.name.in_(desk.locale) if queue else desk.t(self.base.view or "mine")
        await self._load()
        with frame(desk, title, counts, self.definition, now_words(desk, self.now)) as self.shell:
            with heading(title, " ") as row:
                self.count: ui.html = row.default_slot.children[1]  # type: ignore[assignment]
                if self.base.view != "mine" and desk.works:
                    button(desk.t("claim_next"), desk.safely(lambda *_: self.claim_next()), "b primary", "C")
            if self.base.view == "mine":
                await draw_mentions(desk)
            self._filters()
            self.fresh = el("div", "fresh")
            with self.fresh:
                words(desk.t("new_tasks"))
                button(desk.t("refresh"), desk.safely(lambda *_: self.refresh()))
            self.fresh.set_visibility(False)
            self.holder = el("div")
            self.foot = el("div", "foot")
        self.panel = TaskPanel(desk, self.shell.panel, self._panel_changed)
        self._draw()
        ui.keyboard(on_key=lambda event: desk.safely(self._key)(event), ignore=["input", "select", "textarea", "button"])
        self.client = client = ui.context.client
        Live.pages.subscribe(client.id, self._heard)
        client.on_delete(lambda: Live.pages.forget(client.id))

    def _filters(self) -> None:
        desk, areas = self.desk, self.definition.areas
        districts = {"": desk.t("all_districts")}
        for grant in [*desk.actor.grants_for("read_task"), *desk.actor.grants_for("claim_own_queue")]:
            for area in areas.districts():
                if grant.reaches(None, area.code):
                    districts[area.code] = area.name
        with el("div", "chips"):
            select(districts, self.district, desk.t("district"), desk.safely(self._set_district))
            dues = dict(zip(DUE, (desk.t(k) for k in ("due_all", "due_late", "due_today", "due_2")), strict=True))
            select(dues, self.due_within, desk.t("due"), desk.safely(self._set_due))
            field = el("input", "i").props(
                f'id=search type=search aria-label="{desk.t("search_here")}" placeholder="{desk.t("search_here")}"'
            )
            field.on("input", lambda e: desk.safely(self._set_words)(e.args), js_handler="(e) => emit(e.target.value)", throttle=0.3)

    async def _set_district(self, value: str) -> None:
        self.district = value if self.definition.areas.district(value) else ""
        await self._filtered()

    async def _set_due(self, value: str) -> None:
        self.due_within = value if value in DUE else ""
        await self._filtered()

    async def _set_words(self, value: Any) -> None:
        self.words = str(value)[:80]
        await self._filtered()

    async def _filtered(self) -> None:
        url = f"?district={self.district}&due={self.due_within}"
        ui.run_javascript(f"history.replaceState(null, '', location.pathname + {url!r})")
        await self.refresh()

    async def _load(self, more: bool = False) -> None:
        after = (self.lines[-1].due_at, self.lines[-1].id) if more and self.lines else None
        async with self.desk.work() as (session, actor, now):
            self.now = now
            page = await queues.page(session, actor, self.chosen(), now, limit=PAGE, after=after)
        self.lines, self.total = [*self.lines, *page.lines] if more else page.lines, page.total

    async def refresh(self) -> None:
        """Load the list again; the echo of one's own act is no news."""
        self.quiet_until = monotonic() + 1.5
        await self._load()
        self.fresh.set_visibility(False)
        self.present = next((n for n, line in enumerate(self.lines) if self.panel.task and line.id == self.panel.task.id), -1)
        self._draw()

    def _draw(self) -> None:
        desk = self.desk
        self.count.set_content(desk.t("tasks_n", n=number(self.total, desk.locale)))
        self.holder.clear()
        self.foot.clear()
        with self.holder:
            if not self.lines:
                filtered = self.district or self.due_within or self.words
                empty(desk.t("nothing_matches" if filtered else "nothing_to_do"))
            else:
                heads = [(desk.t(k), False) for k in ("person", "step", "due", "waiting_for", "assignee")]
                _, body = table(heads)
                with body:
                    for place, line in enumerate(self.lines):
                        self._row(place, line)
        with self.foot:
            words(desk.t("shown", n=number(len(self.lines), desk.locale), total=number(self.total, desk.locale)))
            if len(self.lines) < self.total:
                button(desk.t("more"), desk.safely(lambda *_: self._more()))
            words(desk.t("keys"))

    def _row(self, place: int, line: TaskLine) -> None:
        desk = self.desk
        with el("tr", "pick sel" if place == self.present else "pick").on("click", desk.safely(lambda *_, n=place: self.open(n))):
            with el("td", "person"), el("button", "rowbtn").props("type=button"):
                words(line.person, "b")
                words(f"{line.case_number} · {self.definition.areas.name(line.district)}", "small")
            cell(case_view.step_name(self.definition, line.step, desk.locale), desk.t("step"))
            with el("td").props(f'data-label="{desk.t("due")}" title="{exact(line.due_at, desk.locale)}"'):
                tag(*due(line.due_at, self.now, desk.locale))
            cell(desk.t("escalated") if line.escalated else desk.t("staff_waits"), desk.t("waiting_for"))
            cell(line.assignee_name or desk.t("unclaimed"), desk.t("assignee"), "muted" if not line.assignee else "")

    async def _more(self) -> None:
        await self._load(more=True)
        self._draw()

    async def open(self, place: int) -> None:
        """Open the task of a row beside the list."""
        if 0 <= place < len(self.lines):
            self.present = place
            await self.panel.open(self.lines[place].id)
            self.shell.open_panel(True)
            self._draw()
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
        self.quiet_until = monotonic() + 1.5
        if what == "completed":
            place = max(self.present, 0)
            await self._load()
            self._draw()
            mine = next((n for n, line in enumerate(self.lines) if n >= place and line.assignee == self.desk.actor.id), None)
            if self.base.view == "mine" and mine is not None:
                await self.open(mine)
            elif self.base.view != "mine" and self.total:
                await self.claim_next()
            else:
                self.shell.open_panel(False)
            return
        if what == "undone":
            self.shell.open_panel(True)
        if what == "closed":
            self.present = -1
            self.shell.open_panel(False)
            self._draw()
            return
        await self.refresh()

    def _heard(self, changed: set[str]) -> None:
        stage = self.definition.live.queues[self.base.queue].stage if self.base.queue in self.definition.live.queues else None
        if monotonic() > self.quiet_until and (stage is None or stage in changed):
            self.fresh.set_visibility(True)

    async def _key(self, event: Any) -> None:
        if not event.action.keydown or event.modifiers.ctrl or event.modifiers.alt or event.modifiers.meta:
            return
        key = event.key.name.lower()
        if key in ("j", "k"):
            await self.open(min(max(self.present + (1 if key == "j" else -1), 0), len(self.lines) - 1))
        elif key == "c":
            await (self.panel.claim() if self.panel.task and self.panel.task.state == "open" else self.claim_next())
        elif key == "e":
            await self.panel.complete()
        elif key == "/":
            ui.run_javascript("document.getElementById('search').focus()")
        elif key == "escape" and self.panel.task:
            await self.panel.close()
        elif key == "?":
            ui.notify(self.desk.t("keys"), position="top", timeout=8000)

"""The rows of a list of tasks: what each says, which are chosen, which one is open, and what became of them meanwhile."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from html import escape

from nicegui import ui

from models.definitions.definition import Definition
from models.services import case_view
from models.services.queues import TaskLine
from ui.components.elements import el, table, tag, words
from ui.desk import Desk
from ui.formatters import due, exact

HEADS = ("person", "step", "priority", "due", "assignee", "waiting_for")


class TaskTable:
    """Draws lines and keeps who is chosen; `open_row` gets the place of a line, `chosen_changed` is called after a choice."""

    def __init__(
        self, desk: Desk, definition: Definition, open_row: Callable[[int], Awaitable[None]], chosen_changed: Callable[[], None]
    ) -> None:
        self._desk, self._definition = desk, definition
        self._open_row, self._chosen_changed = open_row, chosen_changed
        self._holder = el("div")
        self.lines: list[TaskLine] = []
        self.chosen: set[str] = set()
        self._rows: dict[str, ui.element] = {}
        self._boxes: dict[str, ui.element] = {}
        self._assignees: dict[str, ui.html] = {}

    def draw(self, lines: list[TaskLine], now: datetime, open_id: str | None) -> None:
        """Draw lines anew; what was chosen and is still there stays chosen."""
        self.lines, self.chosen = lines, self.chosen & {line.id for line in lines}
        self._rows, self._boxes, self._assignees = {}, {}, {}
        self._holder.clear()
        if lines:
            with self._holder:
                heads = [("", False), *((self._desk.t(name), False) for name in HEADS)]
                _, body = table(heads)
                with body:
                    for place, line in enumerate(lines):
                        self._row(place, line, now)
        self.mark(open_id)
        self._chosen_changed()

    def _row(self, place: int, line: TaskLine, now: datetime) -> None:
        desk = self._desk
        with el("tr", "pick").on("click", desk.safely(lambda *_, n=place: self._open_row(n))) as row:
            self._rows[line.id] = row
            with el("td", "choose"):
                box = el("input").props(f'type=checkbox aria-label="{escape(desk.t("choose_task", person=line.person))}"')
                box.on("click", lambda *_, i=line.id: self.choose(i), js_handler="(e) => { e.stopPropagation(); emit() }")
                self._boxes[line.id] = box
            with el("td", "person"), el("button", "rowbtn").props("type=button"):
                words(line.person, "b")
                words(f"{line.case_number} · {self._definition.areas.name(line.district)}", "small")
            self._cell("step", f"{line.stage.upper()} · {case_view.step_name(self._definition, line.step, desk.locale)}")
            with self._empty_cell("priority"):
                pressing = line.escalated or line.priority > 0
                tag(desk.t("escalated" if line.escalated else "urgent" if pressing else "ordinary"), "late" if pressing else "calm")
            with self._empty_cell("due").props(f'title="{exact(line.due_at, desk.locale)}"'):
                tag(*due(line.due_at, now, desk.locale))
            with self._empty_cell("assignee"):
                self._assignees[line.id] = words(line.assignee_name or desk.t("unclaimed"))
            self._cell("waiting_for", desk.t("staff_waits") if line.assignee is None else line.assignee_name or desk.t("staff_waits"))

    def _empty_cell(self, name: str) -> ui.element:
        return el("td").props(f'data-label="{escape(self._desk.t(name))}"')

    def _cell(self, name: str, text: str) -> None:
        with self._empty_cell(name):
            words(text)

    def mark(self, open_id: str | None) -> None:
        """Show which line is open beside the list."""
        for id_, row in self._rows.items():
            row.classes(add="sel" if id_ == open_id else "", remove="" if id_ == open_id else "sel")

    def choose(self, task_id: str) -> None:
        """Choose a line, or choose it no longer."""
        if task_id in self._boxes:
            self.chosen ^= {task_id}
            self._show_choice([task_id])

    def choose_all(self, on: bool) -> None:
        """Choose every line of the page, or none."""
        self.chosen = set(self._boxes) if on else set()
        self._show_choice(list(self._boxes))

    def _show_choice(self, ids: list[str]) -> None:
        for id_ in ids:
            on = "true" if id_ in self.chosen else "false"
            ui.run_javascript(f"(() => {{ const box = getElement({self._boxes[id_].id}); if (box) (box.$el || box).checked = {on}; }})()")
        self._chosen_changed()

    def renew(self, present: dict[str, TaskLine]) -> None:
        """Tell what became of the lines that are shown: nothing moves, who has it is said, what left the list is pale."""
        for line in self.lines:
            now = present.get(line.id)
            label, row = self._assignees[line.id], self._rows[line.id]
            row.classes(add="" if now else "gone", remove="gone" if now else "")
            text = (now.assignee_name or self._desk.t("unclaimed")) if now else self._desk.t("gone")
            label.set_content(escape(text))

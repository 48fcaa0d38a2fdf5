"""A task beside the list: why it waits, its form, its outcomes, the case's history."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

from nicegui import ui

from models.engine.draft import variables
from models.errors import Conflict, Invalid, Problem
from models.services import case_view, colleagues, notes, participants, task_reasons, tasks
from models.services.task_reasons import Reasons
from models.services.tasks import Completion, TaskView
from ui.components.dialog import ask, field
from ui.components.elements import button, el, link, step_bar, words
from ui.components.form import TaskForm
from ui.components.reasons import draw_reasons
from ui.desk import Desk
from ui.formatters import exact


class TaskPanel:
    """Shows one task at a time; `changed` is called after something was done with it."""

    def __init__(self, desk: Desk, holder: ui.element, changed: Callable[[str], Awaitable[None]]) -> None:
        self.desk, self.holder, self.changed = desk, holder, changed
        self.task: TaskView | None = None
        self.form: TaskForm | None = None
        self._history: list[dict[str, Any]] = []
        self._now: datetime | None = None
        self._notes: dict[str, str] = {}
        self._answers: dict[str, Any] = {}
        self._reasons = Reasons()

    async def open(self, task_id: str) -> None:
        """Load a task and draw it."""
        async with self.desk.work() as (session, actor, now):
            self.task = await tasks.opened(session, actor, task_id)
            self._history = await case_view.history(session, actor, self.task.case_number, self.desk.locale)
            case_id = self.task.case_id
            self._notes = await notes.of_case(session, case_id)
            self._reasons = await task_reasons.of_task(session, actor, self.task, self._notes, self.desk.locale)
            self._answers = (await participants.answers_of(session, [case_id])).get(case_id, {})
            self._now = now
        self.draw()

    def draw(self) -> None:
        """Draw the task, its form and its buttons."""
        task, desk = self.task, self.desk
        self.holder.clear()
        if task is None or self._now is None:
            return
        mine = task.assignee == desk.actor.id
        with self.holder:
            self._top(task)
            with el("div", "body"):
                said = case_view.explanation(task.definition, task.case, self._now, self._notes)
                with el("div", "why"):
                    words(said["text"][desk.locale], "b")
                    words(desk.span(task.opened_at, task.due_at))
                draw_reasons(desk, self._reasons)
                described = task.definition.forms.get(task.form_name or "")
                if mine:
                    known = {f.name: (task.case.facts | self._answers).get(f.name) for f in described.fields} if described else {}
                    kept = {name: _typed(value) for name, value in known.items() if value is not None}
                    around = variables(task.definition, task.case, self._now)
                    self.form = TaskForm(desk, described, kept, around=around)
                else:
                    self.form = None
                    unclaimed = desk.t("claim_first" if desk.works else "task_open")
                    words(unclaimed if task.state == "open" else f"{desk.t('assignee')}: {task.assignee_name or '–'}", "p", "muted")
                words(desk.t("history"), "h2")
                with el("ul", "list"):
                    for item in self._history[:30]:
                        with el("li"):
                            words(item["words"])
                            words(f"{exact(item['at'], desk.locale)} · {item['who']}", "small")
                            if item["note"]:
                                words(f"“{item['note']}”", "small")
            self._buttons(task, mine)

    def _top(self, task: TaskView) -> None:
        with el("div", "top"):
            with el("header", "page"):
                words(task.person, "h2").props("tabindex=-1 id=panel-title")
                el("span", "sp")
                button(self.desk.t("close"), self.close, key="Esc")
            place = task.definition.areas.name(task.district)
            with el("div", "sub"):
                link(task.case_number, f"/staff/cases/{task.case_number}")
                words(f" · {case_view.step_name(task.definition, task.step, self.desk.locale)} · {place}")
            stages = list(task.definition.stages)
            done = {s for s, mark in task.case.stages.items() if mark in ("finished", "skipped")}
            step_bar(done, task.case.stage, stages, f"{self.desk.t('stage')} {(task.case.stage or '').upper()}")

    def _buttons(self, task: TaskView, mine: bool) -> None:
        with el("div", "act"):
            if mine:
                outcomes = task.definition.steps[task.step].outcomes
                for place, (key, _) in enumerate(outcomes.items()):
                    name = case_view.outcome_name(task.definition, task.step, key, self.desk.locale)
                    act = self.desk.safely(lambda *_, k=key: self.complete(k))
                    button(name, act, "b primary" if place == 0 else "b", "E" if place == 0 else "")
                el("span", "sp")
                button(self.desk.t("release"), self.desk.safely(lambda *_: self.release()))
            elif task.state == "open" and self.desk.works:
                button(self.desk.t("claim"), self.desk.safely(lambda *_: self.claim()), "b primary")
            if self.desk.actor.may("assign_task", stage=task.stage, district=task.district):
                button(self.desk.t("hand_over"), self.desk.safely(lambda *_: self.hand_over()))

    async def hand_over(self) -> None:
        """Ask which colleague gets the task, then give it."""
        task = self.task
        if task is None:
            return
        async with self.desk.work() as (session, actor, _):
            able = await colleagues.able(session, actor, task)
        options = {person.id: person.name for person in able if person.id != task.assignee}
        if not options:
            ui.notify(self.desk.t("nobody_able"), position="top")
            return

        async def give(answers: dict[str, Any]) -> None:
            async with self.desk.work() as (session, actor, now):
                await tasks.assign(session, actor, task.id, answers["assignee"], now, version=task.version)
            ui.notify(self.desk.t("handed_over"), type="positive", position="top")
            await self.open(task.id)
            await self.changed("assigned")

        ask(self.desk, self.desk.t("hand_over"), [field("assignee", "choice", "colleague", options=options)], give)

    async def claim(self) -> None:
        """Claim the task that is shown."""
        if self.task is None:
            return
        try:
            async with self.desk.work() as (session, actor, now):
                await tasks.claim(session, actor, self.task.id, now, version=self.task.version)
        except Conflict:
            await self.open(self.task.id)
            raise
        await self.open(self.task.id)
        await self.changed("claimed")

    async def release(self) -> None:
        """Give the task back."""
        if self.task is None:
            return
        async with self.desk.work() as (session, actor, now):
            await tasks.release(session, actor, self.task.id, now)
        await self.open(self.task.id)
        await self.changed("released")

    async def complete(self, outcome: str | None = None) -> None:
        """Complete the task with an outcome (the first one, when none is named); errors are shown beside the fields."""
        task, form = self.task, self.form
        if task is None or form is None:
            return
        chosen = outcome or next(iter(task.definition.steps[task.step].outcomes))
        if task.definition.steps[task.step].outcomes[chosen].needs_note and not form.note.strip():
            form.show([Problem("note_needed", self.desk.t("reason_needed"), field="note")])
            return
        try:
            async with self.desk.work() as (session, actor, now):
                # What was emptied is sent as empty: left out, it would stand for what the machine found.
                sent = Completion(chosen, dict(form.answers), form.note or None, task.version)
                await tasks.complete(session, actor, task.id, sent, now, self.desk.locale)
        except Invalid as error:
            form.show(error.problems)
            return
        self.task = None
        ui.notify(self.desk.t("completed", person=task.person), type="positive", position="top")
        await self.changed("completed")

    async def close(self) -> None:
        """Close the panel."""
        self.task = None
        self.holder.clear()
        await self.changed("closed")


def _typed(value: Any) -> str:
    """A known fact as a person would have typed it."""
    if isinstance(value, bool):
        return "ya" if value else "tidak"
    return str(value)

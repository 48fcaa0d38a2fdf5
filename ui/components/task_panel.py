"""A task beside the list: its form with a draft, documents, comments, history and position; claim, complete, undo."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

from nicegui import background_tasks, ui

from models.definitions.typed import as_typed
from models.engine.draft import variables
from models.errors import Conflict, Invalid, LangkahError, Problem
from models.services import (
    attachments,
    case_view,
    colleagues,
    comments,
    drafts,
    left_claims,
    notes,
    participants,
    task_reasons,
    tasks,
    undo,
)
from models.services.drafts import Draft
from models.services.tasks import Completion, TaskView
from ui.components.comments import Comments
from ui.components.dialog import ask, field
from ui.components.documents import CaseFiles, draw_documents
from ui.components.draft_line import DraftLine, draw_draft_notice
from ui.components.elements import button, el, words
from ui.components.form import TaskForm
from ui.components.reasons import draw_reasons
from ui.components.task_parts import Tabs, draw_contact, draw_history, draw_position, draw_top
from ui.components.undo_bar import Completed, UndoBar
from ui.desk import Desk

SAVED_AFTER_SECONDS = 0.8


class TaskPanel:
    """Shows one task at a time; `changed` is called after something was done with it."""

    def __init__(self, desk: Desk, holder: ui.element, changed: Callable[[str], Awaitable[None]]) -> None:
        self.desk, self.holder, self._changed = desk, holder, changed
        self._client = ui.context.client
        self.task: TaskView | None = None
        self.form: TaskForm | None = None
        self._seen: dict[str, Any] = {}
        self._now: datetime | None = None
        self._draft: Draft | None = None
        self._revision = 0
        self._unsaved = False
        self._line: DraftLine | None = None
        self._bar = UndoBar(desk, self._undo)

    async def open(self, task_id: str) -> None:
        """Load a task and draw it; what was typed before, here or elsewhere, is there again."""
        await self._save_now()
        async with self.desk.work() as (session, actor, now):
            task = self.task = await tasks.opened(session, actor, task_id)
            written = await notes.of_case(session, task.case_id)
            self._seen = {
                "notes": written,
                "reasons": await task_reasons.of_task(session, actor, task, written, self.desk.locale),
                "history": await case_view.history(session, actor, task.case_number, self.desk.locale),
                "answers": (await participants.answers_of(session, [task.case_id])).get(task.case_id, {}),
                "person": await participants.shown(session, task.case_id),
                "documents": await attachments.of_case(session, actor, task.case_number),
                "comments": await comments.of_case(session, actor, task.case_number),
            }
            mine = task.assignee == actor.id and task.state == "claimed"
            self._draft = await drafts.of_task(session, actor, task_id) if mine else None
            await left_claims.touch(session, actor, task_id, now)
            self._now = now
        self._revision, self._unsaved = self._draft.revision if self._draft else 0, False
        self.draw()

    def draw(self) -> None:
        """Draw the task, its form and its buttons."""
        task, desk = self.task, self.desk
        self.holder.clear()
        if task is None or self._now is None:
            return
        mine = task.assignee == desk.actor.id and task.state == "claimed"
        self.form = self._line = None
        with self.holder:
            self._files = CaseFiles(desk, task.definition, task.case_number, self._seen["documents"], task.id if mine else None)
            draw_top(desk, task, desk.safely(lambda *_: self.close()))
            with el("div", "body"):
                counts = {name: len(self._seen[name]) for name in ("documents", "comments")}
                Tabs(desk, counts, lambda part: self._part(part, task, mine))
            self._buttons(task, mine)

    def _part(self, part: str, task: TaskView, mine: bool) -> None:
        desk = self.desk
        may_add = mine or desk.actor.may("add_document", stage=task.stage, district=task.district)
        if part == "form":
            self._task_part(task, mine)
        elif part == "documents":
            draw_documents(self._files, may_add=may_add)
        elif part == "comments":
            Comments(desk, task.case_number, self._seen["comments"], may_write=may_add or desk.actor.may("claim_own_queue"))
        elif part == "history":
            draw_history(desk, self._seen["history"])
        else:
            draw_position(desk, task)

    def _task_part(self, task: TaskView, mine: bool) -> None:
        desk = self.desk
        said = case_view.explanation(task.definition, task.case, self._now or task.opened_at, self._seen["notes"])
        with el("div", "why"):
            words(said["text"][desk.locale], "b")
            words(desk.span(task.opened_at, task.due_at))
        draw_reasons(desk, self._seen["reasons"])
        draw_contact(desk, self._seen["person"])
        if not mine:
            unclaimed = desk.t("claim_first" if desk.works else "task_open")
            words(unclaimed if task.state == "open" else f"{desk.t('assignee')}: {task.assignee_name or '–'}", "p", "muted")
            return
        if self._draft:
            draw_draft_notice(desk, self._draft, stale=self._draft.task_version != task.version, discard=self._discard)
        described = task.definition.forms.get(task.form_name or "")
        known = task.case.facts | self._seen["answers"]
        kept = {f.name: as_typed(known[f.name], f) for f in described.fields if known.get(f.name) is not None} if described else {}
        self.form = TaskForm(
            desk,
            described,
            kept | (self._draft.answers if self._draft else {}),
            around=variables(task.definition, task.case, self._now or task.opened_at),
            note=self._draft.note if self._draft else "",
            files=self._files,
            changed=self._typed,
        )

    def _buttons(self, task: TaskView, mine: bool) -> None:
        with el("div", "act"):
            if mine:
                outcomes = task.definition.steps[task.step].outcomes
                for place, (key, _) in enumerate(outcomes.items()):
                    name = case_view.outcome_name(task.definition, task.step, key, self.desk.locale)
                    act = self.desk.safely(lambda *_, k=key: self.complete(k))
                    button(name, act, "b primary" if place == 0 else "b", "E" if place == 0 else "")
                el("span", "sp")
                self._line = DraftLine(self.desk, self._draft.saved_at if self._draft else None, lambda: self.open(task.id))
                button(self.desk.t("release"), self.desk.safely(lambda *_: self.release()))
            elif task.state == "open" and self.desk.works:
                button(self.desk.t("claim"), self.desk.safely(lambda *_: self.claim()), "b primary")
            if self.desk.actor.may("assign_task", stage=task.stage, district=task.district):
                button(self.desk.t("hand_over"), self.desk.safely(lambda *_: self.hand_over()))

    def _typed(self) -> None:
        """Something was typed: it is saved soon, not at each key."""
        if not self._unsaved and self.task is not None:
            self._unsaved = True
            background_tasks.create(self._save_soon(self.task.id), name="draft")

    async def _save_soon(self, task_id: str) -> None:
        await asyncio.sleep(SAVED_AFTER_SECONDS)
        if self.task is not None and self.task.id == task_id:
            await self._save_now()

    async def _save_now(self) -> None:
        """Keep what was typed; that it could not be kept is told beside the buttons, the page stays as it is."""
        task, form = self.task, self.form
        if not self._unsaved or task is None or form is None:
            return
        self._unsaved = False
        try:
            async with self.desk.work() as (session, actor, now):
                self._revision = await drafts.save(session, actor, task.id, form.answers, form.note, now, revision=self._revision)
        except Conflict as error:
            if self._line:
                self._line.elsewhere(self.desk.sentence(error))
        except (LangkahError, OSError):
            if self._line:
                self._line.unsaved()
        else:
            if self._line:
                self._line.saved(now)

    async def _discard(self) -> None:
        if self.task is None:
            return
        self._unsaved = False
        async with self.desk.work() as (session, actor, _):
            await drafts.discard(session, actor, self.task.id)
        await self.open(self.task.id)

    async def _tell(self, what: str) -> None:
        """Tell the page what was done, as the page: the button that was pressed may be gone by now."""
        with self._client:
            await self._changed(what)

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
            with self._client:
                ui.notify(self.desk.t("handed_over"), type="positive", position="top")
            await self.open(task.id)
            await self._tell("assigned")

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
        await self._tell("claimed")

    async def release(self) -> None:
        """Give the task back."""
        if self.task is None:
            return
        await self._save_now()
        async with self.desk.work() as (session, actor, now):
            await tasks.release(session, actor, self.task.id, now)
        await self.open(self.task.id)
        await self._tell("released")

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
        except Conflict:
            # Somebody or the clock was there meanwhile: what was typed is kept, and the task shown as it is now.
            self._unsaved = True
            await self.open(task.id)
            raise
        self.task, self._unsaved = None, False
        # Told when the next task is there: who takes this one back meanwhile would find it covered again.
        await self._tell("completed")
        self._bar.show(Completed(task.id, task.person, dict(form.answers), form.note))

    async def _undo(self, done: Completed) -> None:
        """Take a completion back and go on with what was typed."""
        async with self.desk.work() as (session, actor, now):
            await undo.undo_completion(session, actor, done.task_id, now)
            await drafts.save(session, actor, done.task_id, done.answers, done.note, now)
        await self.open(done.task_id)
        await self._tell("undone")
        with self._client:
            ui.notify(self.desk.t("undone"), type="positive", position="top")

    async def close(self) -> None:
        """Close the panel."""
        await self._save_now()
        self.task = None
        self.holder.clear()
        await self._tell("closed")

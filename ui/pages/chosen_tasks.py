"""What may be done with several tasks at once from their list: claim them, hand them to a colleague."""

from collections.abc import Awaitable, Callable
from typing import Any

from nicegui import ui

from models.errors import LangkahError
from models.services import colleagues, tasks
from ui.components.dialog import ask, field
from ui.components.elements import button, el, words
from ui.components.task_table import TaskTable
from ui.desk import Desk
from ui.formatters import number


class ChosenTasks:
    """A line below the list that is there while something is chosen."""

    def __init__(self, desk: Desk, table: TaskTable, refresh: Callable[[], Awaitable[None]]) -> None:
        self._desk, self._table, self._refresh = desk, table, refresh
        self._bar = el("div", "chosen").props("role=status")
        self.draw()

    def draw(self) -> None:
        """Show how many are chosen and what may be done."""
        desk, count = self._desk, len(self._table.chosen)
        self._bar.clear()
        self._bar.set_visibility(count > 0)
        with self._bar:
            words(desk.t("chosen_n", n=number(count, desk.locale)))
            if desk.works:
                button(desk.t("claim_chosen"), desk.safely(lambda *_: self.claim()), "b primary")
            if desk.actor.may("assign_task"):
                button(desk.t("hand_over"), desk.safely(lambda *_: self.hand_over()), key="A")
            button(desk.t("choose_page"), lambda *_: self._table.choose_all(True))
            button(desk.t("unchoose"), lambda *_: self._table.choose_all(False))

    async def claim(self) -> None:
        """Claim each of them; what somebody else has meanwhile is said."""

        async def one(task: str) -> None:
            async with self._desk.work() as (session, actor, now):
                await tasks.claim(session, actor, task, now)

        await self._each(one, "claimed_n")

    async def hand_over(self) -> None:
        """Ask which colleague gets them: one who may work every one of them."""
        desk, able = self._desk, dict[str, str]()
        chosen = [line for line in self._table.lines if line.id in self._table.chosen]
        async with desk.work() as (session, actor, _):
            for place, line in enumerate(chosen):
                people = {person.id: person.name for person in await colleagues.able(session, actor, line)}
                able = people if place == 0 else {id_: name for id_, name in able.items() if id_ in people}
        if not able:
            ui.notify(desk.t("nobody_able"), position="top")
            return

        async def give(answers: dict[str, Any]) -> None:
            async def one(task: str) -> None:
                async with desk.work() as (session, actor, now):
                    await tasks.assign(session, actor, task, answers["assignee"], now)

            await self._each(one, "handed_n")

        ask(desk, desk.t("hand_over"), [field("assignee", "choice", "colleague", options=able)], give)

    async def _each(self, act: Callable[[str], Awaitable[None]], said: str) -> None:
        done, refused = 0, list[str]()
        for task in [line.id for line in self._table.lines if line.id in self._table.chosen]:
            try:
                await act(task)
                done += 1
            except LangkahError as error:
                refused.append(self._desk.sentence(error))
        self._table.chosen = set()
        ui.notify(self._desk.t(said, n=done), type="positive", position="top")
        if refused:
            why = " · ".join(sorted(set(refused))[:3])
            ui.notify(self._desk.t("not_claimed_n", n=len(refused), why=why), type="warning", position="top", timeout=8000)
        await self._refresh()

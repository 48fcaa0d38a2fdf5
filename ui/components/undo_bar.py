"""The line that says what was completed, with the way back; it stays until it is closed or something else is completed."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from nicegui import ui

from ui.components.elements import button, el, words
from ui.desk import Desk


@dataclass(frozen=True, slots=True)
class Completed:
    """A task that was completed here, with what was typed, in case it is taken back."""

    task_id: str
    person: str
    answers: dict[str, Any]
    note: str


class UndoBar:
    """One bar for a page; `undo` takes back what it shows."""

    def __init__(self, desk: Desk, undo: Callable[[Completed], Awaitable[None]]) -> None:
        self._desk, self._undo = desk, undo
        with ui.context.client.content:
            # The live region is there from the beginning: screen readers tell only what changes inside one that they know.
            self._holder = el("div", "undo").props("role=status aria-live=polite")

    def show(self, done: Completed) -> None:
        """Say what was completed."""
        self._holder.clear()
        with self._holder, el("div", "undo-bar"):
            words(self._desk.t("completed", person=done.person))
            button(self._desk.t("undo"), self._desk.safely(lambda *_: self._take_back(done)))
            button("×", lambda _: self.clear()).props(f'aria-label="{self._desk.t("close")}"')

    def clear(self) -> None:
        """Say nothing any more."""
        self._holder.clear()

    async def _take_back(self, done: Completed) -> None:
        try:
            await self._undo(done)
        finally:
            self.clear()

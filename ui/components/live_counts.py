"""The numbers beside the rail's entries, kept true while the page is open."""

import asyncio
from collections.abc import Awaitable, Callable
from time import monotonic

from nicegui import background_tasks, ui

from models.db import AWAY
from models.errors import LangkahError
from ui.desk import Desk
from ui.formatters import number
from ui.live import Live

AT_MOST_EVERY_SECONDS = 0.6


class LiveCounts:
    """Numbers by name; `count` gives them all, no older than a moment, within the rights of whoever looks at the page."""

    def __init__(self, desk: Desk, count: Callable[[float], Awaitable[dict[str, int]]]) -> None:
        self._desk, self._count = desk, count
        self._shown: dict[str, tuple[ui.html, bool]] = {}
        self._waiting, self._since = False, 0.0

    def place(self, name: str, n: int, late: bool = False) -> None:
        """Draw a number here; `late` ones stand out unless they are 0."""
        self._shown[name] = (ui.html(self._html(n, late), sanitize=False, tag="span"), late)

    def watch(self) -> None:
        """Follow what happens until the page is gone."""
        client = ui.context.client
        key = f"{client.id}:counts"
        Live.pages.subscribe(key, self._heard)
        client.on_delete(lambda: Live.pages.forget(key))

    def _heard(self, _changed: set[str]) -> None:
        if not self._waiting:
            self._waiting, self._since = True, monotonic()
            background_tasks.create(self._refresh(), name="rail counts")

    async def _refresh(self) -> None:
        await asyncio.sleep(AT_MOST_EVERY_SECONDS)
        self._waiting = False
        try:
            counts = await self._count(self._since)
        except (LangkahError, *AWAY):
            return
        for name, (label, late) in self._shown.items():
            label.set_content(self._html(counts.get(name, 0), late))

    def _html(self, n: int, late: bool) -> str:
        return f'<b class="{"late" if late and n else ""}">{number(n, self._desk.locale)}</b>'

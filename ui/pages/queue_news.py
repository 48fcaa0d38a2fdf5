"""What happens to an open list meanwhile: how much is new, who has what; the rows themselves stay where they are."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

from nicegui import background_tasks, ui

from models.db import AWAY
from models.errors import LangkahError
from models.services import queues
from ui.components.elements import button, el, words
from ui.desk import Desk
from ui.formatters import number
from ui.live import Live

AT_MOST_EVERY_SECONDS = 0.6


class QueueNews:
    """The line "12 new · refresh" above a list."""

    def __init__(self, desk: Desk, refresh: Callable[[], Awaitable[None]]) -> None:
        self._desk = desk
        self._line = el("div", "fresh").props("role=status")
        with self._line:
            self._words = words("")
            button(desk.t("refresh"), desk.safely(lambda *_: refresh()))
        self._line.set_visibility(False)
        self._since, self._total, self._waiting = datetime.min, 0, False

    def loaded(self, now: datetime, total: int) -> None:
        """The list was read just now."""
        self._since, self._total = now, total
        self._line.set_visibility(False)

    def watch(self, page: Any) -> None:
        """Follow what happens until the page is gone; `page` tells its filter, its definition and its table."""
        self._page, client = page, ui.context.client
        Live.pages.subscribe(client.id, self._heard)
        client.on_delete(lambda: Live.pages.forget(client.id))

    def _heard(self, changed: set[str]) -> None:
        queue = self._page.definition.live.queues.get(self._page.fixed.get("queue", ""))
        if not self._waiting and (queue is None or queue.stage in changed or "" in changed):
            self._waiting = True
            background_tasks.create(self._look(), name="queue news")

    async def _look(self) -> None:
        await asyncio.sleep(AT_MOST_EVERY_SECONDS)
        self._waiting = False
        page, desk = self._page, self._desk
        try:
            async with desk.work() as (session, actor, now):
                chosen = page.chosen()
                total, new = await queues.news(session, actor, chosen, now, self._since)
                shown = await queues.as_they_are(session, actor, chosen, now, [line.id for line in page.lines])
        except (LangkahError, *AWAY):
            return
        page.table.renew({line.id: line for line in shown})
        page.count.set_content(desk.t("tasks_n", n=number(total, desk.locale)))
        changed = total != self._total or len(shown) != len(page.lines)
        if new or changed:
            self._words.set_content(desk.t("new_n", n=number(new, desk.locale)) if new else desk.t("new_tasks"))
        self._line.set_visibility(bool(new or changed))

"""What this process cannot reach just now: the database, Prefect. Open pages are told when that changes."""

import asyncio
import logging
from typing import ClassVar, Literal

from flows import prefect_server
from ui.listeners import Listeners

log = logging.getLogger(__name__)
What = Literal["database", "prefect"]
PROBE_SECONDS = 3.0


class Outages:
    """What is away now, and the open pages that want to know."""

    away: ClassVar[set[What]] = set()
    pages: ClassVar[Listeners] = Listeners()
    _task: ClassVar[asyncio.Task[None] | None] = None

    @classmethod
    def start(cls) -> None:
        """Begin to look after Prefect; whoever listens to the database reports it."""
        cls._task = asyncio.get_running_loop().create_task(cls._watch_prefect())

    @classmethod
    async def stop(cls) -> None:
        """Stop looking."""
        if cls._task is not None:
            cls._task.cancel()
            await asyncio.gather(cls._task, return_exceptions=True)

    @classmethod
    def report(cls, what: What, is_away: bool) -> None:
        """Note what was found, and tell the pages when it is new."""
        if is_away == (what in cls.away):
            return
        log.warning("%s %s", what, "does not answer" if is_away else "answers again")
        (cls.away.add if is_away else cls.away.discard)(what)
        cls.pages.tell()

    @classmethod
    async def _watch_prefect(cls) -> None:
        missed = 0
        while True:
            # A busy server may miss one look; people are told about the second.
            missed = 0 if await prefect_server.answers() else missed + 1
            if missed != 1:
                cls.report("prefect", missed > 1)
            await asyncio.sleep(PROBE_SECONDS)

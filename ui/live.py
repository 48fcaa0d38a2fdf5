"""Word of changes: one listener a process, coalesced, told to the open pages that asked."""

import asyncio
import json
import logging
from typing import Any, ClassVar

from models.db import listener
from models.services.announce import CHANGED
from ui.listeners import Listeners
from ui.outages import Outages

log = logging.getLogger(__name__)
COALESCE_SECONDS, PROBE_SECONDS, RETRY_SECONDS = 0.25, 4.0, 1.0


class Live:
    """The open pages, told the stages that changed."""

    pages: ClassVar[Listeners] = Listeners()
    _task: ClassVar[asyncio.Task[None] | None] = None

    @classmethod
    def start(cls) -> None:
        """Begin to listen."""
        cls._task = asyncio.get_running_loop().create_task(cls._listen())

    @classmethod
    async def stop(cls) -> None:
        """Stop listening."""
        if cls._task is not None:
            cls._task.cancel()
            await asyncio.gather(cls._task, return_exceptions=True)

    @classmethod
    async def _listen(cls) -> None:
        heard: set[str] = set()
        while True:
            try:
                connection = await listener()
                try:
                    await connection.add_listener(CHANGED, lambda *args: heard.update(json.loads(args[3])))
                    if "database" in Outages.away:
                        # What was announced meanwhile was lost; the empty word lets the pages count again.
                        heard.add("")
                    Outages.report("database", False)
                    await cls._pass_on(connection, heard)
                finally:
                    connection.terminate()
            except asyncio.CancelledError:
                raise
            except Exception as error:
                log.warning("listening: %s", type(error).__name__)
            Outages.report("database", True)
            await asyncio.sleep(RETRY_SECONDS)

    @classmethod
    async def _pass_on(cls, connection: Any, heard: set[str]) -> None:
        """Tell what is heard until the connection is gone, or raise when nothing answers on it any more."""
        loop = asyncio.get_running_loop()
        probe_at = loop.time() + PROBE_SECONDS
        while not connection.is_closed():
            await asyncio.sleep(COALESCE_SECONDS)
            if loop.time() > probe_at:
                await connection.fetchval("SELECT 1", timeout=PROBE_SECONDS)
                probe_at = loop.time() + PROBE_SECONDS
            if heard:
                words = set(heard)
                heard.clear()
                cls.pages.tell(words)

"""Word of changes: one listener a process, coalesced, told to the open pages that asked."""

import asyncio
import json
import logging
from collections.abc import Callable
from typing import ClassVar

from models.db import listener
from models.services.announce import CHANGED

log = logging.getLogger(__name__)
COALESCE_SECONDS = 0.25


class Live:
    """Callbacks of open pages, called with the stages and cases that changed."""

    _callbacks: ClassVar[dict[str, Callable[[set[str]], None]]] = {}
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
    def subscribe(cls, client_id: str, callback: Callable[[set[str]], None]) -> None:
        """Call back one page until it is gone."""
        cls._callbacks[client_id] = callback

    @classmethod
    def forget(cls, client_id: str) -> None:
        """The page is gone."""
        cls._callbacks.pop(client_id, None)

    @classmethod
    async def _listen(cls) -> None:
        heard: set[str] = set()
        while True:
            try:
                connection = await listener()
                try:
                    await connection.add_listener(CHANGED, lambda *args: heard.update(json.loads(args[3])))
                    while not connection.is_closed():
                        await asyncio.sleep(COALESCE_SECONDS)
                        if heard:
                            words = set(heard)
                            heard.clear()
                            cls._tell(words)
                finally:
                    await connection.close()
            except asyncio.CancelledError:
                raise
            except Exception as error:
                log.warning("listening: %s", type(error).__name__)
                await asyncio.sleep(2)

    @classmethod
    def _tell(cls, words: set[str]) -> None:
        for client_id, callback in list(cls._callbacks.items()):
            try:
                callback(words)
            except Exception as error:
                log.info("a page could not be told (%s)", type(error).__name__)
                cls.forget(client_id)

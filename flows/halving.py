"""A batch of which something cannot be done: the rest goes on without it."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

from models.db import is_outage

log = logging.getLogger(__name__)
T = TypeVar("T")
PATIENCE_SECONDS, PAUSE_SECONDS = 60.0, 1.0


async def in_parts(
    items: Sequence[T], act: Callable[[Sequence[T]], Awaitable[None]], give_up: Callable[[T, Exception], Awaitable[None]]
) -> None:
    """Act on all at once; what raises is halved until the item that cannot be done stands alone and is given up.

    What passes by itself (the database is away) is nobody's fault: it is raised, and the whole may be tried later.
    """
    waiting = [items] if items else []
    while waiting:
        part = waiting.pop()
        try:
            await act(part)
        except Exception as error:
            if is_outage(error):
                raise
            if len(part) > 1:
                waiting += [part[len(part) // 2 :], part[: len(part) // 2]]
                continue
            log.warning("given up: %s", type(error).__name__)
            await give_up(part[0], error)


async def once_there(act: Callable[[], Awaitable[None]]) -> None:
    """Do what must not be forgotten: while the database is away again and again, as long as a lease may last."""
    began = time.monotonic()
    while True:
        try:
            return await act()
        except Exception as error:
            if not is_outage(error) or time.monotonic() - began > PATIENCE_SECONDS:
                raise
        await asyncio.sleep(PAUSE_SECONDS)

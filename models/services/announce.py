"""Tells other processes that something is ready, and which stages changed: after the commit, coalesced per process.

NOTIFY inside a transaction would serialise all commits, so the word goes out afterwards on a connection of its own; a
slow poll in every listener is the net when it gets lost.
"""

import asyncio
import json
import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import asyncpg
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from models.db import driver, transaction, when_committed

log = logging.getLogger(__name__)
READY, CHANGED = "langkah_ready", "langkah_changed"
_PAUSE = 0.02
_waiting: dict[str, set[str]] = {READY: set(), CHANGED: set()}
_tasks: set[asyncio.Task[None]] = set()
_silent: list[bool] = []


def announce(session: AsyncSession, changes: Sequence[Any]) -> None:
    """Remember what a transaction changes; the word goes out when it commits."""
    told = session.info.setdefault("announce", {READY: set(), CHANGED: set()})
    for change in changes:
        if any(p.kind == "action" for p in change.after.positions.values()) or any(
            h.state == "queued" for h in change.after.handoffs.values()
        ):
            told[READY].add("work")
        told[CHANGED].add(change.after.stage or "")
    when_committed(session, "announce", lambda: _tell(session.info.pop("announce")))


def _tell(told: dict[str, set[str]]) -> None:
    if _silent:
        return
    for channel, words in told.items():
        _waiting[channel] |= words
    if not _tasks:
        task = asyncio.get_running_loop().create_task(_send())
        _tasks.add(task)
        task.add_done_callback(_tasks.discard)


@contextmanager
def silence() -> Iterator[None]:
    """Tell nobody: while a database is being filled that no other process looks at yet."""
    _silent.append(True)
    try:
        yield
    finally:
        _silent.pop()


async def all_told() -> None:
    """Wait until every word is out: before the engine is closed, else a connection would be made behind its back."""
    while _tasks:
        await asyncio.gather(*_tasks, return_exceptions=True)


async def _send() -> None:
    await asyncio.sleep(_PAUSE)
    while any(_waiting.values()):
        words = {channel: sorted(found) for channel, found in _waiting.items() if found}
        for found in _waiting.values():
            found.clear()
        try:
            async with transaction() as session:
                await (await driver(session)).executemany(
                    "SELECT pg_notify($1, $2)", [(channel, json.dumps(found)) for channel, found in words.items()]
                )
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, sa.exc.SQLAlchemyError) as error:
            # The listeners poll as well; losing a word costs a second, never a case.
            log.warning("could not announce: %s", type(error).__name__)

"""Tells other processes what changed: ids only, after the commit, coalesced per process.

NOTIFY inside a transaction would serialise all commits, so the word goes out afterwards on a connection of its own; a
slow poll in every listener is the net when it gets lost.
"""

import asyncio
import json
import logging
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession
from sqlalchemy.orm import Session

log = logging.getLogger(__name__)
READY, CHANGED = "langkah_ready", "langkah_changed"
_PAUSE, MOST_WORDS = 0.02, 150
_waiting: dict[str, set[str]] = {READY: set(), CHANGED: set()}
_tasks: set[asyncio.Task[None]] = set()
_silent: list[bool] = []


def announce(session: AsyncSession, changes: Sequence[Any]) -> None:
    """Remember what a transaction changes; the word goes out when it commits."""
    told = session.sync_session.info.setdefault("announce", {READY: set(), CHANGED: set()})
    for change in changes:
        if any(p.kind == "action" for p in change.after.positions.values()):
            told[READY].add("run")
        if any(h.state == "queued" for h in change.after.handoffs.values()):
            told[READY].add("deliver")
        told[CHANGED].add(change.after.stage or "")
        told[CHANGED] |= {f"case:{change.after.id}"} if len(told[CHANGED]) < 100 else set()
    if not session.sync_session.info.get("announces"):
        session.sync_session.info["announces"] = True
        event.listen(session.sync_session, "after_commit", _after_commit)


def _after_commit(session: Session) -> None:
    told = session.info.pop("announce", None)
    if not told or _silent:
        return
    for channel, words in told.items():
        _waiting[channel] |= words
    try:
        loop = asyncio.get_running_loop()
    except RuntimeError:
        return
    if not _tasks:
        task = loop.create_task(_send(session))
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


def shortened(words: Collection[str]) -> list[str]:
    """As many words as one NOTIFY carries: stages first, since every list listens to them, then single cases."""
    return sorted(words, key=lambda word: (word.startswith("case:"), word))[:MOST_WORDS]


async def _send(session: Session) -> None:
    bind: Any = session.get_bind()
    await asyncio.sleep(_PAUSE)
    while any(_waiting.values()):
        words = {channel: shortened(found) for channel, found in _waiting.items() if found}
        for found in _waiting.values():
            found.clear()
        try:
            async with AsyncSession(AsyncEngine(bind)) as own:
                for channel, found_words in words.items():
                    await own.execute(sa.select(sa.func.pg_notify(channel, json.dumps(found_words))))
                await own.commit()
        except (OSError, sa.exc.SQLAlchemyError) as error:
            # The listeners poll as well; losing a word costs a second, never a case.
            log.warning("could not announce: %s", type(error).__name__)

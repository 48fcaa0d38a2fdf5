"""Free text about cases, kept where it can be erased; the journal refers to it by id."""

from collections.abc import Sequence
from datetime import datetime
from uuid import uuid4

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from models.db import driver
from models.services.actor import Actor

PREFIX = "note:"
LONGEST = 4000


def reference(note_id: str) -> str:
    """A note as an event names it where words would stand: `note:<id>`."""
    return PREFIX + note_id


def referred(words: object) -> str | None:
    """The id of the note that an event's words refer to, None when they are a plain code."""
    return words.removeprefix(PREFIX) if isinstance(words, str) and words.startswith(PREFIX) else None


async def write(session: AsyncSession, actor: Actor, case_id: str, words: str, now: datetime) -> str:
    """Keep a note and return its id."""
    note_id = str(uuid4())
    await write_all(session, actor, [(note_id, case_id, words)], now)
    return note_id


async def write_all(session: AsyncSession, actor: Actor, written: Sequence[tuple[str, str, str]], now: datetime) -> None:
    """Keep notes whose ids were given already: (id, case id, words)."""
    await (await driver(session)).executemany(
        "INSERT INTO note (id, case_id, author, text, created_at) VALUES ($1::uuid, $2::uuid, $3, $4, $5)",
        [(note_id, case_id, actor.id, words.strip()[:LONGEST], now) for note_id, case_id, words in written],
    )


async def of_case(session: AsyncSession, case_id: str) -> dict[str, str]:
    """The notes of a case by id."""
    rows = await session.execute(text("SELECT id::text, text FROM note WHERE case_id = CAST(:case AS uuid)"), {"case": case_id})
    return {row.id: row.text for row in rows}

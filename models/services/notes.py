"""Free text about cases, kept where it can be erased; the journal refers to it by id."""

from datetime import datetime
from uuid import uuid4

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from models.services.actor import Actor


async def write(session: AsyncSession, actor: Actor, case_id: str, words: str, now: datetime) -> str:
    """Keep a note and return its id."""
    note_id = str(uuid4())
    await session.execute(
        text(
            "INSERT INTO note (id, case_id, author, text, created_at) VALUES (CAST(:id AS uuid), CAST(:case AS uuid), :author, :text, :now)"
        ),
        {"id": note_id, "case": case_id, "author": actor.id, "text": words.strip()[:4000], "now": now},
    )
    return note_id


async def of_case(session: AsyncSession, case_id: str) -> dict[str, str]:
    """The notes of a case by id."""
    rows = await session.execute(text("SELECT id::text, text FROM note WHERE case_id = CAST(:case AS uuid)"), {"case": case_id})
    return {row.id: row.text for row in rows}

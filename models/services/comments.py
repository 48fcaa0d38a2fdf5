"""What colleagues write to each other about a case, and whom they mention (`@Sari Wulandari`); free text, so it can be erased."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from models.clock import system_now
from models.errors import Invalid, NotFound, Problem
from models.safe_text import is_safe
from models.services import access, cases, notes
from models.services.actor import Actor

LONGEST = 2000
MOST_OFFERED, MOST_LISTED = 8, 50


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment as people read it."""

    id: str
    case_number: str
    author_name: str
    words: str
    written_at: datetime


async def write(session: AsyncSession, actor: Actor, number: str, words: str, now: datetime) -> list[str]:
    """Keep a comment and tell those whom it mentions, as far as they may read the case; returns their names.

    Raises NotFound, NotAllowed for those who only read, Invalid when it is empty or too long.
    """
    row = await cases.find(session, actor, number)
    if not actor.may("claim_own_queue"):
        actor.require("add_document", stage=row.stage, district=row.district)
    said = words.strip()
    if not said or len(said) > LONGEST or not is_safe(said):
        message = f"Tulis 1 sampai {LONGEST} huruf / write 1 to {LONGEST} characters"
        raise Invalid(message, [Problem("required" if not said else "too_long", message, field="comment")])
    note = await notes.write(session, actor, str(row.id), said, now)
    await session.execute(text("UPDATE note SET kind = 'comment' WHERE id = CAST(:id AS uuid)"), {"id": note})
    told = [person for person in await _accounts(session, "position('@' || name IN :words) > 0", {"words": said}) if person.id != actor.id]
    # "@Sari Wulandari" means her and not a colleague who is called Sari.
    told = [p for p in told if f"@{p.name}" in _without(said, [o.name for o in told if o.name != p.name and o.name.startswith(p.name)])]
    told = [person for person in told if await cases.may_read(session, person, row)]
    for person in told:
        await session.execute(
            text("INSERT INTO mention (note_id, account) VALUES (CAST(:note AS uuid), :account)"), {"note": note, "account": person.id}
        )
    return [person.name for person in told]


def _without(words: str, names: list[str]) -> str:
    for name in names:
        words = words.replace(f"@{name}", "")
    return words


async def _accounts(session: AsyncSession, condition: str, values: dict[str, Any]) -> list[Actor]:
    rows = await session.execute(
        text(f"SELECT id::text, name, grants FROM user_account WHERE active AND {condition} ORDER BY name, id LIMIT 40"), values
    )
    return [Actor(row.id, row.name, "user", access.grants_from_json(row.grants)) for row in rows]


async def mentionable(session: AsyncSession, actor: Actor, number: str, begun: str) -> list[str]:
    """Names of colleagues that begin like this (or one of their words does) and who may read the case; at most MOST_OFFERED."""
    row = await cases.find(session, actor, number)
    plain = begun.strip().replace("\\", "").replace("%", "").replace("_", "")[:40]
    if not plain:
        return []
    like = {"begun": f"{plain}%", "inside": f"% {plain}%"}
    people = await _accounts(session, "(name ILIKE :begun OR name ILIKE :inside)", like)
    able = [person.name for person in people if person.id != actor.id and await cases.may_read(session, person, row)]
    return list(dict.fromkeys(able))[:MOST_OFFERED]


_LISTED = (
    "SELECT n.id::text, c.number AS case_number, n.author, n.text AS words, n.created_at AS written_at"
    " FROM note n JOIN cases c ON c.id = n.case_id"
)


async def of_case(session: AsyncSession, actor: Actor, number: str) -> list[Comment]:
    """The comments of a case, newest first. Raises NotFound when the actor may not read it."""
    row = await cases.find(session, actor, number)
    rows = await session.execute(
        text(f"{_LISTED} WHERE n.case_id = :case AND n.kind = 'comment' ORDER BY n.created_at DESC, n.id LIMIT 200"), {"case": row.id}
    )
    return await _shown(session, rows)


async def mentioning(session: AsyncSession, actor: Actor) -> list[Comment]:
    """The comments that mention the actor and were not put away yet, newest first; only of cases that may still be read."""
    rows = await session.execute(
        text(
            f"{_LISTED} JOIN mention m ON m.note_id = n.id WHERE m.account = :me AND m.seen_at IS NULL"
            f" ORDER BY n.created_at DESC, n.id LIMIT {MOST_LISTED}"
        ),
        {"me": actor.id},
    )
    readable = []
    for comment in await _shown(session, rows):
        try:
            await cases.find(session, actor, comment.case_number)
        except NotFound:
            continue
        readable.append(comment)
    return readable


async def put_away(session: AsyncSession, actor: Actor, comment: str) -> None:
    """The actor has read a comment that mentions them."""
    await session.execute(
        text("UPDATE mention SET seen_at = :now WHERE note_id = CAST(:note AS uuid) AND account = :me AND seen_at IS NULL"),
        {"note": str(UUID(comment)), "me": actor.id, "now": system_now()},
    )


async def _shown(session: AsyncSession, rows: Any) -> list[Comment]:
    people = await access.names(session)
    return [Comment(row.id, row.case_number, people.get(row.author, "–"), row.words, row.written_at) for row in rows]

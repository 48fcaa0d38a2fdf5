"""What somebody has typed into a task so far: kept encrypted for that person, on every machine, until the task ends."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from models.errors import Conflict, Invalid, NotFound, Problem
from models.services import left_claims
from models.services.actor import Actor
from models.services.vault import decrypt, encrypt

PURPOSE = "draft"
LONGEST = 200_000
ELSEWHERE = "Draf ini diubah di layar lain; muat ulang / this draft was changed on another screen; load it again"


@dataclass(frozen=True, slots=True)
class Draft:
    """The answers as typed, and the note; `task_version` is the task's when it was saved, `revision` counts the savings."""

    answers: dict[str, Any]
    note: str
    task_version: int
    revision: int
    saved_at: datetime


async def of_task(session: AsyncSession, actor: Actor, task_id: str) -> Draft | None:
    """The actor's draft of a task, None when there is none."""
    row = (
        await session.execute(
            text(
                "SELECT body, task_version, revision, saved_at FROM task_draft WHERE task_id = CAST(:task AS uuid) AND account = :account"
            ),
            {"task": task_id, "account": actor.id},
        )
    ).first()
    if row is None:
        return None
    body = json.loads(decrypt(row.body, PURPOSE))
    return Draft(body["answers"], body["note"], row.task_version, row.revision, row.saved_at)


async def save(
    session: AsyncSession, actor: Actor, task_id: str, answers: dict[str, Any], note: str, now: datetime, *, revision: int = 0
) -> int:
    """Keep what was typed and return the new revision; `revision` is the one that the person goes on from, 0 for none.

    Raises NotFound unless the task is claimed by the actor, Conflict when another screen has saved meanwhile, Invalid when
    it is too long.
    """
    await left_claims.touch(session, actor, task_id, now)
    task = (
        await session.execute(
            text("SELECT version FROM task WHERE id = CAST(:task AS uuid) AND state = 'claimed' AND assignee = :account FOR SHARE"),
            {"task": task_id, "account": actor.id},
        )
    ).first()
    if task is None:
        raise NotFound("Tugas ini bukan milik Anda lagi / this task is not yours any more")
    body = json.dumps({"answers": answers, "note": note})
    if len(body) > LONGEST:
        words = "Isian terlalu panjang / what was typed is too long"
        raise Invalid(words, [Problem("too_long", words)])
    saved = await session.scalar(
        text(
            "INSERT INTO task_draft AS d (task_id, account, body, task_version, revision, saved_at)"
            " VALUES (CAST(:task AS uuid), :account, :body, :version, :revision + 1, :now)"
            " ON CONFLICT (task_id, account) DO UPDATE SET body = excluded.body, task_version = excluded.task_version,"
            " revision = excluded.revision, saved_at = excluded.saved_at WHERE d.revision = :revision RETURNING revision"
        ),
        {
            "task": task_id,
            "account": actor.id,
            "body": encrypt(body.encode(), PURPOSE),
            "version": task.version,
            "revision": revision,
            "now": now,
        },
    )
    if saved is None:
        raise Conflict(ELSEWHERE, [Problem("draft_elsewhere", ELSEWHERE)])
    return int(saved)


async def discard(session: AsyncSession, actor: Actor, task_id: str) -> None:
    """Forget the actor's draft of a task."""
    await session.execute(
        text("DELETE FROM task_draft WHERE task_id = CAST(:task AS uuid) AND account = :account"), {"task": task_id, "account": actor.id}
    )

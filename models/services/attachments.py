"""Files of a case: kept encrypted, told with who, when and for which step; opening one is remembered."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from models.errors import Conflict, NotFound, Problem
from models.services import access, cases
from models.services.actor import Actor
from models.services.files import PDF, Prepared
from models.services.vault import decrypt, encrypt

PURPOSE = "attachment"
MOST_OF_A_CASE = 200
GONE = "Dokumen tidak ditemukan / there is no such document"


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file as lists show it; `step` and `field` say for what it was added, `size` is in bytes."""

    id: str
    case_number: str
    task_id: str | None
    step: str | None
    field: str | None
    media_type: str
    size: int
    name: str
    author: str
    author_name: str
    added_at: datetime

    @property
    def file_name(self) -> str:
        """What the file is called when it is downloaded."""
        return f"{self.name or self.field or 'dokumen'}.{'pdf' if self.media_type == PDF else 'jpg'}"


async def add(
    session: AsyncSession,
    actor: Actor,
    number: str,
    prepared: Prepared,
    now: datetime,
    *,
    task_id: str | None = None,
    field: str | None = None,
) -> Attachment:
    """Keep a file of a case, for a task's field when these are given.

    Whoever has claimed the task may add to it; else the right to add documents in that stage and district is needed.
    Raises NotFound for a case or task that is not there or not the actor's to see, NotAllowed, Conflict when there are too many.
    """
    row = await cases.find(session, actor, number)
    step = None
    if task_id is None:
        actor.require("add_document", stage=row.stage, district=row.district)
    else:
        step = await _step(session, actor, row, task_id)
    held = await session.scalar(text("SELECT count(*) FROM attachment WHERE case_id = :case"), {"case": row.id})
    if (held or 0) >= MOST_OF_A_CASE:
        words = f"Berkas ini sudah punya {MOST_OF_A_CASE} dokumen / this case has {MOST_OF_A_CASE} documents already"
        raise Conflict(words, [Problem("too_many_documents", words, field="file")])
    key = str(uuid4())
    await session.execute(
        text(
            "INSERT INTO attachment (id, case_id, task_id, step, field, media_type, size, name, body, author, added_at) VALUES"
            " (CAST(:id AS uuid), :case, CAST(:task AS uuid), :step, :field, :kind, :size, :name, :body, :author, :now)"
        ),
        {
            "id": key,
            "case": row.id,
            "task": task_id,
            "step": step,
            "field": field,
            "kind": prepared.media_type,
            "size": len(prepared.content),
            "name": encrypt(prepared.name.encode(), PURPOSE),
            "body": encrypt(prepared.content, PURPOSE),
            "author": actor.id,
            "now": now,
        },
    )
    return next(found for found in await of_case(session, actor, number) if found.id == key)


async def _step(session: AsyncSession, actor: Actor, row: Any, task_id: str) -> str:
    """The step of a task of the case that the actor may add to."""
    task = (
        await session.execute(
            text("SELECT step, stage, state, assignee FROM task WHERE id = CAST(:task AS uuid) AND case_id = :case"),
            {"task": task_id, "case": row.id},
        )
    ).first()
    if task is None:
        raise NotFound("Tugas tidak ditemukan / there is no such task")
    if task.state != "claimed" or task.assignee != actor.id:
        actor.require("add_document", stage=task.stage, district=row.district)
    return str(task.step)


async def of_case(session: AsyncSession, actor: Actor, number: str) -> list[Attachment]:
    """The files of a case, newest first. Raises NotFound when the actor may not read it."""
    row = await cases.find(session, actor, number)
    rows = await session.execute(text(f"{_LISTED} WHERE a.case_id = :case ORDER BY a.added_at DESC, a.id"), {"case": row.id})
    people = await access.names(session)
    return [_shown(item, people) for item in rows]


_LISTED = (
    "SELECT a.id::text, c.number, a.task_id::text, a.step, a.field, a.media_type, a.size, a.name, a.author, a.added_at"
    " FROM attachment a JOIN cases c ON c.id = a.case_id"
)


def _shown(item: Any, people: dict[str, str]) -> Attachment:
    values = dict(item._mapping)
    values["case_number"] = values.pop("number")
    return Attachment(**values | {"name": decrypt(item.name, PURPOSE).decode(), "author_name": people.get(item.author, "–")})


async def opened(
    session: AsyncSession, actor: Actor, document: str, now: datetime, *, number: str | None = None
) -> tuple[Attachment, bytes]:
    """A file, of the case with that number if given, with its content; that the actor has seen it is kept.

    Raises NotFound, also when it is not the actor's to see.
    """
    found = (await session.execute(text(f"{_LISTED} WHERE a.id = CAST(:id AS uuid)"), {"id": an_id(document)})).first()
    if found is None or number not in (None, found.number):
        raise NotFound(GONE)
    try:
        row = await cases.find(session, actor, found.number)
    except NotFound:
        raise NotFound(GONE) from None
    body = await session.scalar(text("SELECT body FROM attachment WHERE id = CAST(:id AS uuid)"), {"id": document})
    await session.execute(
        text("INSERT INTO reveal (id, case_id, actor, what, reason, at) VALUES (:id, :case, :actor, :what, :reason, :now)"),
        {
            "id": uuid4(),
            "case": row.id,
            "actor": actor.id,
            "what": f"document:{document}",
            "reason": "Dokumen dilihat / document seen",
            "now": now,
        },
    )
    return _shown(found, await access.names(session)), decrypt(bytes(body or b""), PURPOSE)


async def remove(session: AsyncSession, actor: Actor, document: str) -> None:
    """Take away a file that was added by mistake: by whoever added it, while its task is still claimed. Raises NotFound, Conflict."""
    row = (
        await session.execute(
            text(
                "SELECT a.author, t.state, t.assignee FROM attachment a LEFT JOIN task t ON t.id = a.task_id WHERE a.id = CAST(:id AS uuid)"
            ),
            {"id": an_id(document)},
        )
    ).first()
    if row is None or row.author != actor.id:
        raise NotFound(GONE)
    if row.state != "claimed" or row.assignee != actor.id:
        words = "Tugasnya sudah selesai; dokumen ini tetap / its task is done; the document stays"
        raise Conflict(words, [Problem("filed", words, field="file")])
    await session.execute(text("DELETE FROM attachment WHERE id = CAST(:id AS uuid)"), {"id": document})


def an_id(document: str) -> str:
    """An id in its usual form. Raises NotFound."""
    try:
        return str(UUID(document))
    except ValueError:
        raise NotFound(GONE) from None

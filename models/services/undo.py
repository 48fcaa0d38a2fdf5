"""Taking back a completion that was wrong."""

import json
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from models.db import driver
from models.engine.case import Case
from models.engine.commands import UndoCompletion
from models.engine.events import Event
from models.engine.evolve import fold
from models.errors import Conflict, NotFound, Problem
from models.services import cases, store
from models.services.actor import Actor


async def undo_completion(session: AsyncSession, actor: Actor, task_id: str, now: datetime) -> Case:
    """Take a completion back: the task is the actor's again. Only whoever completed it may.

    Raises NotFound, NotAllowed when the right to work there is gone, Conflict when something has followed from it: an
    automated step ran, a message or a hand-off went out, somebody took the next task.
    """
    case = await store.load_by_task(session, task_id)
    if case is None:
        raise NotFound("Tugas tidak ditemukan / there is no such task")
    task = case.tasks[task_id]
    if not (task.assignee == actor.id and actor.has_role("mentor")):
        actor.require("work_task", stage=task.stage, district=case.district)
    events = await _journal(session, case.id)
    last = max((n for n, event in enumerate(events) if event.type == "task_completed" and event.data["task"] == task_id), default=None)
    if last is None:
        words = "Tugas ini belum diselesaikan / this task is not completed"
        raise Conflict(words, [Problem("not_now", words)])
    command = UndoCompletion(task_id, actor.id, fold(case.id, events[:last]), tuple(events[last:]))
    if await _machine_works(session, case.id):
        words = "Mesin sedang melanjutkan berkas ini / the machine is going on with this case"
        raise Conflict(words, [Problem("followed", words)])
    return await cases.carry(session, actor, case, command, now)


async def _journal(session: AsyncSession, case_id: str) -> list[Event]:
    rows = await (await driver(session)).fetch(
        "SELECT type, data, type_version FROM journal WHERE case_id = $1::uuid ORDER BY sequence", case_id
    )
    return [Event(row["type"], _json(row["data"]), row["type_version"]) for row in rows]


async def _machine_works(session: AsyncSession, case_id: str) -> bool:
    """Whether a worker has an automated step of the case in hand; what it does besides the case could not be taken back."""
    return bool(
        await session.scalar(
            text("SELECT 1 FROM position WHERE case_id = CAST(:case AS uuid) AND lease_owner IS NOT NULL LIMIT 1"), {"case": case_id}
        )
    )


def _json(data: Any) -> Any:
    return json.loads(data) if isinstance(data, str) else data

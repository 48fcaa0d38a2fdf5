"""To whom a task may be given: active accounts whose grants let them work it."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from models.definitions.live import Live
from models.errors import Invalid, Problem
from models.services import access, programmes
from models.services.actor import Actor
from models.services.workable import may_work


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody who may take a task."""

    id: str
    name: str


async def able(session: AsyncSession, actor: Actor, task: Any) -> list[Colleague]:
    """Everybody who may work a task (its `queue`, `stage` and `district`), by name. Raises NotAllowed for those who assign none."""
    actor.require("assign_task", stage=task.stage, district=task.district)
    live = (await programmes.current(session)).live
    rows = await session.execute(text("SELECT id::text, name, grants FROM user_account WHERE active ORDER BY name, id"))
    return [Colleague(row.id, row.name) for row in rows if _may(live, row, task)]


async def require_able(session: AsyncSession, task: Any, account: str) -> None:
    """Raise Invalid unless the account is active and may work the task."""
    message = "Bukan akun aktif yang boleh mengerjakan tugas ini / not an active account that may work this task"
    refusal = Invalid(message, [Problem("not_able", message, field="assignee")])
    try:
        UUID(account)
    except ValueError:
        raise refusal from None
    row = (
        await session.execute(text("SELECT id::text, grants FROM user_account WHERE active AND id = CAST(:id AS uuid)"), {"id": account})
    ).first()
    if row is None or not _may((await programmes.current(session)).live, row, task):
        raise refusal


def _may(live: Live, account: Any, task: Any) -> bool:
    person = Actor(account.id, "", "user", access.grants_from_json(account.grants))
    return may_work(live, person, str(task.queue), task.stage, task.district)

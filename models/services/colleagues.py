"""To whom a task may be given: active accounts whose grants let them work it."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from models.errors import Invalid, Problem
from models.services import access, programmes
from models.services.actor import Actor, Grant


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody who may take a task."""

    id: str
    name: str


async def able(session: AsyncSession, actor: Actor, task: Any) -> list[Colleague]:
    """Everybody who may work a task (its `queue`, `stage` and `district`), by name. Raises NotAllowed for those who assign none."""
    actor.require("assign_task", stage=task.stage, district=task.district)
    role = await _own_role(session, str(task.queue))
    rows = await session.execute(text("SELECT id::text, name, grants FROM user_account WHERE active ORDER BY name, id"))
    return [Colleague(row.id, row.name) for row in rows if _may(row.id, access.grants_from_json(row.grants), task, role)]


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
    if row is None or not _may(row.id, access.grants_from_json(row.grants), task, await _own_role(session, str(task.queue))):
        raise refusal


async def _own_role(session: AsyncSession, queue: str) -> str | None:
    """The role of the group that owns a queue."""
    live = (await programmes.current(session)).live
    known = live.queues.get(queue)
    return live.groups[known.group].role if known else None


def _may(account: str, grants: tuple[Grant, ...], task: Any, role: str | None) -> bool:
    person = Actor(account, "", "user", grants)
    own = bool(role and person.has_role(role)) and person.may("claim_own_queue", district=task.district)
    return own or person.may("work_task", stage=task.stage, district=task.district)

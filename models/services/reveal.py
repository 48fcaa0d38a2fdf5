"""Showing a masked NIK to somebody who says why; who looked, and the reason, is kept."""

from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from models.errors import Invalid, Problem
from models.services import cases, participants
from models.services.actor import Actor


async def reveal_nik(session: AsyncSession, actor: Actor, number: str, reason: str, now: datetime) -> str:
    """The NIK of the person behind a case. Raises NotFound, NotAllowed, and Invalid without a reason."""
    row = await cases.find(session, actor, number)
    actor.require("reveal_personal_data", stage=row.stage, district=row.district)
    if len(reason.strip()) < 5:
        message = "Tulis alasannya, paling sedikit lima huruf / write the reason, at least five letters"
        raise Invalid(message, [Problem("required", message, field="reason")])
    await session.execute(
        text("INSERT INTO reveal (id, case_id, actor, what, reason, at) VALUES (:id, :case, :actor, 'nik', :reason, :now)"),
        {"id": uuid4(), "case": row.id, "actor": actor.id, "reason": reason.strip()[:500], "now": now},
    )
    person = (await participants.of_cases(session, [str(row.id)]))[str(row.id)]
    return str(person["nik"])


async def of_case(session: AsyncSession, actor: Actor, number: str) -> list[dict[str, Any]]:
    """Who looked at a masked value of a case, newest first: {at, actor, what, reason}; nothing for those who read no journals."""
    row = await cases.find(session, actor, number)
    if not actor.may("read_journal", stage=row.stage, district=row.district):
        return []
    rows = await session.execute(
        text("SELECT at, actor, what, reason FROM reveal WHERE case_id = :case ORDER BY at DESC LIMIT 100"), {"case": row.id}
    )
    return [dict(item._mapping) for item in rows]

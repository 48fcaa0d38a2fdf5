"""Cases whose row cannot be read: what waits there is set aside, as an incident that stands outside the case.

The journal is the truth and the row only what was folded from it, so a person may have it folded anew.
"""

import json
from datetime import datetime
from typing import Literal

import msgspec
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from models.db import driver
from models.engine.case import decode, encode
from models.engine.events import Event
from models.engine.evolve import fold
from models.errors import Conflict

CAUSE = "unreadable_case"
Place = Literal["position", "handoff"]


async def is_readable(session: AsyncSession, case_id: str) -> bool:
    """Whether a case's row can be read."""
    try:
        decode(await (await driver(session)).fetchval("SELECT state::text FROM cases WHERE id = $1::uuid", case_id))
    except msgspec.MsgspecError:
        return False
    return True


async def set_aside(session: AsyncSession, place: Place, id_: str, now: datetime) -> None:
    """Take a position or a hand-off out of everybody's reach and let a person look; doing so twice is one incident."""
    connection = await driver(session)
    taken = await connection.execute(
        f"UPDATE {place} SET lease_owner = $2, lease_until = 'infinity' WHERE id = $1::uuid AND lease_until IS DISTINCT FROM 'infinity'",
        id_,
        CAUSE,
    )
    if taken == "UPDATE 1":
        await connection.execute(
            f"INSERT INTO incident (id, cause, state, detail, stage, district, step, {place}_id, raised_at)"
            f" SELECT gen_random_uuid(), $2, 'open', c.number, p.stage, p.district, p.step, p.id, $3 FROM {place} p"
            " JOIN cases c ON c.id = p.case_id WHERE p.id = $1::uuid",
            id_,
            CAUSE,
            now,
        )


async def mend(session: AsyncSession, incident_id: str, now: datetime) -> None:
    """Fold the case anew from its journal and let what was set aside go on. Raises Conflict when that cannot be read either."""
    connection = await driver(session)
    row = await connection.fetchrow(
        "SELECT i.position_id, i.handoff_id, coalesce(p.case_id, h.case_id) AS case_id FROM incident i"
        " LEFT JOIN position p ON p.id = i.position_id LEFT JOIN handoff h ON h.id = i.handoff_id WHERE i.id = $1::uuid",
        incident_id,
    )
    await connection.fetchval("SELECT 1 FROM cases WHERE id = $1 FOR NO KEY UPDATE", row["case_id"])
    if not await is_readable(session, str(row["case_id"])):
        await connection.execute(
            "UPDATE cases SET state = $2::json WHERE id = $1", row["case_id"], await _folded(session, str(row["case_id"]))
        )
    await connection.execute("UPDATE position SET lease_owner = NULL, lease_until = NULL WHERE id = $1", row["position_id"])
    await connection.execute(
        "UPDATE handoff SET lease_owner = NULL, lease_until = NULL, next_try_at = now() WHERE id = $1", row["handoff_id"]
    )
    await connection.execute("UPDATE incident SET state = 'resolved', resolved_at = $2 WHERE id = $1::uuid", incident_id, now)


async def _folded(session: AsyncSession, case_id: str) -> str:
    rows = await session.execute(
        text("SELECT type, type_version, data FROM journal WHERE case_id = CAST(:case AS uuid) ORDER BY sequence"), {"case": case_id}
    )
    try:
        events = [Event(row.type, json.loads(row.data) if isinstance(row.data, str) else row.data, row.type_version) for row in rows]
        return encode(fold(case_id, events)).decode()
    except (msgspec.MsgspecError, LookupError, TypeError, ValueError, AttributeError) as error:
        message = f"Riwayat berkas juga tidak dapat dibaca / its journal cannot be read either ({type(error).__name__})"
        raise Conflict(message) from None

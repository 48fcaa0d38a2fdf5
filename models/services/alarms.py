"""What the clock has to say: alarms of positions and holds that end."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from models.db import driver


@dataclass(frozen=True, slots=True)
class Alarm:
    """A position whose alarm time has come."""

    position: str
    case_id: str
    at: datetime


async def due_alarms(session: AsyncSession, now: datetime, limit: int) -> list[Alarm]:
    """Positions whose alarm is due, earliest first; what was set aside because its case cannot be read does not ring."""
    rows = await (await driver(session)).fetch(
        "SELECT id::text AS position, case_id::text, alarm_at AS at FROM position WHERE alarm_at <= $1"
        " AND lease_until IS DISTINCT FROM 'infinity' ORDER BY alarm_at LIMIT $2",
        now,
        limit,
    )
    return [Alarm(**dict(row)) for row in rows]


async def due_holds(session: AsyncSession, now: datetime, limit: int) -> list[str]:
    """Cases on hold whose date has come."""
    rows = await (await driver(session)).fetch(
        "SELECT id::text FROM cases WHERE status = 'on_hold' AND hold_until <= $1 ORDER BY hold_until LIMIT $2",
        now,
        limit,
    )
    return [row["id"] for row in rows]

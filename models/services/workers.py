"""Workers and their signs of life: who lives, and what the dead held comes back.

All times are the database's. The statements stand here as text, since the heart beats in a thread and on a connection of
its own.
"""

from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from models.services import automation, handoffs

DEAD_AFTER_SECONDS = 10
FORGOTTEN_AFTER_SECONDS = 20
# Nobody can beat while the database is away: when it has just come back, silence says nothing yet.
_SILENT = (
    f"seen_at < now() - interval '{DEAD_AFTER_SECONDS} seconds'"
    f" AND pg_postmaster_start_time() < now() - interval '{DEAD_AFTER_SECONDS} seconds'"
)
BEAT = "INSERT INTO worker_heartbeat (worker_id, host, pid) VALUES ($1, $2, $3) ON CONFLICT (worker_id) DO UPDATE SET seen_at = now()"
SIGN_OFF = "DELETE FROM worker_heartbeat WHERE worker_id = $1"
# What a worker that is known and dead held is free at once; a command that leases without a heart keeps its own.
_LEASED = (
    ("position", "ready", automation.LEASE_SECONDS),
    ("handoff", "state = 'queued' AND NOT blocked", handoffs.LEASE_SECONDS),
)
TAKE_OVER = tuple(
    f"UPDATE {table} SET lease_until = now() WHERE {waiting} AND lease_until > now()"
    f" AND lease_owner IN (SELECT worker_id FROM worker_heartbeat WHERE {_SILENT})"
    for table, waiting, _ in _LEASED
)
# What this worker leased a while ago and does not hold ($2): a commit whose answer was lost, a run that was cut off.
FORGOTTEN = tuple(
    f"UPDATE {table} SET lease_until = now() WHERE {waiting} AND lease_owner = $1 AND NOT id = ANY($2::uuid[]) AND lease_until > now()"
    f" AND lease_until < now() + interval '{seconds - FORGOTTEN_AFTER_SECONDS} seconds'"
    for table, waiting, seconds in _LEASED
)


async def seen(session: AsyncSession) -> bool:
    """Whether any worker has given a sign of life just now, for a command that would do the work itself."""
    recent = f"SELECT 1 FROM worker_heartbeat WHERE seen_at > now() - interval '{DEAD_AFTER_SECONDS} seconds' LIMIT 1"
    return await session.scalar(text(recent)) is not None


async def living(session: AsyncSession) -> set[str]:
    """Workers that have given a sign of life lately, or could not."""
    return set(await session.scalars(text(f"SELECT worker_id FROM worker_heartbeat WHERE NOT ({_SILENT})")))


async def last_seen(session: AsyncSession) -> list[tuple[str, datetime]]:
    """Workers and when each was last seen, the latest first."""
    rows = await session.execute(text("SELECT worker_id, seen_at FROM worker_heartbeat ORDER BY seen_at DESC LIMIT 20"))
    return [(row.worker_id, row.seen_at) for row in rows]

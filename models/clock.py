"""Two clocks: the programme's (deadlines, classes, weeks) and the system's (leases, codes, sessions).

They are the same but in a demo, whose programme clock is real time plus an offset kept in the demo's database; a stopped
demo stands still: the offset is counted from a moment at which its clock was last seen.
"""

from datetime import UTC, datetime, timedelta

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from models.db import changed, remembered

OFFSET = "clock_offset"
STOOD_STILL = timedelta(minutes=1)


def system_now() -> datetime:
    """Real time, UTC."""
    return datetime.now(UTC)


async def programme_now(session: AsyncSession) -> datetime:
    """The programme's time, UTC."""

    async def read() -> float:
        return float(await session.scalar(text("SELECT (value->>'seconds')::float FROM setting WHERE key = 'clock_offset'")) or 0)

    return system_now() + timedelta(seconds=await remembered(OFFSET, read))


async def set_programme_time(session: AsyncSession, moment: datetime) -> None:
    """Let the programme's clock show a moment now (demo only); what was seen of it before says nothing any more."""
    seconds = (moment - system_now()).total_seconds()
    await session.execute(text("DELETE FROM setting WHERE key = 'clock_seen'"))
    await session.execute(
        text(
            "INSERT INTO setting (key, value) VALUES ('clock_offset', jsonb_build_object('seconds', CAST(:seconds AS float)))"
            " ON CONFLICT (key) DO UPDATE SET value = EXCLUDED.value"
        ),
        {"seconds": seconds},
    )
    changed(session, OFFSET)


async def remember_time(session: AsyncSession) -> None:
    """Note what the demo's clock shows, so that it can go on from there after a stop."""
    await session.execute(
        text(
            "INSERT INTO setting (key, value) SELECT 'clock_seen', to_jsonb(CAST(:now AS text))"
            " WHERE EXISTS (SELECT 1 FROM setting WHERE key = 'clock_offset')"
            " ON CONFLICT (key) DO UPDATE SET value = EXCLUDED.value"
        ),
        {"now": (await programme_now(session)).isoformat()},
    )


async def wake_clock(session: AsyncSession) -> None:
    """Go on from where the demo's clock was last seen, unless somebody has just looked: then it never stood still."""
    seen = await session.scalar(text("SELECT value #>> '{}' FROM setting WHERE key = 'clock_seen'"))
    if seen and await programme_now(session) - datetime.fromisoformat(seen) > STOOD_STILL:
        await set_programme_time(session, datetime.fromisoformat(seen))

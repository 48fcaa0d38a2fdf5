"""How often something may be done from outside: counted by hashed keys, so that the counters name nobody."""

from datetime import timedelta

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from models.clock import system_now
from models.errors import TooMany
from models.services.vault import lookup_hash


async def within(session: AsyncSession, what: str, key: str, limit: int, window: timedelta) -> bool:
    """Count one more attempt and return True, or False when the limit within the window is reached already.

    Attempts that come at once are counted in turn.
    """
    hashed = lookup_hash(f"{what}:{key}", "attempt")
    number = int.from_bytes(hashed[:8], signed=True)
    await session.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": number})
    seen = await session.scalar(
        text("SELECT count(*) FROM public_attempt WHERE what = :what AND key_hash = :key AND at > :since"),
        {"what": what, "key": hashed, "since": system_now() - window},
    )
    if int(seen or 0) >= limit:
        return False
    await session.execute(
        text("INSERT INTO public_attempt (id, what, key_hash) VALUES (gen_random_uuid(), :what, :key)"), {"what": what, "key": hashed}
    )
    return True


async def count(session: AsyncSession, what: str, key: str, limit: int, window: timedelta) -> None:
    """Count an attempt; the caller commits before it goes on. Raises TooMany, saying how long to wait."""
    if not await within(session, what, key, limit, window):
        minutes = int(window.total_seconds() // 60)
        raise TooMany(f"Terlalu banyak percobaan; coba lagi dalam {minutes} menit / too many attempts, wait {minutes} minutes")

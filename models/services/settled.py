"""How far the journal can be read without missing an event that is still being committed."""

import asyncio

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from models.errors import Conflict

_PAUSE_SECONDS = 0.02


async def settled_position(session: AsyncSession, patience: float = 30) -> int:
    """The journal position up to which every event is committed or will never be.

    Positions are given out before they are committed, and identity columns commit out of order: take the last position
    first, then wait until every transaction that had begun by then has ended. Raises Conflict after `patience` seconds.
    """
    last = int(await session.scalar(text("SELECT coalesce(last_value, 0) FROM journal_position_seq")) or 0)
    upper = await session.scalar(text("SELECT pg_snapshot_xmax(pg_current_snapshot())::text"))
    # Our own transaction is never in its snapshot's list of running ones.
    running = text("SELECT EXISTS (SELECT 1 FROM pg_snapshot_xip(pg_current_snapshot()) AS x WHERE x < CAST(CAST(:upper AS text) AS xid8))")
    waited = 0.0
    while await session.scalar(running, {"upper": upper}):
        if waited >= patience:
            raise Conflict("Ada transaksi yang terlalu lama / a transaction runs too long; try again")
        await asyncio.sleep(_PAUSE_SECONDS)
        waited += _PAUSE_SECONDS
    return last

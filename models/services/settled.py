"""How far the journal can be read without missing an event that is still being committed."""

import asyncio

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from models.errors import Conflict

_PAUSE_SECONDS = 0.02
_WRITING = text(
    "SELECT transactionid::text FROM pg_locks WHERE locktype = 'transactionid' AND mode = 'ExclusiveLock' AND granted"
    " AND pid IS DISTINCT FROM pg_backend_pid()"
)


async def settled_position(session: AsyncSession, patience: float = 30) -> int:
    """The journal position up to which every event is committed or will never be.

    Positions are given out before they are committed, and identity columns commit out of order: take the last position
    first, then wait until every transaction that writes at that moment has ended. Who writes is asked of the locks that
    each holds on its own id: a snapshot does not list those that began after the last one that has ended. Raises Conflict
    after `patience` seconds.
    """
    last = int(await session.scalar(text("SELECT coalesce(last_value, 0) FROM journal_position_seq")) or 0)
    writing = set(await session.scalars(_WRITING))
    waited = 0.0
    while writing:
        if waited >= patience:
            raise Conflict("Ada transaksi yang terlalu lama / a transaction runs too long; try again")
        await asyncio.sleep(_PAUSE_SECONDS)
        waited += _PAUSE_SECONDS
        writing &= set(await session.scalars(_WRITING))
    return last

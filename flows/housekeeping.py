"""Removes what is past its time; nothing that the journal or a person needs."""

from prefect import flow
from sqlalchemy import text

from models.db import transaction

PAST_ITS_TIME = {
    "sign_in": "expires_at < now()",
    "sign_in_attempt": "at < now() - interval '1 day'",
    "idempotency_key": "created_at < now() - interval '7 days'",
    "worker_heartbeat": "seen_at < now() - interval '1 day'",
    "run_case": "at < now() - interval '60 days'",
}


@flow(name="housekeeping")
async def housekeeping() -> dict[str, int]:
    """Delete by table; returns how many rows went."""
    removed = {}
    async with transaction() as session:
        for table, condition in PAST_ITS_TIME.items():
            result = await session.execute(text(f"DELETE FROM {table} WHERE {condition}"))
            removed[table] = int(result.rowcount)  # type: ignore[attr-defined]
    return removed

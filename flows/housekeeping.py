"""Removes what is past its time; nothing that the journal or a person needs."""

from prefect import flow
from sqlalchemy import text

from flows.old_runs import remove_old_runs
from models.clock import system_now
from models.db import transaction
from models.settings import get_settings

PAST_ITS_TIME = {
    "sign_in": "expires_at < now()",
    "sign_in_attempt": "at < now() - interval '1 day'",
    "one_time_code": "created_at < now() - interval '1 day'",
    "participant_session": "expires_at < now()",
    "public_attempt": "at < now() - interval '2 days'",
    "idempotency_key": "created_at < now() - interval '7 days'",
    "worker_heartbeat": "seen_at < now() - interval '1 day'",
    "run_case": "at < now() - interval '60 days'",
}


@flow(name="housekeeping")
async def housekeeping() -> dict[str, int]:
    """Delete by table, then Prefect's old runs; returns how many went."""
    removed, settings = {}, get_settings()
    async with transaction() as session:
        for table, condition in PAST_ITS_TIME.items():
            result = await session.execute(text(f"DELETE FROM {table} WHERE {condition}"))
            removed[table] = int(result.rowcount)  # type: ignore[attr-defined]
    return removed | await remove_old_runs(system_now(), settings.runs_kept_days, settings.failed_runs_kept_days)

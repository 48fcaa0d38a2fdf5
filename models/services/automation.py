"""Automated steps: which are ready, who leases them, and how a batch of outcomes is recorded."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from models.db import driver
from models.engine.case import Case
from models.engine.commands import Command, RaiseIncident
from models.engine.decide import decide
from models.services import programmes, store, unreadable
from models.services.actor import MACHINE
from models.services.store import Change

LEASE_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Ready:
    """A leased step instance."""

    position: str
    case_id: str
    step: str
    attempt: int


async def lease(session: AsyncSession, owner: str, limit: int) -> list[Ready]:
    """Lease up to `limit` ready steps, oldest first; what another worker holds is skipped, an expired lease is not."""
    rows = await (await driver(session)).fetch(
        "UPDATE position SET lease_owner = $1, lease_until = now() + make_interval(secs => $3), tries = tries + 1"
        " WHERE id = ANY(ARRAY(SELECT id FROM position WHERE ready AND (lease_until IS NULL OR lease_until < now())"
        " ORDER BY since LIMIT $2 FOR UPDATE SKIP LOCKED)) RETURNING id::text, case_id::text, step, attempt",
        owner,
        limit,
        LEASE_SECONDS,
    )
    return [Ready(row["id"], row["case_id"], row["step"], row["attempt"]) for row in rows]


async def by_ids(session: AsyncSession, positions: Sequence[str]) -> list[Ready]:
    """Steps that were leased before, by position."""
    rows = await (await driver(session)).fetch(
        "SELECT id::text, case_id::text, step, attempt FROM position WHERE id = ANY($1::uuid[])", list(positions)
    )
    return [Ready(row["id"], row["case_id"], row["step"], row["attempt"]) for row in rows]


async def still_mine(session: AsyncSession, owner: str, positions: Sequence[str]) -> set[str]:
    """Which of the leased steps this owner still holds (a lease may expire while a call blocks)."""
    rows = await (await driver(session)).fetch(
        "SELECT id::text FROM position WHERE id = ANY($1::uuid[]) AND lease_owner = $2 AND ready",
        list(positions),
        owner,
    )
    return {row["id"] for row in rows}


async def give_back(session: AsyncSession, owner: str, positions: Sequence[str], seconds: float) -> None:
    """Let go of leased steps; they may be tried again after so many seconds."""
    await (await driver(session)).execute(
        "UPDATE position SET lease_owner = NULL, lease_until = now() + make_interval(secs => $3)"
        " WHERE id = ANY($1::uuid[]) AND lease_owner = $2",
        list(positions),
        owner,
        seconds,
    )


async def record(session: AsyncSession, cases: Mapping[str, Case], commands: Mapping[str, Command], now: datetime) -> dict[str, str]:
    """Carry one machine's command to each of several locked cases; returns "done" or the rejection's code by case id.

    A stale outcome is dropped; one case that is refused leaves the batch without hurting it.
    """
    changes, results = [], {}
    definitions = await programmes.of_cases(session, cases.values())
    for case_id, command in commands.items():
        case = cases[case_id]
        decision = decide(definitions[case.definition], case, command, now)
        results[case_id] = decision.rejection.code if decision.rejection else "done"
        if decision.rejection is None:
            changes.append(Change(case, decision.case, decision.events, MACHINE))
    await store.append(session, changes, now)
    return results


async def link_runs(session: AsyncSession, run_id: str | None, step: str, outcomes: Mapping[str, Any], now: datetime) -> None:
    """Remember which flow run touched which cases; `outcomes` by case id."""
    if run_id is None or not outcomes:
        return
    await (await driver(session)).execute(
        "INSERT INTO run_case (flow_run_id, case_id, step, outcome, at)"
        " SELECT $1::uuid, c, $3, o, $5 FROM unnest($2::uuid[], $4::text[]) AS new(c, o) ON CONFLICT DO NOTHING",
        run_id,
        list(outcomes),
        step,
        list(outcomes.values()),
        now,
    )


async def forget_runs(session: AsyncSession, run_ids: Sequence[str]) -> None:
    """Forget which cases flow runs touched that are no more."""
    await (await driver(session)).execute("DELETE FROM run_case WHERE flow_run_id = ANY($1::uuid[])", list(run_ids))


async def waiting(session: AsyncSession) -> int:
    """How many automated steps are ready and not done."""
    return int(await (await driver(session)).fetchval("SELECT count(*) FROM position WHERE ready"))


async def stop(session: AsyncSession, case_id: str, position: str, kind: str, now: datetime) -> str:
    """Let a person look at a position that the machine cannot get past: an incident, or set aside when its case cannot be read.

    `kind` is the error's type: its own text may name people. Returns "set_aside", or what `record` says of the case.
    """
    if not await unreadable.is_readable(session, case_id):
        await unreadable.set_aside(session, "position", position, now)
        return "set_aside"
    cases = await store.load(session, [case_id])
    return (await record(session, cases, {case_id: RaiseIncident("action_failed", position, detail=kind)}, now))[case_id]

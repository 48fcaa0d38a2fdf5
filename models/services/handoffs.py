"""Hand-offs: the outbox that flows deliver, and the answers that come back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import ConfigDict, TypeAdapter, ValidationError
from pydantic_core import to_jsonable_python
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from models.db import driver
from models.engine.commands import AnswerHandoff, MarkSent, RaiseIncident
from models.engine.decide import decide
from models.errors import NotFound
from models.services import cases, notes, programmes, store
from models.services.actor import Actor
from models.services.scope import where
from models.services.store import Change
from models.services.vault import encrypt

# Longer than a whole batch may take with a slow partner; what a dead worker held comes back by its silent heart.
LEASE_SECONDS = 300
LONGEST_FACT = 200
_CONTRACT = ConfigDict(coerce_numbers_to_str=True)


@dataclass(frozen=True, slots=True)
class Due:
    """A leased hand-off that is to be delivered. `tries` counts the deliveries of this attempt, this one included."""

    id: str
    case_id: str
    case_number: str
    definition: str
    kind: str
    message: str
    partner: str
    step: str
    stage: str
    attempt: int
    tries: int

    @property
    def key(self) -> str:
        """The idempotency key: stable for one attempt, however often it is delivered."""
        return f"{self.id}:{self.attempt}"


async def lease_due(session: AsyncSession, owner: str, limit: int) -> list[Due]:
    """Lease queued hand-offs whose next try has come; what another worker holds is skipped."""
    rows = await (await driver(session)).fetch(
        "UPDATE handoff h SET lease_owner = $1, lease_until = now() + make_interval(secs => $3), tries = h.tries + 1 FROM cases c"
        " WHERE c.id = h.case_id AND h.id IN (SELECT id FROM handoff WHERE state = 'queued' AND NOT blocked"
        " AND next_try_at <= now() AND (lease_until IS NULL OR lease_until < now())"
        " ORDER BY next_try_at LIMIT $2 FOR UPDATE SKIP LOCKED)"
        " RETURNING h.id::text, h.case_id::text, c.number AS case_number, c.definition, h.kind, h.message, h.partner, h.step,"
        " h.stage, h.attempt, h.tries",
        owner,
        limit,
        LEASE_SECONDS,
    )
    return [Due(**dict(row)) for row in rows]


async def sent(session: AsyncSession, actor: Actor, due: Sequence[Due], references: dict[str, str], now: datetime) -> None:
    """Record that hand-offs left the house."""
    loaded = await store.load(session, [item.case_id for item in due])
    definitions = await programmes.of_cases(session, loaded.values())
    changes: dict[str, Change] = {}
    for item in due:
        before = changes[item.case_id].after if item.case_id in changes else loaded[item.case_id]
        decision = decide(definitions[before.definition], before, MarkSent(item.id, item.attempt), now)
        if decision.rejection is None:
            known = changes.get(item.case_id)
            events = [*(known.events if known else []), *decision.events]
            changes[item.case_id] = Change(loaded[item.case_id], decision.case, events, actor)
    await store.append(session, list(changes.values()), now)
    await (await driver(session)).execute(
        "UPDATE handoff SET partner_reference = r, lease_owner = NULL, lease_until = NULL, last_error = NULL"
        " FROM unnest($1::uuid[], $2::int[], $3::text[]) AS new(i, a, r) WHERE id = i AND attempt = a",
        [item.id for item in due],
        [item.attempt for item in due],
        [references[item.id] for item in due],
    )


async def try_later(session: AsyncSession, item: Due, error: str, seconds: float) -> None:
    """Put a failed delivery back for a later try, with the reason."""
    await session.execute(
        text(
            "UPDATE handoff SET last_error = :error, lease_owner = NULL, lease_until = NULL,"
            " next_try_at = now() + make_interval(secs => :seconds)"
            " WHERE id = CAST(:id AS uuid) AND attempt = :attempt AND state = 'queued'"
        ),
        {"id": item.id, "attempt": item.attempt, "error": error[:300], "seconds": seconds},
    )


async def give_back(session: AsyncSession, owner: str, due: Sequence[Due]) -> None:
    """Let go of leased hand-offs that were not tried; they may be leased again in some seconds."""
    await (await driver(session)).execute(
        "UPDATE handoff SET lease_owner = NULL, lease_until = now() + interval '5 seconds', tries = tries - 1"
        " WHERE id = ANY($1::uuid[]) AND lease_owner = $2",
        [item.id for item in due],
        owner,
    )


@dataclass(frozen=True, slots=True)
class Counterpart:
    """Who answers a hand-off: the partner, and the kind of contract that it follows."""

    partner: str
    kind: str


async def counterpart_of(session: AsyncSession, handoff_id: str) -> Counterpart | None:
    """Whom a hand-off went to, None when there is no such hand-off."""
    try:
        UUID(handoff_id)
    except ValueError:
        return None
    found = (await session.execute(text("SELECT partner, kind FROM handoff WHERE id = CAST(:id AS uuid)"), {"id": handoff_id})).first()
    return Counterpart(found.partner, found.kind) if found else None


async def keep_raw(session: AsyncSession, partner: str, message_id: str, handoff_id: str | None, body: bytes) -> bool:
    """Keep a partner's answer as it came, encrypted; False when it is known already."""
    added = await session.execute(
        text(
            "INSERT INTO partner_message (partner, id, handoff_id, state, body)"
            " VALUES (:partner, :id, CAST(:handoff AS uuid), :state, :body) ON CONFLICT (partner, id) DO NOTHING"
        ),
        {
            "partner": partner,
            "id": message_id,
            "handoff": handoff_id,
            "state": "matched" if handoff_id else "unmatched",
            "body": encrypt(body, "partner_message"),
        },
    )
    return bool(added.rowcount)  # type: ignore[attr-defined]


async def answer(
    session: AsyncSession,
    actor: Actor,
    command: AnswerHandoff,
    reason: str | None,
    now: datetime,
    *,
    occurred_at: datetime | None = None,
) -> str:
    """Carry a partner's answer to its case; returns "accepted", or why it changed nothing (duplicate, not_now, …).

    When it happened there (`occurred_at`) is kept where that can be: between the hand-off's order and now.
    Raises NotFound when there is no such hand-off.
    """
    case_id = await session.scalar(text("SELECT case_id::text FROM handoff WHERE id = CAST(:id AS uuid)"), {"id": command.handoff})
    if case_id is None:
        raise NotFound("Rujukan tidak ditemukan / there is no such hand-off")
    case = (await store.load(session, [case_id]))[case_id]
    definition = await programmes.by_hash(session, case.definition)
    if reason:
        note = await notes.write(session, actor, case_id, reason, now)
        command = replace(command, note=note)
    decision = decide(definition, case, command, now)
    if decision.rejection is not None:
        return decision.rejection.code
    ordered = case.handoffs[command.handoff].ordered_at
    known = occurred_at if occurred_at and occurred_at.tzinfo and ordered and ordered <= occurred_at <= now else None
    await store.append(session, [Change(case, decision.case, decision.events, actor, known)], now)
    return "accepted"


async def unreadable_answer(session: AsyncSession, actor: Actor, handoff_id: str, fields: Sequence[str], now: datetime) -> None:
    """Let a person look at a hand-off whose partner answers what nobody can read; it goes on waiting for a right answer.

    `fields` say what was wrong, by name. However often it comes, it is one incident, which a right answer closes.
    """
    row = (await session.execute(text("SELECT case_id::text, state FROM handoff WHERE id = CAST(:id AS uuid)"), {"id": handoff_id})).one()
    if row.state not in ("queued", "sent", "acknowledged"):
        return
    case = (await store.load(session, [row.case_id]))[row.case_id]
    command = RaiseIncident("unreadable_answer", handoff=handoff_id, detail=", ".join(fields))
    decision = decide(await programmes.by_hash(session, case.definition), case, command, now)
    if decision.rejection is None:
        await store.append(session, [Change(case, decision.case, decision.events, actor)], now)


async def listed(
    session: AsyncSession,
    actor: Actor,
    *,
    state: str | None = None,
    partner: str | None = None,
    case_number: str | None = None,
    after: tuple[datetime, str] | None = None,
    limit: int = 100,
) -> list[dict[str, Any]]:
    """Hand-offs that the actor may see, newest first; `after` is (ordered_at, id) of the last one seen.

    Staff see those of the cases that they may read, a partner its own (a partner's token is named after the
    partner). Raises NotFound for a case that the actor may not read.
    """
    scope, values = where(actor, "read_case", stage="h.stage", district="h.district")
    own, own_values = where(actor, "answer_handoff", stage="h.stage", district="h.district")
    clauses = [f"(({scope}) OR (h.partner = :own_partner AND ({own})))" if actor.kind != "machine" else "true"]
    values |= own_values | {"own_partner": actor.name if actor.kind == "token" else ""}
    if case_number:
        row = await cases.find(session, actor, case_number)
        clauses, values = ["h.case_id = :case_id"], {"case_id": row.id}
    for name, value, clause in (("state", state, "h.state = :state"), ("partner", partner, "h.partner = :partner")):
        if value:
            clauses.append(clause)
            values[name] = value
    if after:
        clauses.append("(h.ordered_at, h.id) < (:after_at, CAST(:after_id AS uuid))")
        values |= {"after_at": after[0], "after_id": after[1]}
    rows = await session.execute(
        text(
            "SELECT h.id::text, c.number AS case_number, h.kind, h.message, h.partner,"
            " c.state->'handoffs'->(h.id::text)->>'office' AS office, h.stage, h.step, h.state, h.attempt,"
            " h.tries, h.due_at, h.outcome, h.ordered_at, h.sent_at, h.next_try_at, h.last_error FROM handoff h"
            f" JOIN cases c ON c.id = h.case_id WHERE {' AND '.join(clauses)} ORDER BY h.ordered_at DESC, h.id DESC LIMIT :limit"
        ),
        values | {"limit": max(1, min(limit, 500))},
    )
    return [dict(row._mapping) for row in rows]


def facts_of_contract(facts: dict[str, Any], known: Mapping[str, type]) -> tuple[dict[str, Any], list[str]]:
    """The facts that a partner's contract knows, and the names of those that are left out.

    Left out is what the contract does not name, what is not of its type (text, date, whole number), and what is too long.
    """
    kept = {}
    for name, value in facts.items():
        if name in known and len(str(value)) <= LONGEST_FACT:
            try:
                kept[name] = to_jsonable_python(TypeAdapter(known[name], config=_CONTRACT).validate_python(value))
            except ValidationError:
                continue
    return kept, sorted(set(facts) - set(kept))

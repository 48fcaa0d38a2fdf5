"""The journal's only writer: loads cases under a lock, appends events and projections in one transaction.

Set-based statements on the session's own connection, because a batch of some hundred cases costs little more than one
(docs/decisions/0003). Nothing else may write what the journal tells of in cases, position, task, handoff or incident:
leases, tries and errors of a delivery are their services' own, and services/unreadable folds a broken row anew.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

import msgspec
from asyncpg import UniqueViolationError
from sqlalchemy.ext.asyncio import AsyncSession

from models.db import driver
from models.engine.case import Case, decode
from models.engine.events import Event
from models.errors import Conflict
from models.services import caseload, resources
from models.services.actor import Actor
from models.services.announce import announce
from models.services.projections import ALL, CASE_COLUMNS, INCIDENTS, Projection, case_row
from models.services.statements import Columns, Kind, Part, write

CHANGED = "Berkas sudah diubah orang lain / the case was changed by somebody else"


@dataclass(frozen=True, slots=True)
class Change:
    """What a decision changed: the case before and after, its events, who did it and when it really happened."""

    before: Case
    after: Case
    events: list[Event]
    actor: Actor
    occurred_at: datetime | None = None


async def load(session: AsyncSession, case_ids: Iterable[str]) -> dict[str, Case]:
    """Lock cases in id order until the transaction ends and return them by id; unknown ids are left out."""
    rows = await (await driver(session)).fetch(
        "SELECT id, state::text FROM cases WHERE id = ANY($1::uuid[]) ORDER BY id FOR NO KEY UPDATE",
        sorted(set(case_ids)),
    )
    return {str(row["id"]): decode(row["state"]) for row in rows}


async def load_by_task(session: AsyncSession, task_id: str) -> Case | None:
    """Lock the case that a task belongs to until the transaction ends; None when there is no such task."""
    state = await (await driver(session)).fetchval(
        "SELECT c.state::text FROM task t JOIN cases c ON c.id = t.case_id WHERE t.id = $1::uuid FOR NO KEY UPDATE OF c", task_id
    )
    return decode(state) if state is not None else None


async def append(session: AsyncSession, changes: Sequence[Change], now: datetime) -> None:
    """Write the events of several cases and what follows from them. `now` is programme time.

    Raises Conflict when a case changed between reading and writing (it was not loaded under the lock).
    """
    changes = [change for change in changes if change.events]
    if not changes:
        return
    connection = await driver(session)
    old = [(*case_row(change.after, now), change.before.version) for change in changes if change.before.version > 0]
    new = [case_row(change.after, now) for change in changes if change.before.version == 0]
    parts = [Part(_UPDATE_CASES, old), Part(_INSERT_CASES, new), Part(_INSERT_JOURNAL, _journal_rows(changes, now))]
    for projection in ALL:
        parts += _projected(projection, changes)
    parts.append(Part(_DELETE_DRAFTS, [(task,) for change in changes for task in _ended_tasks(change)]))
    try:
        updated, *_ = await write(connection, parts)
    except UniqueViolationError as error:
        # Whoever was faster has written the events of these numbers already.
        if error.constraint_name != "journal_sequence":
            raise
        raise Conflict(CHANGED) from None
    if updated != len(old):
        raise Conflict(CHANGED)
    await _date_incidents(connection, changes, now)
    moved = [change.after.id for change in changes if change.before.version and _left_a_stage(change)]
    if moved:
        # Whoever ends, or leaves a stage before its class, does not sit there any more.
        await resources.give_back(session, moved, after=now)
    given_up = [
        (change.after.id, fact, value)
        for change in changes
        for fact, value in change.before.facts.items()
        if isinstance(value, str) and change.after.facts.get(fact) is None
    ]
    if given_up:
        await caseload.give_back(session, given_up)
    announce(session, changes)


def _ended_tasks(change: Change) -> list[str]:
    """The tasks that nobody works on any more: what was typed for them is needed no longer."""
    working = ("open", "claimed")
    return [key for key, task in change.before.tasks.items() if task.state in working and change.after.tasks[key].state not in working]


def _left_a_stage(change: Change) -> bool:
    return change.before.stage != change.after.stage or (change.before.live and not change.after.live)


JOURNAL_COLUMNS = (
    ("case_id", "uuid"),
    ("sequence", "int"),
    ("recorded_at", "timestamptz"),
    ("occurred_at", "timestamptz"),
    ("actor", "text"),
    ("on_behalf_of", "text"),
    ("channel", "text"),
    ("type", "text"),
    ("type_version", "int"),
    ("data", "jsonb"),
    ("definition", "text"),
    ("stage", "text"),
    ("district", "text"),
    ("status", "text"),
    ("due_at", "timestamptz"),
)


def _names(columns: Columns) -> str:
    return ", ".join(name for name, _ in columns)


_INSERT_CASES = Kind(f"INSERT INTO cases ({_names(CASE_COLUMNS)}) SELECT {_names(CASE_COLUMNS)} FROM {{new}}", CASE_COLUMNS)
_UPDATE_CASES = Kind(
    f"UPDATE cases SET {', '.join(f'{name} = new.{name}' for name, _ in CASE_COLUMNS[1:])} FROM {{new}}"
    " WHERE cases.id = new.id AND cases.version = new.was",
    (*CASE_COLUMNS, ("was", "int")),
)
_INSERT_JOURNAL = Kind(
    f"INSERT INTO journal ({_names(JOURNAL_COLUMNS)}) SELECT {_names(JOURNAL_COLUMNS)} FROM {{new}} ORDER BY place", JOURNAL_COLUMNS
)

_DELETE_DRAFTS = Kind("DELETE FROM task_draft USING {new} WHERE task_draft.task_id = new.id", (("id", "uuid"),))


def _journal_rows(changes: Sequence[Change], now: datetime) -> list[tuple[Any, ...]]:
    return [
        (
            change.after.id,
            change.before.version + number,
            now,
            change.occurred_at or now,
            change.actor.id,
            change.actor.on_behalf_of,
            change.actor.channel,
            event.type,
            event.version,
            msgspec.json.encode(event.data).decode(),
            change.after.definition,
            change.after.stage,
            change.after.district,
            change.after.status,
            change.after.due_at,
        )
        for change in changes
        for number, event in enumerate(change.events, 1)
    ]


def _projected(projection: Projection, changes: Sequence[Change]) -> list[Part]:
    """The rows of a projection that vanish and those that are new or changed."""
    written, gone = [], []
    for change in changes:
        before = projection.rows(change.before) if change.before.version else {}
        after = projection.rows(change.after)
        written += [row for key, row in after.items() if before.get(key) != row]
        gone += [(key,) for key in before if key not in after]
    return [Part(_delete(projection), gone if projection.vanishes else []), Part(_upsert(projection), written)]


async def _date_incidents(connection: Any, changes: Sequence[Change], now: datetime) -> None:
    """What an incident says beyond its state: its text when raised, the moment when resolved."""
    raised, resolved = [], []
    for change in changes:
        for event in change.events:
            if event.type == "incident_raised":
                incident = change.after.incidents[event.data["incident"]["id"]]
                step = change.before.positions.get(incident.position or "") or change.after.positions.get(incident.position or "")
                handoff = change.after.handoffs.get(incident.handoff or "")
                place = step.step if step else handoff.step if handoff else None
                raised.append((incident.id, event.data.get("detail", ""), place))
            elif event.type == "incident_resolved":
                resolved.append(event.data["incident"])
    if raised:
        await connection.executemany(f"UPDATE {INCIDENTS.table} SET detail = $2, step = $3 WHERE id = $1::uuid", raised)
    if resolved:
        await connection.execute(f"UPDATE {INCIDENTS.table} SET resolved_at = $2 WHERE id = ANY($1::uuid[])", resolved, now)


@cache
def _delete(projection: Projection) -> Kind:
    return Kind(f"DELETE FROM {projection.table} USING {{new}} WHERE {projection.table}.id = new.id", projection.columns[:1])


@cache
def _upsert(projection: Projection) -> Kind:
    names = _names(projection.columns)
    changed = ", ".join(f"{name} = EXCLUDED.{name}" for name in projection.names[1:])
    extra = ", lease_owner = NULL, lease_until = NULL" if projection.table == "position" else ""
    if projection.table == "task":
        # Whoever gets it now has not touched it yet.
        extra = ", touched_at = CASE WHEN EXCLUDED.assignee IS NOT DISTINCT FROM task.assignee THEN task.touched_at END"
    if projection.table == "handoff":
        extra = (
            ", next_try_at = CASE WHEN EXCLUDED.state = 'queued' THEN now() ELSE handoff.next_try_at END"
            ", tries = CASE WHEN EXCLUDED.attempt = handoff.attempt THEN handoff.tries ELSE 0 END"
            # Whoever still holds the attempt before writes nothing down for this one.
            ", lease_owner = CASE WHEN EXCLUDED.attempt = handoff.attempt THEN handoff.lease_owner END"
            ", lease_until = CASE WHEN EXCLUDED.attempt = handoff.attempt THEN handoff.lease_until END"
        )
    insert = f"INSERT INTO {projection.table} ({names}) SELECT {names} FROM {{new}} WHERE true"
    return Kind(f"{insert} ON CONFLICT (id) DO UPDATE SET {changed}{extra}", projection.columns)

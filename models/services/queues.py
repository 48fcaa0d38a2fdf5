"""Queues: which open tasks somebody may work, in order, and how many."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy.ext.asyncio import AsyncSession

from models.db import fetch
from models.definitions.live import Live
from models.services import participants, programmes, task_order
from models.services.actor import Actor
from models.services.scope import where
from models.services.task_order import After
from models.services.workable import of_group

State = Literal["open", "claimed", "unassigned", "mine", "overdue", "escalated"]
OPEN = "t.state IN ('open','claimed')"
VIEWS = {
    "mine": "t.state = 'claimed' AND t.assignee = :me",
    "unassigned": "t.state = 'open'",
    "overdue": f"{OPEN} AND t.due_at < :now",
    "escalated": f"{OPEN} AND t.escalated",
}
# What a task may be marked with; `again`: the case has been at this step before.
FLAGS = {
    "escalated": "t.escalated",
    "urgent": "t.priority > 0",
    "again": "EXISTS (SELECT FROM position a WHERE a.id = t.id AND a.attempt > 1)",
}


@dataclass(frozen=True, slots=True)
class Filter:
    """Which open tasks: a queue or a view (mine, unassigned, overdue, escalated), narrowed further."""

    queue: str | None = None
    view: str | None = None
    stage: str | None = None
    district: str | None = None
    city: str | None = None
    step: str | None = None
    assignee: str | None = None
    due_before: datetime | None = None
    text: str | None = None
    state: Literal["open", "claimed"] | None = None
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TaskLine:
    """One row of a queue."""

    id: str
    case_id: str
    case_number: str
    person: str
    stage: str
    step: str
    queue: str
    district: str
    state: str
    version: int
    priority: int
    escalated: bool
    assignee: str | None
    assignee_name: str | None
    due_at: datetime | None
    opened_at: datetime


# A line of a queue, as TaskLine has it.
COLUMNS = (
    "t.id::text, t.case_id::text, c.number AS case_number, p.name AS person, t.stage, t.step, t.queue, t.district, t.state,"
    " t.version, t.priority, t.escalated, t.assignee, u.name AS assignee_name, t.due_at, t.opened_at"
)
FROM = (
    " FROM task t JOIN cases c ON c.id = t.case_id JOIN participant p ON p.id = c.participant_id"
    " LEFT JOIN user_account u ON u.id::text = t.assignee"
)


async def own_queues(session: AsyncSession, actor: Actor) -> list[str]:
    """The queues of the groups to which a mentor belongs: there, open tasks of the own area may be claimed."""
    return own_queues_among((await programmes.current(session)).live, actor) if actor.may("claim_own_queue") else []


def own_queues_among(live: Live, actor: Actor) -> list[str]:
    """The same for queues that are at hand: those whose group has the role of one of the actor's grants."""
    return [key for key in live.queues if of_group(live, actor, key)]


async def conditions(
    session: AsyncSession, actor: Actor, chosen: Filter, now: datetime, action: Literal["read_task", "work_task"] = "read_task"
) -> tuple[str, dict[str, Any]]:
    """The choice and the actor's reach as a condition over FROM, and its values; what may be read need not be one's to work."""
    clauses, values = [VIEWS.get(chosen.view or "", OPEN), "NOT t.held"], {"me": actor.id, "now": now}
    scope, scope_values = where(actor, action, stage="t.stage", district="t.district")
    own, own_values = where(actor, "claim_own_queue", stage="t.stage", district="t.district")
    mine = f"t.assignee = :me OR (t.state = 'open' AND t.queue = ANY(:own_queues) AND ({own}))"
    clauses.append(f"(({scope}) OR {mine})")
    values |= scope_values | own_values | {"own_queues": await own_queues(session, actor)}
    for name in ("queue", "stage", "district", "step", "assignee", "state"):
        if value := getattr(chosen, name):
            clauses.append(f"t.{name} = :{name}")
            values[name] = value
    if chosen.city:
        clauses.append("t.district LIKE :city")
        values["city"] = f"{chosen.city}.%"
    if chosen.due_before:
        clauses.append("t.due_at < :due_before")
        values["due_before"] = chosen.due_before
    clauses += [FLAGS[flag] for flag in chosen.flags]
    if chosen.text:
        clauses.append("(p.name_search LIKE :text OR c.number ILIKE :text OR p.nik_last4 = :last4)")
        values |= {"text": participants.pattern(chosen.text), "last4": chosen.text.strip()}
    return " AND ".join(clauses), values


@dataclass(frozen=True, slots=True)
class Page:
    """Some lines of a list, and how many match in all."""

    lines: list[TaskLine]
    total: int


async def page(
    session: AsyncSession,
    actor: Actor,
    chosen: Filter,
    now: datetime,
    *,
    sort: str = "due",
    limit: int = 50,
    after: After | None = None,
) -> Page:
    """Open tasks that the actor may read, in one of the orders of `task_order`; `after` is the place that the page before gave.

    Raises Invalid for an order that there is not.
    """
    by = task_order.order(sort).by
    condition, values = await conditions(session, actor, chosen, now)
    total = f"SELECT count(*){FROM if chosen.text else ' FROM task t'} WHERE {condition}"
    if after is not None:
        later, place = task_order.beyond(sort, after)
        condition, values = f"{condition} AND {later}", values | place
    # One question for both, and the count stands on a line of its own, so that it is there when no task is.
    # The number stands in the text: with a value the server would plan anew each time, which takes longer than the list.
    lines = f"SELECT {COLUMNS}{FROM} WHERE {condition} ORDER BY {by} LIMIT {max(1, min(int(limit), 500))}"
    statement = f"SELECT total.n, lines.* FROM ({total}) AS total(n) LEFT JOIN ({lines}) AS lines ON true"
    rows = await fetch(session, statement, values)
    return Page([TaskLine(*row[1:]) for row in rows if row[1] is not None], int(rows[0][0]))


async def news(session: AsyncSession, actor: Actor, chosen: Filter, now: datetime, since: datetime) -> tuple[int, int]:
    """How many tasks match now, and how many of them were opened after a moment."""
    condition, values = await conditions(session, actor, chosen, now)
    statement = f"SELECT count(*), count(*) FILTER (WHERE t.opened_at > :since){FROM if chosen.text else ' FROM task t'} WHERE {condition}"
    [row] = await fetch(session, statement, values | {"since": since})
    return int(row[0]), int(row[1])


async def as_they_are(session: AsyncSession, actor: Actor, chosen: Filter, now: datetime, ids: Sequence[str]) -> list[TaskLine]:
    """Those of some lines that still match, as they are now, in no order."""
    condition, values = await conditions(session, actor, chosen, now)
    statement = f"SELECT {COLUMNS}{FROM} WHERE t.id = ANY(CAST(:ids AS uuid[])) AND {condition}"
    return [TaskLine(*row) for row in await fetch(session, statement, values | {"ids": list(ids)[:500]})]


async def holders(session: AsyncSession, actor: Actor, chosen: Filter, now: datetime) -> list[tuple[str, str]]:
    """Who has claimed tasks among those that match: (id, name), by name."""
    condition, values = await conditions(session, actor, chosen, now)
    statement = (
        f"SELECT held.assignee, u.name FROM (SELECT DISTINCT t.assignee{FROM if chosen.text else ' FROM task t'} WHERE {condition}"
        " AND t.state = 'claimed') AS held JOIN user_account u ON u.id::text = held.assignee ORDER BY u.name, 1 LIMIT 200"
    )
    return [(row[0], row[1]) for row in await fetch(session, statement, values)]

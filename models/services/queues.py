"""Queues: which open tasks somebody may work, in order, and how many."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy.ext.asyncio import AsyncSession

from models.db import fetch
from models.definitions.live import Live
from models.errors import Invalid, Problem
from models.services import participants, programmes
from models.services.actor import Actor
from models.services.scope import where
from models.services.workable import of_group

State = Literal["open", "claimed", "unassigned", "mine", "overdue", "escalated"]
SORTS = {
    "due": "t.due_at, t.id",
    "urgency": "t.escalated DESC, t.priority DESC, t.due_at NULLS LAST, t.id",
    "opened": "t.opened_at, t.id",
}
# What a list is continued by, besides the id; the most urgent are taken one by one (claim next), not paged through.
PAGED_BY = {"due": "due_at", "opened": "opened_at"}
OPEN = "t.state IN ('open','claimed')"
VIEWS = {
    "mine": "t.state = 'claimed' AND t.assignee = :me",
    "unassigned": "t.state = 'open'",
    "overdue": f"{OPEN} AND t.due_at < :now",
    "escalated": f"{OPEN} AND t.escalated",
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
    after: tuple[datetime | None, str] | None = None,
) -> Page:
    """Open tasks that the actor may read, in order; `after` is (value of PAGED_BY[sort], id) of the last row seen.

    Sort is one of SORTS. Raises Invalid for another word, and when a list that has no pages is to go on.
    """
    if sort not in SORTS or (after is not None and sort not in PAGED_BY):
        raise Invalid("sort", [Problem("unknown_sort", f"satu dari / one of {', '.join(SORTS)}", field="sort")])
    condition, values = await conditions(session, actor, chosen, now)
    total = f"SELECT count(*){FROM if chosen.text else ' FROM task t'} WHERE {condition}"
    if after is not None:
        (moment, values["after_id"]), by = after, f"t.{PAGED_BY[sort]}"
        if moment is None:
            condition += f" AND {by} IS NULL AND t.id > CAST(:after_id AS uuid)"
        else:
            condition += f" AND (({by}, t.id) > (CAST(:after AS timestamptz), CAST(:after_id AS uuid)) OR {by} IS NULL)"
            values["after"] = moment
    # One question for both, and the count stands on a line of its own, so that it is there when no task is.
    # The number stands in the text: with a value the server would plan anew each time, which takes longer than the list.
    lines = f"SELECT {COLUMNS}{FROM} WHERE {condition} ORDER BY {SORTS[sort]} LIMIT {max(1, min(int(limit), 500))}"
    statement = f"SELECT total.n, lines.* FROM ({total}) AS total(n) LEFT JOIN ({lines}) AS lines ON true"
    rows = await fetch(session, statement, values)
    return Page([TaskLine(*row[1:]) for row in rows if row[1] is not None], int(rows[0][0]))


async def rail_counts(session: AsyncSession, actor: Actor, now: datetime) -> dict[str, int]:
    """Live counts for the rail: mine, unassigned, overdue, escalated, and `queue:<name>` for each queue with open tasks."""
    condition, values = await conditions(session, actor, Filter(), now)
    rows = await fetch(
        session,
        "SELECT t.queue, count(*) AS n, count(*) FILTER (WHERE t.state = 'open') AS unassigned,"
        " count(*) FILTER (WHERE t.due_at < :now) AS overdue, count(*) FILTER (WHERE t.escalated) AS escalated,"
        f" count(*) FILTER (WHERE t.assignee = :me) AS mine FROM task t WHERE {condition} GROUP BY t.queue",
        values,
    )
    counts = {"mine": 0, "unassigned": 0, "overdue": 0, "escalated": 0}
    for row in rows:
        counts[f"queue:{row['queue']}"] = row["n"]
        for name in ("mine", "unassigned", "overdue", "escalated"):
            counts[name] += row[name]
    return counts

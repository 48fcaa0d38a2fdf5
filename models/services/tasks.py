"""Queues and tasks: lists, counts, claiming, completing."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from models.definitions import forms
from models.definitions.definition import Definition
from models.definitions.live import Live
from models.engine.case import Case, Task
from models.engine.commands import AssignTask, ClaimTask, CompleteTask, ReleaseTask
from models.errors import Invalid, NotAllowed, NotFound, Problem
from models.services import cases, colleagues, notes, participants, programmes, store
from models.services.actor import Actor
from models.services.scope import where

State = Literal["open", "claimed", "unassigned", "mine", "overdue", "escalated"]
SORTS = {
    "due": "t.due_at, t.id",
    "urgency": "t.escalated DESC, t.priority DESC, t.due_at NULLS LAST, t.id",
    "opened": "t.opened_at, t.id",
}
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


@dataclass(frozen=True, slots=True)
class TaskView(TaskLine):
    """A task opened beside the list: its form, its outcomes and what is known of the case."""

    definition: Definition = field(repr=False)
    case: Case = field(repr=False)

    @property
    def form_name(self) -> str | None:
        """The name of the form, None when the task has none."""
        return self.definition.steps[self.step].form


_COLUMNS = (
    "t.id::text, t.case_id::text, c.number AS case_number, p.name AS person, t.stage, t.step, t.queue, t.district, t.state,"
    " t.version, t.priority, t.escalated, t.assignee, u.name AS assignee_name, t.due_at, t.opened_at"
)
_FROM = (
    " FROM task t JOIN cases c ON c.id = t.case_id JOIN participant p ON p.id = c.participant_id"
    " LEFT JOIN user_account u ON u.id::text = t.assignee"
)


async def own_queues(session: AsyncSession, actor: Actor) -> list[str]:
    """The queues of the groups to which a mentor belongs: there, open tasks of the own area may be claimed."""
    return own_queues_among((await programmes.current(session)).live, actor) if actor.may("claim_own_queue") else []


def own_queues_among(live: Live, actor: Actor) -> list[str]:
    """The same for queues that are at hand: those whose group has the role of one of the actor's grants."""
    grants = [] if actor.kind == "machine" else list(actor.grants_for("claim_own_queue"))
    return [
        key
        for key, queue in live.queues.items()
        if any(grant.role == live.groups[queue.group].role and grant.reaches(queue.stage, None) for grant in grants)
    ]


async def _conditions(session: AsyncSession, actor: Actor, chosen: Filter, now: datetime) -> tuple[str, dict[str, Any]]:
    clauses, values = [VIEWS.get(chosen.view or "", OPEN), "NOT t.held"], {"me": actor.id, "now": now}
    scope, scope_values = where(actor, "work_task", stage="t.stage", district="t.district")
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
        values |= {"text": f"%{participants.searchable(chosen.text)}%", "last4": chosen.text.strip()}
    return " AND ".join(clauses), values


async def listed(
    session: AsyncSession,
    actor: Actor,
    chosen: Filter,
    now: datetime,
    *,
    sort: str = "due",
    limit: int = 50,
    after: tuple[datetime | None, str] | None = None,
) -> list[TaskLine]:
    """Open tasks that the actor may work, in order; `after` is (due_at, id) of the last row seen when sorted by due.

    Sort is one of SORTS. Raises Invalid for another word.
    """
    if sort not in SORTS:
        raise Invalid("sort", [Problem("unknown_sort", f"satu dari / one of {', '.join(SORTS)}", field="sort")])
    condition, values = await _conditions(session, actor, chosen, now)
    if after is not None:
        condition += (
            " AND (coalesce(t.due_at, 'infinity'), t.id) > (coalesce(CAST(:after_due AS timestamptz), 'infinity'), CAST(:after_id AS uuid))"
        )
        values |= {"after_due": after[0], "after_id": after[1]}
    order = "coalesce(t.due_at, 'infinity'), t.id" if sort == "due" else SORTS[sort]
    rows = await session.execute(
        text(f"SELECT {_COLUMNS}{_FROM} WHERE {condition} ORDER BY {order} LIMIT :limit"),
        values | {"limit": max(1, min(limit, 500))},
    )
    return [TaskLine(**row._mapping) for row in rows]


async def count(session: AsyncSession, actor: Actor, chosen: Filter, now: datetime) -> int:
    """How many open tasks match."""
    condition, values = await _conditions(session, actor, chosen, now)
    origin = _FROM if chosen.text else " FROM task t"
    return int(await session.scalar(text(f"SELECT count(*){origin} WHERE {condition}"), values) or 0)


async def rail_counts(session: AsyncSession, actor: Actor, now: datetime) -> dict[str, int]:
    """Live counts for the rail: mine, unassigned, overdue, escalated, and `queue:<name>` for each queue with open tasks."""
    condition, values = await _conditions(session, actor, Filter(), now)
    rows = await session.execute(
        text(
            "SELECT t.queue, count(*) AS n, count(*) FILTER (WHERE t.state = 'open') AS unassigned,"
            " count(*) FILTER (WHERE t.due_at < :now) AS overdue, count(*) FILTER (WHERE t.escalated) AS escalated,"
            f" count(*) FILTER (WHERE t.assignee = :me) AS mine FROM task t WHERE {condition} GROUP BY t.queue"
        ),
        values,
    )
    counts = {"mine": 0, "unassigned": 0, "overdue": 0, "escalated": 0}
    for row in rows:
        counts[f"queue:{row.queue}"] = row.n
        for name in ("mine", "unassigned", "overdue", "escalated"):
            counts[name] += getattr(row, name)
    return counts


async def _row(session: AsyncSession, task_id: str) -> Any:
    row = (await session.execute(text(f"SELECT {_COLUMNS}, c.definition{_FROM} WHERE t.id = CAST(:id AS uuid)"), {"id": task_id})).first()
    if row is None:
        raise NotFound("Tugas tidak ditemukan / there is no such task")
    return row


async def opened(session: AsyncSession, actor: Actor, task_id: str) -> TaskView:
    """A task with its form and case. Raises NotFound, also when it lies outside the actor's stages or districts."""
    row = await _row(session, task_id)
    if row.assignee != actor.id and not actor.may_read(row.stage, row.district):
        try:
            await _authorise(session, actor, row, row.district)
        except NotAllowed:
            raise NotFound("Tugas tidak ditemukan / there is no such task") from None
    definition = await programmes.by_hash(session, row.definition)
    case = await cases.folded(session, row.case_id)
    values = {key: value for key, value in row._mapping.items() if key != "definition"}
    return TaskView(**values, definition=definition, case=case)


async def _authorise(session: AsyncSession, actor: Actor, task: Any, district: str) -> None:
    """Raise NotAllowed unless the actor may work this task (a row of the list or the engine's own)."""
    if task.assignee == actor.id and actor.has_role("mentor"):
        return
    if actor.may("work_task", stage=task.stage, district=district):
        return
    if not (task.state == "open" and actor.may("claim_own_queue", district=district) and task.queue in await own_queues(session, actor)):
        actor.require("work_task", stage=task.stage, district=district)


async def _locked(session: AsyncSession, actor: Actor, task_id: str) -> tuple[Case, Task]:
    """The case of a task, locked, and the task, which the actor may work."""
    case = await store.load_by_task(session, task_id)
    if case is None:
        raise NotFound("Tugas tidak ditemukan / there is no such task")
    task = case.tasks[task_id]
    await _authorise(session, actor, task, case.district)
    return case, task


async def claim(session: AsyncSession, actor: Actor, task_id: str, now: datetime, *, version: int | None = None) -> Case:
    """Take a task. Raises Conflict with who has it when somebody was faster."""
    case, _ = await _locked(session, actor, task_id)
    return await cases.carry(session, actor, case, ClaimTask(task_id, actor.id, version), now)


async def claim_next(session: AsyncSession, actor: Actor, chosen: Filter, now: datetime) -> TaskView | None:
    """Give the actor the most urgent open task of a queue or view, or None when it is empty.

    Most urgent: escalated first, then priority, then earliest due, then oldest. Two people asking at once never get the
    same task (row lock, locked rows skipped).
    """
    condition, values = await _conditions(session, actor, chosen, now)
    person = " JOIN participant p ON p.id = c.participant_id" if chosen.text else ""
    # What others hold is passed over first; when nothing else is left, wait for them rather than call the queue empty.
    for passing_over in (" SKIP LOCKED", ""):
        found = await session.scalar(
            text(
                f"SELECT t.id::text FROM task t JOIN cases c ON c.id = t.case_id{person} WHERE {condition} AND t.state = 'open'"
                f" ORDER BY {SORTS['urgency']} LIMIT 1 FOR NO KEY UPDATE OF c, t{passing_over}"
            ),
            values,
        )
        if found is not None:
            await claim(session, actor, found, now)
            return await opened(session, actor, found)
    return None


async def release(session: AsyncSession, actor: Actor, task_id: str, now: datetime, *, version: int | None = None) -> Case:
    """Give a task back to its queue; a manager may do so with another's."""
    case, task = await _locked(session, actor, task_id)
    force = actor.may("assign_task", stage=task.stage, district=case.district)
    return await cases.carry(session, actor, case, ReleaseTask(task_id, actor.id, version, force), now)


async def assign(session: AsyncSession, actor: Actor, task_id: str, to: str, now: datetime, *, version: int | None = None) -> Case:
    """Give a task to a colleague. Raises Invalid unless that is an active account that may work it."""
    row = await _row(session, task_id)
    actor.require("assign_task", stage=row.stage, district=row.district)
    await colleagues.require_able(session, row, to)
    return await cases.execute(session, actor, row.case_id, AssignTask(task_id, to, version), now)


@dataclass(frozen=True, slots=True)
class Completion:
    """What a person sends: the outcome, the answers as typed, a note, and when it really happened."""

    outcome: str
    answers: dict[str, Any] = field(default_factory=dict)
    note: str | None = None
    version: int | None = None
    occurred_at: datetime | None = None


async def complete(session: AsyncSession, actor: Actor, task_id: str, sent: Completion, now: datetime, locale: str = "id") -> Case:
    """Check the answers against the form, then end the task.

    Personal answers go to the participant, the note to the erasable table; the journal gets neither. Raises Invalid with
    a problem per field, Conflict when the task was taken or changed.
    """
    case, task = await _locked(session, actor, task_id)
    definition = await programmes.by_hash(session, case.definition)
    step = definition.steps[task.step]
    clean: dict[str, Any] = {}
    personal: dict[str, Any] = {}
    problems: Sequence[Problem] = []
    if step.form:
        outcome = step.outcomes.get(sent.outcome)
        optional = outcome is not None and outcome.form_optional
        clean, personal, problems = forms.validate(definition.forms[step.form], sent.answers, locale, optional=optional)
    elif sent.answers:
        problems = [Problem("unknown_field", "tidak dikenal / unknown", field=name) for name in sent.answers]
    if problems:
        raise Invalid("Ada yang perlu diperbaiki / please correct the fields", list(problems))
    if personal:
        await participants.update_answers(session, case.id, personal)
    note = await notes.write(session, actor, case.id, sent.note, now) if sent.note else None
    command = CompleteTask(task_id, actor.id, sent.outcome, clean, note, sent.version)
    return await cases.carry(session, actor, case, command, now, occurred_at=sent.occurred_at)

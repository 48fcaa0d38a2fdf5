"""Tasks: opening, claiming, completing one."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from models.definitions import forms
from models.definitions.definition import Definition
from models.definitions.schema import Outcome
from models.engine.case import Case, Task
from models.engine.commands import AssignTask, ClaimTask, CompleteTask, ReleaseTask
from models.engine.states import REASONS
from models.errors import Conflict, Invalid, NotAllowed, NotFound, Problem
from models.services import cases, colleagues, files, notes, participants, programmes, queues, store, task_order
from models.services.actor import Actor
from models.services.queues import Filter, TaskLine


@dataclass(frozen=True, slots=True)
class TaskView(TaskLine):
    """A task opened beside the list: its form, its outcomes and what is known of the case."""

    definition: Definition = field(repr=False)
    case: Case = field(repr=False)

    @property
    def form_name(self) -> str | None:
        """The name of the form, None when the task has none."""
        return self.definition.steps[self.step].form


async def _row(session: AsyncSession, task_id: str) -> Any:
    row = (
        await session.execute(text(f"SELECT {queues.COLUMNS}, c.definition{queues.FROM} WHERE t.id = CAST(:id AS uuid)"), {"id": task_id})
    ).first()
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
    if task.assignee == actor.id and actor.may("claim_own_queue"):
        return
    if actor.may("work_task", stage=task.stage, district=district):
        return
    if not (
        task.state == "open" and actor.may("claim_own_queue", district=district) and task.queue in await queues.own_queues(session, actor)
    ):
        actor.require("work_task", stage=task.stage, district=district)


async def _locked(session: AsyncSession, actor: Actor, task_id: str) -> tuple[Case, Task]:
    """The case of a task, locked, and the task, which the actor may work."""
    case = await store.load_by_task(session, task_id)
    if case is None:
        raise NotFound("Tugas tidak ditemukan / there is no such task")
    task = case.tasks[task_id]
    await _authorise(session, actor, task, case.district)
    return case, task


async def _not_taken(session: AsyncSession, actor: Actor, case: Case, task: Task, now: datetime, code: str) -> None:
    """Raise Conflict with who has the task, and since when, unless it is free or the actor's own."""
    if case.status != "active" or task.state != "claimed" or task.assignee == actor.id:
        return
    row = (
        await session.execute(
            text(
                "SELECT coalesce(u.name, k.name) AS name, j.occurred_at FROM journal j"
                " LEFT JOIN user_account u ON u.id::text = :who LEFT JOIN api_token k ON k.id::text = :who"
                " WHERE j.case_id = CAST(:case AS uuid) AND j.data->>'task' = :task AND j.type IN ('task_claimed','task_assigned')"
                " ORDER BY j.sequence DESC LIMIT 1"
            ),
            {"who": task.assignee, "case": case.id, "task": task.id},
        )
    ).first()
    name, since = (row.name, _ago((now - row.occurred_at).total_seconds())) if row and row.name else (None, ("", ""))
    message = f"Sudah diambil {name or 'orang lain'} {since[0]}".strip() + f" / taken by {name or 'somebody else'} {since[1]}".rstrip()
    raise Conflict(message, [Problem(code, message)])


def _ago(seconds: float) -> tuple[str, str]:
    """How long ago something was, in the largest unit that fits, in both languages."""
    for size, indonesian, english in ((86_400, "hari", "days"), (3_600, "jam", "h"), (60, "menit", "min")):
        if seconds >= size:
            return f"{int(seconds // size)} {indonesian} lalu", f"{int(seconds // size)} {english} ago"
    return f"{max(0, int(seconds))} detik lalu", f"{max(0, int(seconds))} s ago"


async def claim(session: AsyncSession, actor: Actor, task_id: str, now: datetime, *, version: int | None = None) -> Case:
    """Take a task. Raises Conflict with who has it when somebody was faster."""
    case, task = await _locked(session, actor, task_id)
    await _not_taken(session, actor, case, task, now, "taken")
    return await cases.carry(session, actor, case, ClaimTask(task_id, actor.id, version), now)


async def claim_next(session: AsyncSession, actor: Actor, chosen: Filter, now: datetime) -> TaskView | None:
    """Give the actor the most urgent open task of a queue or view, or None when it is empty.

    Most urgent: escalated first, then priority, then earliest due. Two people asking at once never get the
    same task (row lock, locked rows skipped). Raises NotAllowed for a queue in which the actor may work nothing.
    """
    if chosen.queue is not None:
        await _require_queue(session, actor, chosen.queue)
    condition, values = await queues.conditions(session, actor, chosen, now, "work_task")
    person = " JOIN participant p ON p.id = c.participant_id" if chosen.text else ""
    # What others hold is passed over first; when nothing else is left, wait for them rather than call the queue empty.
    for passing_over in (" SKIP LOCKED", ""):
        found = await session.scalar(
            text(
                f"SELECT t.id::text FROM task t JOIN cases c ON c.id = t.case_id{person} WHERE {condition} AND t.state = 'open'"
                f" ORDER BY {task_order.order('urgency').by} LIMIT 1 FOR NO KEY UPDATE OF c, t{passing_over}"
            ),
            values,
        )
        if found is not None:
            await claim(session, actor, found, now)
            return await opened(session, actor, found)
    return None


async def _require_queue(session: AsyncSession, actor: Actor, key: str) -> None:
    queue = (await programmes.current(session)).live.queues.get(key)
    if queue is not None and key not in await queues.own_queues(session, actor):
        actor.require("work_task", stage=queue.stage)


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


def _emptied(outcome: Outcome | None, typed: dict[str, Any]) -> list[Problem]:
    """A person who empties the number of the same person's case does not mean the one that the machine found."""
    name = outcome.merge if outcome else None
    if name is None or name not in typed or str(typed[name] or "").strip():
        return []
    return [Problem("required", " / ".join(REASONS["no_target"]), field=name)]


@dataclass(frozen=True, slots=True)
class Completion:
    """What a person sends: the outcome, the answers as typed, a note, and when it really happened.

    `as_json` is set for a machine's answers, whose numbers and booleans are none in quotes.
    """

    outcome: str
    answers: dict[str, Any] = field(default_factory=dict)
    note: str | None = None
    version: int | None = None
    occurred_at: datetime | None = None
    as_json: bool = False


async def complete(session: AsyncSession, actor: Actor, task_id: str, sent: Completion, now: datetime, locale: str = "id") -> Case:
    """Check the answers against the form, then end the task.

    Personal answers go to the participant, the note to the erasable table; the journal gets neither. Raises Invalid with
    a problem per field, Conflict when the task was taken or changed.
    """
    case, task = await _locked(session, actor, task_id)
    await _not_taken(session, actor, case, task, now, "not_yours")
    if sent.occurred_at is not None:
        await _check_moment(session, case.id, sent.occurred_at, now)
    definition = await programmes.by_hash(session, case.definition)
    step = definition.steps[task.step]
    clean: dict[str, Any] = {}
    personal: dict[str, Any] = {}
    problems: Sequence[Problem] = []
    outcome = step.outcomes.get(sent.outcome)
    if step.form:
        optional = outcome is not None and outcome.form_optional
        clean, personal, problems = forms.validate(
            definition.forms[step.form],
            sent.answers,
            locale,
            optional=optional,
            as_json=sent.as_json,
            files=await files.kinds(session, case.id),
        )
    elif sent.answers:
        problems = [Problem("unknown_field", "tidak dikenal / unknown", field=name) for name in sent.answers]
    problems = [*problems, *_emptied(outcome, sent.answers)]
    if problems:
        raise Invalid("Ada yang perlu diperbaiki / please correct the fields", list(problems))
    if personal:
        await participants.update_answers(session, case.id, personal)
    note = await notes.write(session, actor, case.id, sent.note, now) if sent.note else None
    command = CompleteTask(task_id, actor.id, sent.outcome, clean, note, sent.version)
    return await cases.carry(session, actor, case, command, now, occurred_at=sent.occurred_at)


async def _check_moment(session: AsyncSession, case_id: str, moment: datetime, now: datetime) -> None:
    """Raise Invalid unless a thing happened between the case's registration and now; the figures hold what is told here."""
    opened = await session.scalar(
        text("SELECT occurred_at FROM journal WHERE case_id = CAST(:id AS uuid) AND sequence = 1"), {"id": case_id}
    )
    if moment > now:
        words, code = "Waktu ini belum terjadi / this lies in the future", "in_future"
    elif opened is not None and moment < opened:
        words, code = "Waktu ini sebelum pendaftaran / this lies before the registration", "too_early"
    else:
        return
    raise Invalid(words, [Problem(code, words, field="occurred_at")])

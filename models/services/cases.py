"""Opening cases, carrying commands to them, finding and showing them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from models.db import driver
from models.definitions.definition import Definition
from models.engine.case import Case, decode
from models.engine.commands import Command, CompleteTask, Evidence, Merge, OpenCase, TakeDouble
from models.engine.decide import Decision, decide
from models.engine.states import REASONS
from models.errors import Conflict, Invalid, NotFound, Problem
from models.services import programmes, requests, scope, store
from models.services.actor import Actor
from models.services.store import Change

CASES = UUID("6f1d4a52-7d56-4a6e-9f0a-1f2ad6f7c4b1")


@dataclass(frozen=True, slots=True)
class Opening:
    """A participant who is to get a case: the stored person, where, harmless facts, and evidence of stages behind."""

    participant: str
    district: str
    village: str | None = None
    facts: dict[str, Any] = field(default_factory=dict)
    evidence: tuple[Evidence, ...] = ()
    occurred_at: datetime | None = None


def refuse(decision: Decision) -> None:
    """Raise Conflict with a sentence in both languages when the engine rejected a command."""
    if decision.rejection is None:
        return
    indonesian, english = REASONS[decision.rejection.code]
    detail = ", ".join(f"{key}: {value}" for key, value in decision.rejection.detail.items() if value is not None and key != "assignee")
    message = f"{indonesian} / {english}" + (f" ({detail})" if detail else "")
    raise Conflict(message, [Problem(decision.rejection.code, message)])


async def open_cases(session: AsyncSession, actor: Actor, definition: Definition, openings: Sequence[Opening], now: datetime) -> list[Case]:
    """Open one case for each participant, numbered in the order given. The participants must be stored already.

    Raises Conflict when a participant has a case in this programme.
    """
    actor.require("register")
    if not openings:
        return []
    changes = []
    for number, opening in zip(await new_numbers(session, definition, len(openings), now), openings, strict=True):
        blank = Case(id=str(uuid5(CASES, f"{definition.programme}:{opening.participant}")))
        command = OpenCase(number, opening.participant, opening.district, opening.village, opening.facts, opening.evidence)
        decision = decide(definition, blank, command, now)
        refuse(decision)
        changes.append(Change(blank, decision.case, decision.events, actor, opening.occurred_at))
    await store.append(session, changes, now)
    return [change.after for change in changes]


async def new_numbers(session: AsyncSession, definition: Definition, count: int, now: datetime) -> list[str]:
    """The next case numbers of this year; none is ever given twice."""
    year = definition.calendar.local_date(now).year
    first = await (await driver(session)).fetchval(
        "INSERT INTO case_number AS n (programme, year, last) VALUES ($1, $2, $3)"
        " ON CONFLICT (programme, year) DO UPDATE SET last = n.last + $3 RETURNING last - $3 + 1",
        definition.programme,
        year,
        count,
    )
    return [f"{definition.pinned.number_prefix}-{year}-{first + place:06d}" for place in range(count)]


async def execute(
    session: AsyncSession,
    actor: Actor,
    case_id: str,
    command: Command,
    now: datetime,
    *,
    version: int | None = None,
    occurred_at: datetime | None = None,
) -> Case:
    """Carry one command to one case: lock, decide, append. The caller has authorised the actor.

    `version` is the case's version as the person saw it. Raises NotFound, and what `carry` raises.
    """
    loaded = await store.load(session, [case_id])
    case = loaded.get(case_id)
    if case is None:
        raise NotFound("Berkas tidak ditemukan / there is no such case")
    if version is not None and version != case.version:
        message = f"Berkas sudah berubah sejak Anda membukanya / the case has changed: version {case.version}, not {version}"
        raise Conflict(message, [Problem("stale", message, field="version")])
    return await carry(session, actor, case, command, now, occurred_at=occurred_at)


async def carry(
    session: AsyncSession, actor: Actor, case: Case, command: Command, now: datetime, *, occurred_at: datetime | None = None
) -> Case:
    """Carry one command to a case that is locked already: decide, append. A merge is told to the case that goes on, too.

    Raises Invalid when answers are not what the definition asks, Conflict when the engine refuses.
    """
    definition = await programmes.by_hash(session, case.definition)
    requests.check_answers(definition, case, command, now, actor.reads)
    into = await _going_on(session, actor, definition, case, command)
    decision = decide(definition, case, command, now)
    refuse(decision)
    changes = [Change(case, decision.case, decision.events, actor, occurred_at)]
    if into is not None:
        # Locked after its double, whatever their ids: it is known only now. Two at once are sorted out by the database.
        other = (await store.load(session, [into]))[into]
        told = decide(await programmes.by_hash(session, other.definition), other, TakeDouble(case.number), now)
        refuse(told)
        changes.append(Change(other, told.case, told.events, actor, occurred_at))
    await store.append(session, changes, now)
    return decision.case


async def _going_on(session: AsyncSession, actor: Actor, definition: Definition, case: Case, command: Command) -> str | None:
    """The id of the case that goes on, when a command merges this one into it. Raises Conflict, or Invalid at the answer.

    The number that the machine found may be used by whoever has the task, any other only by who may read that case.
    """
    if isinstance(command, Merge):
        return await _target(session, actor, case, command.into)
    task = case.tasks.get(command.task) if isinstance(command, CompleteTask) else None
    if task is None or not isinstance(command, CompleteTask):
        return None
    outcome = definition.steps[task.step].outcomes.get(command.outcome)
    if outcome is None or outcome.merge is None:
        return None
    found = case.facts.get(outcome.merge)
    number = str(command.answers.get(outcome.merge) or found or "")
    if not number:
        raise Invalid(" / ".join(REASONS["no_target"]), [Problem("required", " / ".join(REASONS["no_target"]), field=outcome.merge)])
    try:
        return await _target(session, actor, case, number, found_by_machine=number == found)
    except (Conflict, NotFound) as error:
        raise Invalid(error.message, [Problem("bad_target", error.message, field=outcome.merge)]) from None


async def _target(session: AsyncSession, actor: Actor, case: Case, number: str, *, found_by_machine: bool = False) -> str:
    row = await _row_of(session, number) if found_by_machine else await find(session, actor, number)
    if row is None:
        raise NotFound(f"Berkas {number} tidak ditemukan / there is no case {number}")
    requests.check_merge(case, row)
    return str(row.id)


async def command_case(
    session: AsyncSession, actor: Actor, number: str, command: Command, now: datetime, *, version: int | None = None
) -> Case:
    """Carry a command of a person to a case (hold, resume, withdraw, skip, move, correct, reopen, receive, merge)."""
    row = await find(session, actor, number)
    actor.require("command_case", stage=row.stage, district=row.district)
    case_id = str(row.id)
    locked = [case_id]
    if isinstance(command, Merge):
        locked.append(str((await find(session, actor, command.into)).id))
    case = (await store.load(session, locked))[case_id]
    prepared = await requests.prepare(session, actor, await programmes.by_hash(session, row.definition), case, command, now)
    return await execute(session, actor, case_id, prepared, now, version=version)


async def find(session: AsyncSession, actor: Actor, number: str) -> Any:
    """The row of a case that the actor may read. Raises NotFound otherwise, whether it exists or not."""
    row = await _row_of(session, number)
    if row is None or not await may_read(session, actor, row):
        raise NotFound(f"Berkas {number} tidak ditemukan / there is no case {number}")
    return row


async def _row_of(session: AsyncSession, number: str) -> Any:
    found = await session.execute(
        text(
            "SELECT id, number, programme, definition, participant_id, district, village, stage, status, status_reason,"
            " version, opened_at, ended_at, due_at, hold_until FROM cases"
            " WHERE number = :number OR id = (SELECT case_id FROM other_number WHERE number = :number)"
        ),
        {"number": number},
    )
    return found.first()


async def status_of(session: AsyncSession, number: str) -> str | None:
    """The status of a case and nothing else."""
    found = await session.scalar(text("SELECT status FROM cases WHERE number = :number"), {"number": number})
    return str(found) if found else None


async def may_read(session: AsyncSession, actor: Actor, row: Any) -> bool:
    """Whether the actor may read a case (its row): by stage and district, or because it is given to the actor."""
    if actor.may_read(row.stage, row.district):
        return True
    condition, values = scope.concerned(actor, people_facts(await programmes.by_hash(session, row.definition)))
    return bool(await session.scalar(text(f"SELECT 1 FROM cases c WHERE c.id = :case AND ({condition})"), values | {"case": row.id}))


def people_facts(definition: Definition) -> list[str]:
    """The facts of a programme that hold the person whose case it is, such as its mentor."""
    return sorted({step.assign_to for step in definition.steps.values() if step.assign_to})


async def folded(session: AsyncSession, case_id: str) -> Case:
    """The case as the engine knows it, for reading only."""
    state = await (await driver(session)).fetchval("SELECT state::text FROM cases WHERE id = $1::uuid", case_id)
    if state is None:
        raise NotFound("Berkas tidak ditemukan / there is no such case")
    return decode(state)

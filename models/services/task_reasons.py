"""Why a task is there: what was answered just before it, the facts that its step shows, and a case that may be the same person."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from models.definitions.definition import Definition
from models.errors import NotFound
from models.services import case_view, cases, fact_words, participants
from models.services.actor import Actor
from models.services.tasks import TaskView

COMPARED = ("name", "nik", "birth_date", "sex", "phone", "address")


@dataclass(frozen=True, slots=True)
class Double:
    """A case that may be the same person's; `mine` and `other` hold what is known of both, or None where the reader may not look."""

    number: str
    mine: Mapping[str, Any]
    other: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Reasons:
    """What a person reads above the form: `before` as (what was answered, with which words), `facts` as (label, value)."""

    before: tuple[str, str | None] | None = None
    facts: list[tuple[str, Any]] = field(default_factory=list)
    double: Double | None = None


async def of_task(session: AsyncSession, actor: Actor, task: TaskView, notes: Mapping[str, str], locale: str) -> Reasons:
    """Why an opened task is there; `notes` are the case's. Codes are in the reader's words, personal data as the reader may see it."""
    definition = task.definition
    known = {name: task.case.facts.get(name) for name in definition.steps[task.step].shows}
    return Reasons(
        await _before(session, definition, task, notes, locale),
        fact_words.facts(definition, known, locale),
        await _double(session, actor, definition, task),
    )


async def _before(
    session: AsyncSession, definition: Definition, task: TaskView, notes: Mapping[str, str], locale: str
) -> tuple[str, str | None] | None:
    """What a partner or a colleague answered last before the task began; None when it was the machine or the clock that led here."""
    row = (
        await session.execute(
            text(
                "SELECT e.type, e.data AS ended, a.data AS answer FROM journal b"
                " JOIN LATERAL (SELECT type, sequence, data FROM journal WHERE case_id = b.case_id AND sequence < b.sequence"
                "  AND type IN ('step_ended','case_reopened','stage_skipped') ORDER BY sequence DESC LIMIT 1) e ON true"
                " LEFT JOIN LATERAL (SELECT data FROM journal WHERE case_id = b.case_id AND sequence < e.sequence"
                "  AND (type = 'task_completed' OR type LIKE 'handoff\\_%') ORDER BY sequence DESC LIMIT 1) a"
                "  ON a.data->>'outcome' = e.data->>'outcome'"
                " WHERE b.case_id = CAST(:case AS uuid) AND b.type = 'step_started' AND b.data->'position'->>'id' = :task"
            ),
            {"case": task.case_id, "task": task.id},
        )
    ).first()
    outcome = row.ended.get("outcome") if row else None
    if row is None or row.type != "step_ended" or not outcome:
        return None
    step = str(row.ended["step"])
    said = f"{case_view.step_name(definition, step, locale)}: {case_view.outcome_name(definition, step, outcome, locale)}"
    return said, notes.get((row.answer or {}).get("note") or "")


async def _double(session: AsyncSession, actor: Actor, definition: Definition, task: TaskView) -> Double | None:
    """The case into which an outcome of the step would merge this one, when the machine has found one."""
    facts = [way.merge for _, way in definition.steps[task.step].ways() if way.merge]
    number = next((str(task.case.facts[name]) for name in facts if task.case.facts.get(name)), None)
    if number is None:
        return None
    mine = _compared(await participants.shown(session, task.case_id))
    try:
        row = await cases.find(session, actor, number)
    except NotFound:
        return Double(number, mine)
    return Double(number, mine, _compared(await participants.shown(session, str(row.id))))


def _compared(person: Mapping[str, Any]) -> dict[str, Any]:
    birth = person["birth_date"]
    return {name: person.get(name) for name in COMPARED} | {"birth_date": birth.isoformat() if birth else None}

"""Tasks: list, claim next, claim, release, complete."""

from datetime import datetime
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from pydantic import Field
from sqlalchemy.ext.asyncio import AsyncSession

from models.clock import programme_now
from models.definitions.forms import json_schema
from models.errors import Invalid, Problem
from models.services import tasks
from models.services.actor import Actor
from models.services.tasks import Completion, Filter, TaskView
from ui.api.deps import Body, Database, Who, once, remember

router = APIRouter(tags=["tasks"])


def shown(task: TaskView) -> dict[str, Any]:
    """A task in the shape of the contract."""
    step = task.definition.steps[task.step]
    form = task.definition.forms.get(task.form_name or "")
    return {
        "id": task.id,
        "case_number": task.case_number,
        "stage": task.stage,
        "step": task.step,
        "queue": task.queue,
        "district": task.district,
        "state": task.state,
        "assignee": task.assignee,
        "priority": task.priority,
        "escalated": task.escalated,
        "due_at": task.due_at,
        "version": task.version,
        "form": json_schema(form) if form else None,
        "outcomes": [
            {"key": key, "name": outcome.name.model_dump() if outcome.name else None, "needs_note": outcome.needs_note}
            for key, outcome in step.outcomes.items()
        ],
    }


@router.get("/tasks")
async def listed(
    session: Database,
    actor: Who,
    queue: str | None = None,
    stage: str | None = None,
    district: str | None = None,
    assignee: str | None = None,
    state: str | None = None,
    sort: str = "due",
    cursor: str | None = None,
    limit: int = 50,
) -> dict[str, Any]:
    """Open tasks of the actor's scope, earliest due first."""
    if state not in (None, "open", "claimed"):
        raise Invalid("state", [Problem("unknown_state", "open atau / or claimed", field="state")])
    chosen = Filter(queue=queue, stage=stage, district=district, assignee=assignee, state=state)  # type: ignore[arg-type]
    now, limit = await programme_now(session), max(1, min(limit, 500))
    after = None
    if cursor:
        moment, _, task_id = cursor.partition("~")
        try:
            after = (datetime.fromisoformat(moment) if moment else None, task_id)
        except ValueError:
            raise Invalid("cursor", [Problem("bad_cursor", "pakai next / use next", field="cursor")]) from None
    lines = await tasks.listed(session, actor, chosen, now, sort=sort, limit=limit, after=after)
    items = [{name: getattr(line, name) for name in line.__dataclass_fields__ if name != "person"} for line in lines]
    last = lines[-1] if len(lines) == limit else None
    cursor_next = f"{last.due_at.isoformat() if last.due_at else ''}~{last.id}" if last else None
    return {"items": items, "next": cursor_next, "total": await tasks.count(session, actor, chosen, now)}


class Next(Body):
    """From which queue."""

    queue: str | None = None
    view: str | None = None


class TaskCommand(Body):
    """What to do with a task; `version` is the task's, as you saw it."""

    version: int | None = None
    outcome: str | None = None
    answers: dict[str, Any] = Field(default_factory=dict)
    note: str | None = Field(default=None, max_length=4000)
    occurred_at: datetime | None = None


@router.post("/tasks/claim-next")
async def claim_next(body: Next, session: Database, actor: Who) -> Any:
    """Claim the most urgent open task of a queue; null when it is empty."""
    task = await tasks.claim_next(session, actor, Filter(queue=body.queue, view=body.view), await programme_now(session))
    return shown(task) if task else None


@router.get("/tasks/{task_id}")
async def one(task_id: str, session: Database, actor: Who) -> dict[str, Any]:
    """A task with its form."""
    return shown(await tasks.opened(session, actor, _uuid(task_id)))


@router.post("/tasks/{task_id}/{act}")
async def act(task_id: str, act: str, body: TaskCommand, request: Request, session: Database, actor: Who) -> Any:
    """claim, release or complete."""
    known = await once(request, session, actor)
    if known is not None:
        return known
    now = await programme_now(session)
    await _carry(session, actor, _uuid(task_id), act, body, now)
    return await remember(request, session, actor, shown(await tasks.opened(session, actor, task_id)))


async def _carry(session: AsyncSession, actor: Actor, task_id: str, act: str, body: TaskCommand, now: datetime) -> None:
    if act == "claim":
        await tasks.claim(session, actor, task_id, now, version=body.version)
    elif act == "release":
        await tasks.release(session, actor, task_id, now, version=body.version)
    elif act == "complete":
        if not body.outcome:
            raise Invalid("outcome", [Problem("required", "wajib / needed", field="outcome")])
        sent = Completion(body.outcome, body.answers, body.note, body.version, body.occurred_at)
        await tasks.complete(session, actor, task_id, sent, now)
    else:
        raise Invalid(act, [Problem("unknown_action", "claim, release, complete", field="act")])


def _uuid(text: str) -> str:
    try:
        return str(UUID(text))
    except ValueError:
        raise Invalid("id", [Problem("not_an_id", "bukan id / not an id", field="id")]) from None

"""Tasks: list, claim next, claim, release, complete, assign."""

from dataclasses import replace
from datetime import datetime
from typing import Any, Literal

from fastapi import APIRouter, Request
from pydantic import Field
from sqlalchemy.ext.asyncio import AsyncSession

from models.clock import programme_now
from models.definitions.form_schema import json_schema
from models.engine.draft import variables
from models.services import filter_words, programmes, queues, task_order, tasks, views
from models.services.actor import Actor
from models.services.queues import Filter
from models.services.task_order import ORDERS
from models.services.tasks import Completion, TaskView
from ui.api import filters, shapes
from ui.api.deps import Body, Database, Moment, Who, Whole, an_id, bad_cursor, once, wrong
from ui.api.description import answers

router = APIRouter(tags=["tasks"])


def shown(task: TaskView, now: datetime) -> dict[str, Any]:
    """A task in the shape of the contract; its form offers what may be chosen now."""
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
        "form": json_schema(form, around=variables(task.definition, task.case, now)) if form else None,
        "outcomes": [
            {"key": key, "name": outcome.name.model_dump() if outcome.name else None, "needs_note": outcome.needs_note}
            for key, outcome in step.outcomes.items()
        ],
    }


@router.get("/tasks", **answers(shapes.CountedPage[shapes.TaskLine]))
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
    """Open tasks of the actor's scope, earliest due first; `district` is the code of a city or district."""
    definition = await programmes.current(session)
    district, city = filters.place(definition, district)
    chosen = Filter(
        queue=filters.word("queue", queue, definition.live.queues),
        stage=filters.stage(definition, stage),
        assignee=filters.account("assignee", assignee),
        state=filters.word("state", state, ("open", "claimed")),  # type: ignore[arg-type]
        district=district,
        city=city,
    )
    sort = filters.word("sort", sort, ORDERS) or "due"
    now, limit = await programme_now(session), max(1, min(limit, 500))
    after = task_order.read(sort, cursor) if cursor else None
    if cursor and after is None:
        raise bad_cursor()
    page = await queues.page(session, actor, chosen, now, sort=sort, limit=limit, after=after)
    lines = page.lines
    items = [{name: getattr(line, name) for name in line.__dataclass_fields__ if name != "person"} for line in lines]
    last = lines[-1] if len(lines) == limit else None
    return {
        "items": items,
        "next": task_order.written(task_order.after(sort, last)) if last else None,
        "total": page.total,
    }


class Next(Body):
    """From which queue, or which view: unassigned, overdue, escalated, or the id of a saved one."""

    queue: str | None = None
    view: str | None = None


class TaskCommand(Body):
    """What to do with a task; `version` is the task's, as you saw it, `assignee` the account that gets it."""

    version: Whole | None = None
    outcome: str | None = None
    answers: dict[str, Any] = Field(default_factory=dict)
    note: str | None = Field(default=None, max_length=4000)
    occurred_at: Moment | None = None
    assignee: str | None = None


@router.post("/tasks/claim-next", **answers(shapes.Task | None))
async def claim_next(body: Next, request: Request, session: Database, actor: Who) -> Any:
    """Claim the most urgent open task of a queue; null when it is empty."""
    definition = await programmes.current(session)
    filters.word("queue", body.queue, definition.live.queues)
    saved = {view.id: view.words for view in await views.seen_by(session, actor)} if body.view not in (None, *queues.VIEWS) else {}
    filters.word("view", body.view, [*queues.VIEWS, *saved])
    if not body.queue and not body.view:
        raise wrong("queue", "required", "Isi queue atau view", "Give queue or view")

    async def claim() -> Any:
        now = await programme_now(session)
        chosen = filter_words.filter_of(saved.get(body.view or "", {"view": body.view or ""}), definition, actor, now)
        chosen = replace(chosen, queue=body.queue or chosen.queue)
        task = await tasks.claim_next(session, actor, chosen, now)
        return shown(task, now) if task else None

    return await once(request, session, actor, claim)


@router.get("/tasks/{task_id}", **answers(shapes.Task))
async def one(task_id: str, session: Database, actor: Who) -> dict[str, Any]:
    """A task with its form."""
    return shown(await tasks.opened(session, actor, an_id(task_id)), await programme_now(session))


@router.post("/tasks/{task_id}/{act}", **answers(shapes.Task))
async def act(
    task_id: str, act: Literal["claim", "release", "complete", "assign"], body: TaskCommand, request: Request, session: Database, actor: Who
) -> Any:
    """claim, release, complete, or assign to `assignee`."""

    async def carry() -> Any:
        now = await programme_now(session)
        await _carry(session, actor, an_id(task_id), act, body, now)
        return shown(await tasks.opened(session, actor, task_id), now)

    return await once(request, session, actor, carry)


async def _carry(session: AsyncSession, actor: Actor, task_id: str, act: str, body: TaskCommand, now: datetime) -> None:
    if act == "claim":
        await tasks.claim(session, actor, task_id, now, version=body.version)
    elif act == "release":
        await tasks.release(session, actor, task_id, now, version=body.version)
    elif act == "assign":
        await tasks.assign(session, actor, task_id, _need(body.assignee, "assignee"), now, version=body.version)
    else:
        sent = Completion(_need(body.outcome, "outcome"), body.answers, body.note, body.version, body.occurred_at, as_json=True)
        await tasks.complete(session, actor, task_id, sent, now, actor.reads)


def _need(value: str | None, field: str) -> str:
    if not value:
        raise wrong(field, "required", f"Isi {field}", f"Give {field}")
    return value

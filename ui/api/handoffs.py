"""Hand-offs, partners' answers, incidents."""

from typing import Any, Literal

from fastapi import APIRouter, Request
from pydantic import Field
from sqlalchemy.ext.asyncio import AsyncSession

from integrations.contract import Answer
from integrations.kinds import KINDS
from integrations.registry import webhook_secrets
from integrations.webhooks import Unreadable, read_answer
from models.clock import programme_now
from models.db import transaction
from models.engine.commands import AnswerHandoff
from models.engine.states import states_of
from models.errors import NotFound
from models.services import handoffs, incidents, programmes
from models.services.actor import Actor
from ui.api import filters, shapes
from ui.api.deps import Body, Database, Who, once, read_timed_cursor, timed_page
from ui.api.description import answers

SIGNED: dict[str, Any] = {
    "parameters": [
        {"name": f"webhook-{part}", "in": "header", "required": True, "schema": {"type": "string"}, "description": "Standard Webhooks"}
        for part in ("id", "timestamp", "signature")
    ],
    "requestBody": {"required": True, "content": {"application/json": {"schema": Answer.model_json_schema()}}},
}
router = APIRouter(tags=["hand-offs"])


@router.get("/handoffs", **answers(shapes.Page[shapes.Handoff]))
async def listed(
    session: Database,
    actor: Who,
    state: str | None = None,
    partner: str | None = None,
    cursor: str | None = None,
    limit: int = 100,
) -> dict[str, Any]:
    """Hand-offs of the actor's scope, newest first; a partner's token sees its own."""
    limit = max(1, min(limit, 500))
    after = read_timed_cursor(cursor)
    state = filters.word("state", state, states_of("handoff"))
    partner = filters.word("partner", partner, (await programmes.current(session)).live.partners)
    return timed_page(await handoffs.listed(session, actor, state=state, partner=partner, after=after, limit=limit), limit, "ordered_at")


@router.post("/handoffs/{handoff_id}/callback", openapi_extra=SIGNED, **answers(shapes.AnswerTaken))
async def callback(handoff_id: str, request: Request, session: Database) -> dict[str, Any]:
    """A partner's signed answer (Standard Webhooks); the same one again changes nothing.

    Facts that the contract does not know are left out and named under `ignored`. A signed answer that cannot be read is a 422
    and one incident of the hand-off.
    """
    body = await request.body()
    other = await handoffs.counterpart_of(session, handoff_id)
    if other is None:
        raise NotFound("Rujukan tidak ditemukan / there is no such hand-off")
    actor = Actor(other.partner, other.partner, "partner", channel="partner")
    try:
        message_id, answer = read_answer(body, request.headers, webhook_secrets(other.partner))
    except Unreadable as wrong:
        # In a transaction of its own: the request is refused, what it told us stays.
        async with transaction() as own:
            fields = sorted({(problem.field or "").split(".")[0] for problem in wrong.problems})
            await handoffs.unreadable_answer(own, actor, handoff_id, fields, await programme_now(own))
        raise
    fits = answer.handoff == handoff_id
    new = await handoffs.keep_raw(session, other.partner, message_id, handoff_id if fits else None, body)
    if not fits:
        return {"result": "kept"}
    if not new:
        return {"result": "duplicate"}
    facts, ignored = handoffs.facts_of_contract(answer.facts, KINDS[other.kind].facts)
    command = AnswerHandoff(handoff_id, message_id, answer.status, answer.outcome, facts, attempt=answer.attempt)
    now = await programme_now(session)
    result = await handoffs.answer(session, actor, command, answer.reason, now, occurred_at=answer.occurred_at)
    return {"result": result, "ignored": ignored}


@router.get("/incidents", **answers(shapes.Page[shapes.Incident]))
async def incident_list(
    session: Database, actor: Who, state: Literal["open", "resolved"] = "open", cursor: str | None = None, limit: int = 100
) -> dict[str, Any]:
    """Incidents of the actor's scope, newest first."""
    limit = max(1, min(limit, 500))
    after = read_timed_cursor(cursor)
    return timed_page(await incidents.listed(session, actor, state=state, after=after, limit=limit), limit, "raised_at")


class Resolution(Body):
    """Why it is resolved."""

    note: str | None = Field(default=None, max_length=1000)


@router.post("/incidents/{incident_id}/retry", **answers(shapes.IncidentResolved))
async def retry(incident_id: str, request: Request, session: Database, actor: Who) -> Any:
    """Let what stopped be tried again."""
    return await once(request, session, actor, lambda: _resolve(session, actor, incident_id, retry=True))


@router.post("/incidents/{incident_id}/resolve", **answers(shapes.IncidentResolved))
async def resolve(incident_id: str, body: Resolution, request: Request, session: Database, actor: Who) -> Any:
    """Close an incident that was mended otherwise: delivered by hand, or a better answer is on its way."""
    return await once(request, session, actor, lambda: _resolve(session, actor, incident_id, retry=False, note=body.note))


async def _resolve(session: AsyncSession, actor: Actor, incident_id: str, *, retry: bool, note: str | None = None) -> dict[str, str]:
    await incidents.resolve(session, actor, incident_id, await programme_now(session), retry=retry, note=note)
    return {"id": incident_id, "state": "resolved"}

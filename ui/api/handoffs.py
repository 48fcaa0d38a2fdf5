"""Hand-offs, partners' answers, incidents."""

from typing import Any

from fastapi import APIRouter, Request
from pydantic import Field

from integrations.registry import webhook_secrets
from integrations.webhooks import read_answer
from models.clock import programme_now
from models.engine.commands import AnswerHandoff
from models.errors import NotFound
from models.services import handoffs, incidents
from models.services.actor import Actor
from ui.api.deps import Body, Database, Who, page

router = APIRouter(tags=["hand-offs"])


@router.get("/handoffs")
async def listed(
    session: Database,
    actor: Who,
    state: str | None = None,
    partner: str | None = None,
    cursor: str | None = None,
    limit: int = 100,
) -> dict[str, Any]:
    """Hand-offs of the actor's scope."""
    limit = max(1, min(limit, 500))
    return page(await handoffs.listed(session, actor, state=state, partner=partner, after=cursor, limit=limit), limit, "id")


@router.post("/handoffs/{handoff_id}/callback")
async def callback(handoff_id: str, request: Request, session: Database) -> dict[str, str]:
    """A partner's signed answer (Standard Webhooks); the same one again changes nothing."""
    body = await request.body()
    partner = await handoffs.partner_of(session, handoff_id)
    if partner is None:
        raise NotFound("Rujukan tidak ditemukan / there is no such hand-off")
    message_id, answer = read_answer(body, request.headers, webhook_secrets(partner))
    fits = answer.handoff == handoff_id
    new = await handoffs.keep_raw(session, partner, message_id, handoff_id if fits else None, body)
    if not fits:
        return {"result": "kept"}
    if not new:
        return {"result": "duplicate"}
    actor = Actor(partner, partner, "partner", channel="partner")
    facts = handoffs.facts_only(answer.facts)
    command = AnswerHandoff(handoff_id, message_id, answer.status, answer.outcome, facts, attempt=answer.attempt)
    return {"result": await handoffs.answer(session, actor, command, answer.reason, await programme_now(session))}


@router.get("/incidents")
async def incident_list(session: Database, actor: Who, state: str = "open", cursor: str | None = None, limit: int = 100) -> dict[str, Any]:
    """Incidents of the actor's scope, newest first."""
    limit = max(1, min(limit, 500))
    return page(await incidents.listed(session, actor, state=state, after=cursor, limit=limit), limit, "id")


class Resolution(Body):
    """Why it is resolved."""

    note: str | None = Field(default=None, max_length=1000)


@router.post("/incidents/{incident_id}/retry")
async def retry(incident_id: str, session: Database, actor: Who) -> dict[str, str]:
    """Let what stopped be tried again."""
    await incidents.resolve(session, actor, incident_id, await programme_now(session), retry=True)
    return {"id": incident_id, "state": "resolved"}


@router.post("/incidents/{incident_id}/resolve")
async def resolve(incident_id: str, body: Resolution, session: Database, actor: Who) -> dict[str, str]:
    """Close an incident that was mended otherwise: delivered by hand, or a better answer is on its way."""
    await incidents.resolve(session, actor, incident_id, await programme_now(session), retry=False, note=body.note)
    return {"id": incident_id, "state": "resolved"}

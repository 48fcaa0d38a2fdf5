"""Cases: list, one, journal, explanation, commands."""

import json
from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Request
from fastapi.responses import StreamingResponse
from pydantic import Field

from models.clock import programme_now
from models.engine import commands as c
from models.errors import Invalid, Problem
from models.services import case_view, cases, participants
from models.services.handoffs import facts_only
from ui.api.deps import Body, Database, Who, once, page, remember

router = APIRouter(tags=["cases"])


@router.get("/cases")
async def listed(
    session: Database,
    actor: Who,
    stage: str | None = None,
    district: str | None = None,
    status: str | None = None,
    q: str = "",
    cursor: str = "",
    limit: int = 50,
) -> dict[str, Any]:
    """Cases of the actor's scope, in number order."""
    actor.require("read_case")
    limit = max(1, min(limit, 500))
    rows = await case_view.found(session, actor, q=q, stage=stage, district=district, status=status, after=cursor, limit=limit)
    return page(rows, limit, "number")


@router.get("/cases/{number}")
async def one(number: str, session: Database, actor: Who) -> dict[str, Any]:
    """A case."""
    return await case_view.as_json(session, actor, number, await programme_now(session))


@router.get("/cases/{number}/journal")
async def journal(number: str, session: Database, actor: Who) -> dict[str, Any]:
    """What happened in a case, oldest first."""
    return {"items": await case_view.journal(session, actor, number=number, limit=5000), "next": None}


@router.get("/cases/{number}/explanation")
async def explanation(number: str, session: Database, actor: Who) -> Any:
    """Why the case is where it is."""
    return (await case_view.as_json(session, actor, number, await programme_now(session)))["explanation"]


class CaseCommand(Body):
    """A command to a case; `version` is the case's, as you saw it."""

    type: Literal["hold", "resume", "withdraw", "skip", "reopen", "move_district", "correct", "receive", "merge"]
    version: int
    reason: str = Field(default="", max_length=500)
    until: datetime | None = None
    stage: str | None = None
    proof: str = Field(default="", max_length=500)
    district: str | None = None
    village: str | None = None
    name: str | None = None
    outcome: str | None = None
    into: str | None = None
    data: dict[str, str | int | bool | None] = Field(default_factory=dict)


@router.post("/cases/{number}/commands")
async def command(number: str, body: CaseCommand, request: Request, session: Database, actor: Who) -> Any:
    """Hold, resume, withdraw, skip, reopen, move, correct, receive, merge."""
    known = await once(request, session, actor)
    if known is not None:
        return known
    now = await programme_now(session)
    row = await cases.find(session, actor, number)
    actor.require("command_case", stage=row.stage, district=row.district)
    if body.type == "correct":
        changed = await participants.update_answers(session, str(row.id), dict(body.data))
        built: c.Command = c.CorrectData(changed)
    else:
        built = _command(body)
    await cases.command_case(session, actor, number, built, now, version=body.version)
    return await remember(request, session, actor, await case_view.as_json(session, actor, number, now))


def _need(body: CaseCommand, field: str) -> str:
    value = getattr(body, field)
    if not value:
        message = f"{field}: wajib untuk / needed for {body.type}"
        raise Invalid(message, [Problem("required", message, field=field)])
    return str(value)


def _command(body: CaseCommand) -> c.Command:
    match body.type:
        case "hold":
            return c.Hold(_need(body, "reason"), body.until)
        case "resume":
            return c.Resume()
        case "withdraw":
            return c.Withdraw(_need(body, "reason"))
        case "skip":
            return c.SkipStage(_need(body, "stage"), _need(body, "proof"), facts_only(dict(body.data)))
        case "reopen":
            return c.Reopen(_need(body, "stage"), _need(body, "reason"))
        case "move_district":
            return c.MoveDistrict(_need(body, "district"), body.village)
        case "merge":
            return c.Merge(_need(body, "into"))
        case _:
            return c.ReceiveEvent(_need(body, "name"), _need(body, "outcome"), facts_only(dict(body.data)))


@router.get("/events")
async def events(session: Database, actor: Who, after: int = 0, limit: Annotated[int, Field(le=5000)] = 1000) -> StreamingResponse:
    """The journal as NDJSON in order, after a position; what is not committed for good is not told yet."""
    rows = await case_view.journal(session, actor, after=after, limit=limit)
    lines = (json.dumps(row, default=lambda v: v.isoformat() if hasattr(v, "isoformat") else str(v)) + "\n" for row in rows)
    return StreamingResponse(iter(lines), media_type="application/x-ndjson")

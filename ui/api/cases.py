"""Cases: list, one, journal, explanation, commands."""

import json
from typing import Annotated, Any, Literal, get_args

from fastapi import APIRouter, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import Field

from models.clock import programme_now
from models.engine import commands as c
from models.services import case_view, cases, corrections, out_of_reach, programmes, reveal
from ui.api import filters, shapes
from ui.api.deps import Body, Database, Moment, Who, Whole, once, page, wrong
from ui.api.description import answers


class NdJson(StreamingResponse):
    """One JSON object a line."""

    media_type = "application/x-ndjson"


router = APIRouter(tags=["cases"])


@router.get("/cases", **answers(shapes.Page[shapes.CaseLine]))
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
    """Cases of the actor's scope, in number order; `district` is the code of a city or district."""
    actor.require("read_case")
    limit = max(1, min(limit, 500))
    definition = await programmes.current(session)
    district, city = filters.place(definition, district)
    rows = await case_view.found(
        session,
        actor,
        q=q,
        stage=filters.stage(definition, stage),
        status=filters.word("status", status, get_args(shapes.Status)),
        after=filters.case_cursor(cursor),
        limit=limit,
        district=district,
        city=city,
    )
    return page(rows, limit, "number")


@router.get("/cases/{number}", **answers(shapes.Case))
async def one(number: str, session: Database, actor: Who) -> dict[str, Any]:
    """A case."""
    return await case_view.as_json(session, actor, number, await programme_now(session))


@router.get("/cases/{number}/journal", **answers(shapes.Page[shapes.JournalEvent]))
async def journal(number: str, session: Database, actor: Who, cursor: int = 0, limit: int = 500) -> dict[str, Any]:
    """A case's events as they are stored, oldest first; for those who may read journals."""
    limit = max(1, min(limit, 500))
    return page(await case_view.journal_of(session, actor, number, after=cursor, limit=limit), limit, "sequence")


@router.get("/cases/{number}/explanation", **answers(shapes.Explanation))
async def explanation(number: str, session: Database, actor: Who) -> Any:
    """Why the case is where it is."""
    return (await case_view.as_json(session, actor, number, await programme_now(session)))["explanation"]


class CaseCommand(Body):
    """A command to a case; `version` is the case's, as you saw it."""

    type: Literal["hold", "resume", "withdraw", "skip", "reopen", "move_district", "correct", "receive", "merge"]
    version: Whole
    reason: str = Field(default="", max_length=500)
    until: Moment | None = None
    stage: str | None = None
    proof: str = Field(default="", max_length=500)
    district: str | None = None
    village: str | None = None
    name: str | None = None
    outcome: str | None = None
    into: str | None = None
    data: dict[str, str | int | bool | None] = Field(default_factory=dict)


class OutOfReach(shapes.Shape):
    """A case that the command took out of the sender's reach: done, and where it is now."""

    number: str
    programme: str
    status: shapes.Status
    stage: str | None
    district: str
    version: int
    notice: dict[str, str]


@router.post("/cases/{number}/commands", **answers(shapes.Case | OutOfReach))
async def command(number: str, body: CaseCommand, request: Request, session: Database, actor: Who) -> Any:
    """Hold, resume, withdraw, skip, reopen, move, correct, receive, merge."""

    async def carry() -> dict[str, Any]:
        now = await programme_now(session)
        if body.type == "correct":
            after = await corrections.correct(session, actor, number, dict(body.data), now, version=body.version)
        else:
            after = await cases.command_case(session, actor, number, _command(body), now, version=body.version)
        if gone := await out_of_reach.left(session, actor, after):
            return gone
        return await case_view.as_json(session, actor, number, now)

    return await once(request, session, actor, carry)


class Reveal(Body):
    """Why the masked value is needed."""

    reason: str = Field(max_length=500)


@router.post("/cases/{number}/reveal", **answers(dict[str, str]))
async def reveal_nik(number: str, body: Reveal, response: Response, session: Database, actor: Who) -> dict[str, str]:
    """The NIK behind a case; who asked, and the reason, is kept."""
    response.headers["Cache-Control"] = "no-store"
    return {"nik": await reveal.reveal_nik(session, actor, number, body.reason, await programme_now(session))}


def _need(body: CaseCommand, field: str) -> str:
    value = str(getattr(body, field) or "").strip()
    if not value:
        raise wrong(field, "required", f"Isi {field} untuk {body.type}", f"Give {field} for {body.type}")
    return value


def _command(body: CaseCommand) -> c.Command:
    match body.type:
        case "hold":
            return c.Hold(_need(body, "reason"), body.until)
        case "resume":
            return c.Resume()
        case "withdraw":
            return c.Withdraw(_need(body, "reason"))
        case "skip":
            return c.SkipStage(_need(body, "stage"), _need(body, "proof"), dict(body.data))
        case "reopen":
            return c.Reopen(_need(body, "stage"), _need(body, "reason"))
        case "move_district":
            return c.MoveDistrict(_need(body, "district"), body.village)
        case "merge":
            return c.Merge(_need(body, "into"))
        case _:
            return c.ReceiveEvent(_need(body, "name"), _need(body, "outcome"), dict(body.data))


@router.get("/events", response_class=NdJson, **answers(shapes.JournalEvent))
async def events(session: Database, actor: Who, after: int = 0, limit: Annotated[int, Field(le=5000)] = 1000) -> StreamingResponse:
    """The journal as NDJSON in order, after a position; what is not committed for good is not told yet."""
    rows = await case_view.journal(session, actor, after=after, limit=limit)
    lines = (json.dumps(row, default=lambda v: v.isoformat() if hasattr(v, "isoformat") else str(v)) + "\n" for row in rows)
    return NdJson(iter(lines))

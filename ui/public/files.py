"""Files that staff pages offer: the weekly update and documents of a case."""

import asyncio

from fastapi import APIRouter, Request
from fastapi.responses import Response

from models.db import transaction
from models.errors import NotFound, NotSignedIn
from models.services import documents, programmes, weekly
from models.services.actor import Actor
from ui.api.figures import TYPES, file_of

router = APIRouter(prefix="/staff-files", include_in_schema=False)


def signed_in(request: Request) -> Actor:
    """Who asks. Raises NotSignedIn."""
    if request.state.actor is None:
        raise NotSignedIn("Masuk dahulu / sign in first")
    found: Actor = request.state.actor
    return found


@router.get("/weekly/{week}.{kind}")
async def weekly_file(request: Request, week: str, kind: str) -> Response:
    """A week as a file."""
    if kind not in TYPES:
        raise NotFound("pdf, xlsx, json")
    actor = signed_in(request)
    async with transaction() as session:
        definition = await programmes.current(session)
        update = await weekly.read(session, actor, definition, weekly.parse_week(week))
    return await file_of(update, definition, kind, actor.locale)


@router.get("/cases/{number}/{document}.pdf")
async def case_document(request: Request, number: str, document: str) -> Response:
    """A document of a case."""
    actor = signed_in(request)
    async with transaction() as session:
        filled = await documents.filled(session, actor, number, document, actor.locale)
    content = await asyncio.to_thread(documents.pdf, filled)
    return Response(content, media_type="application/pdf", headers={"Cache-Control": "no-store"})

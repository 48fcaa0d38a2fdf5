"""Files of a case for staff pages: sent from the form, shown in the page, downloaded. No name of a file is in an address."""

from urllib.parse import quote

from fastapi import APIRouter, Request, UploadFile
from fastapi.responses import JSONResponse, Response

from models.clock import programme_now
from models.db import transaction
from models.services import attachments, files
from ui.public.files import signed_in

router = APIRouter(prefix="/staff-files", include_in_schema=False)


@router.post("/cases/{number}/documents")
async def add(request: Request, number: str, file: UploadFile, task: str | None = None, field: str | None = None) -> Response:
    """Keep a file for a task's field, or for the case alone; answers {id}."""
    actor = signed_in(request)
    prepared = await files.prepare(await file.read(files.LARGEST_BYTES + 1), file.filename or "")
    async with transaction() as session:
        added = await attachments.add(
            session,
            actor,
            number,
            prepared,
            await programme_now(session),
            task_id=attachments.an_id(task) if task else None,
            field=(field or "")[:60] or None,
        )
    return JSONResponse({"id": added.id}, 201)


@router.get("/documents/{document}")
async def show(request: Request, document: str, download: bool = False) -> Response:
    """A file, to be shown in the page or downloaded."""
    actor = signed_in(request)
    async with transaction() as session:
        found, content = await attachments.opened(session, actor, document, await programme_now(session))
    return file_response(found, content, download=download)


def file_response(found: attachments.Attachment, content: bytes, *, download: bool) -> Response:
    """A file of a case as an answer that nobody keeps; its name only travels in the header of a download."""
    headers = {"Cache-Control": "no-store"}
    headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(found.file_name)}" if download else "inline"
    return Response(content, media_type=found.media_type, headers=headers)

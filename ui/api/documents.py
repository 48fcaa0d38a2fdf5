"""Documents of a case: sent, listed, opened."""

from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Form, Request, Response, UploadFile

from models.clock import programme_now
from models.services import attachments, files
from models.services.attachments import Attachment
from ui.api import shapes
from ui.api.deps import Database, Who, an_id, once
from ui.api.description import answers
from ui.public.case_files import file_response

router = APIRouter(tags=["documents"])
CONTENT = {kind: {"type": "string", "format": "binary"} for kind in (files.PDF, files.JPEG)}


class Document(shapes.Shape):
    """A file of a case; `step` and `field` say for what it was added, `size` is in bytes."""

    id: str
    case_number: str
    task_id: str | None
    step: str | None
    field: str | None
    media_type: Literal["image/jpeg", "application/pdf"]
    size: int
    name: str
    author: str
    author_name: str
    added_at: datetime


def shown(item: Attachment) -> dict[str, Any]:
    """A document in the shape of the contract."""
    names = ("id", "case_number", "task_id", "step", "field", "media_type", "size", "name", "author", "author_name", "added_at")
    return {name: getattr(item, name) for name in names}


@router.post("/cases/{number}/documents", status_code=201, **answers(Document, 201))
async def add(
    number: str,
    file: UploadFile,
    request: Request,
    session: Database,
    actor: Who,
    task: Annotated[str | None, Form()] = None,
    field: Annotated[str | None, Form(max_length=60)] = None,
) -> Any:
    """Send a JPG, PNG, WebP or PDF; `task` and `field` say for what. A form's answer names the document by its `id`."""
    content, name = await file.read(files.LARGEST_BYTES + 1), file.filename or ""
    prepared = await files.prepare(content, name)

    async def keep() -> dict[str, Any]:
        now = await programme_now(session)
        task_id = an_id(task) if task else None
        return shown(await attachments.add(session, actor, number, prepared, now, task_id=task_id, field=field or None))

    told = f"{name}\n{task}\n{field}\n".encode(errors="replace")
    return await once(request, session, actor, keep, content=told + content)


@router.get("/cases/{number}/documents", **answers(shapes.Page[Document]))
async def listed(number: str, session: Database, actor: Who) -> dict[str, Any]:
    """The documents of a case, newest first."""
    return {"items": [shown(item) for item in await attachments.of_case(session, actor, number)], "next": None}


@router.get("/cases/{number}/documents/{document}", response_class=Response, **answers(bytes, more=CONTENT))
async def one(number: str, document: str, session: Database, actor: Who) -> Response:
    """The file itself; that it was opened is kept."""
    found, content = await attachments.opened(session, actor, an_id(document), await programme_now(session), number=number)
    return file_response(found, content, download=True)

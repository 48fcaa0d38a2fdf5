"""The REST API: /api/v1."""

from typing import Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse

from ui.api import cases, documents, figures, handoffs, registrations, tasks, views
from ui.api.deps import safe_address
from ui.api.description import describe
from ui.api.filters import known_parameters
from ui.public.drawing import pages, style_version

router = APIRouter(prefix="/api/v1", dependencies=[Depends(safe_address), Depends(known_parameters)])
for module in (registrations, cases, documents, tasks, views, handoffs, figures):
    router.include_router(module.router)


@router.get("/openapi.json", include_in_schema=False)
async def openapi(request: Request) -> dict[str, Any]:
    """The API's own description."""
    return describe(request.app)


@router.get("/docs", include_in_schema=False)
async def docs(request: Request) -> HTMLResponse:
    """The description to read; it loads nothing from elsewhere."""
    return HTMLResponse(pages.get_template("docs.html").render(document=describe(request.app), style=style_version()))

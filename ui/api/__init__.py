"""The REST API: /api/v1."""

from typing import Any

from fastapi import APIRouter, Depends, FastAPI, Request
from fastapi.openapi.docs import get_swagger_ui_html
from fastapi.openapi.utils import get_openapi
from fastapi.responses import HTMLResponse

from ui.api import cases, figures, handoffs, registrations, tasks
from ui.api.deps import safe_address

router = APIRouter(prefix="/api/v1", dependencies=[Depends(safe_address)])
for module in (registrations, cases, tasks, handoffs, figures):
    router.include_router(module.router)


@router.get("/openapi.json", include_in_schema=False)
async def openapi(request: Request) -> dict[str, Any]:
    """The API's own description."""
    app: FastAPI = request.app
    routes = [route for route in app.routes if getattr(route, "path", "").startswith("/api/v1")]
    return get_openapi(title="Langkah", version="1", routes=routes or app.routes)


@router.get("/docs", include_in_schema=False)
async def docs() -> HTMLResponse:
    """The description to read and try."""
    return get_swagger_ui_html(openapi_url="/api/v1/openapi.json", title="Langkah API")

"""The web application: public pages, sign-in, REST, staff pages, health."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, PlainTextResponse, Response
from nicegui import ui
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy import text

from models import db, schema
from models.clock import wake_clock
from models.services.announce import all_told
from models.services.vault import key_for
from models.settings import get_settings
from ui.api import errors, router
from ui.auth import Guard
from ui.edge import rare_collections
from ui.live import Live
from ui.outages import Outages
from ui.pages import missing, register_pages
from ui.public.case_files import router as case_files_router
from ui.public.drawing import Static
from ui.public.files import router as files_router
from ui.public.own_case import router as own_case_router
from ui.public.pages import router as public_router
from ui.public.registering import router as registering_router
from ui.public.signing_in import router as signing_in_router


def create_app(database_url: str) -> FastAPI:
    """Build the application on a database."""
    settings = get_settings()

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        db.connect(database_url, size=12)
        if settings.demo:
            async with db.transaction() as session:
                await wake_clock(session)
        Live.start()
        Outages.start()
        rare_collections()
        yield
        await Outages.stop()
        await Live.stop()
        await all_told()
        await db.engine().dispose()

    app = FastAPI(title="Langkah", version="1", lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None)
    app.mount("/static", Static(directory=Path(__file__).parent / "static"), name="static")
    for part in (public_router, registering_router, signing_in_router, own_case_router, files_router, case_files_router, router):
        app.include_router(part)
    errors.install(app)
    _health(app)
    register_pages()
    missing.install(app)
    ui.run_with(app, title="Langkah", storage_secret=key_for("nicegui").hex(), tailwind=False, reconnect_timeout=30, language="id")
    app.add_middleware(Guard, base_url=settings.public_url())
    return app


def _health(app: FastAPI) -> None:
    @app.get("/health/live", include_in_schema=False)
    async def live() -> Response:
        return PlainTextResponse("ok")

    @app.get("/health/ready", include_in_schema=False)
    async def ready() -> Response:
        try:
            async with db.transaction() as session:
                revision = await session.scalar(text("SELECT version_num FROM alembic_version"))
        except db.AWAY:
            return JSONResponse({"status": "the database does not answer"}, 503)
        return JSONResponse({"status": "ok", "revision": revision}, 200 if revision == schema.head() else 503)

    @app.get("/metrics", include_in_schema=False)
    async def metrics(request: Request) -> Response:
        if request.client and request.client.host not in ("127.0.0.1", "::1"):
            return PlainTextResponse("only from this machine", 403)
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

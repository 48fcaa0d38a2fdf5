"""What is not there, or not for this person: said in their language, with a way back and the status that belongs to it."""

from fastapi import FastAPI, Request
from fastapi.responses import PlainTextResponse, Response
from nicegui import Client, ui
from nicegui import app as pages
from starlette.routing import Match

from models.definitions.definition import Definition
from models.errors import LangkahError, NotFound
from models.language import BOTH
from ui.api.errors import DETAILS
from ui.components.elements import el, empty, link
from ui.desk import Desk
from ui.frame import frame, heading, rail_counts
from ui.i18n import both
from ui.problems import problem
from ui.public.drawing import render

HOME = "/staff"


def draw_missing(desk: Desk, title: str, error: LangkahError, counts: dict[str, int], definition: Definition, back: str = HOME) -> None:
    """Draw the page of something that could not be shown; `back` is where a person goes on from here."""
    ui.context.client.status_code = error.status
    with frame(desk, title, counts, definition):
        heading(title)
        empty(desk.sentence(error))
        with el("p"):
            link(desk.t("back_to_list" if back != HOME else "back_to_start"), back, "b")


def draw_refused(desk: Desk, title: str, counts: dict[str, int], definition: Definition) -> None:
    """Draw a page that exists, but is not for this person."""
    with frame(desk, title, counts, definition):
        heading(title)
        empty(desk.t("no_access"))


async def missing_page(desk: Desk, error: LangkahError | None = None) -> None:
    """The page at an address that leads nowhere, or of another error; its title goes by the error's status."""
    counts, definition = await rail_counts(desk)
    shown = error or NotFound(both("unknown_page").in_(BOTH))
    title = {404: "not_found", 500: "trouble"}.get(shown.status, "cannot_show")
    draw_missing(desk, desk.t(title), shown, counts, definition)


def install(app: FastAPI) -> None:
    """Answer every address that leads nowhere: the API as a problem, staff within their frame, all others publicly."""

    async def nowhere(request: Request, _error: Exception) -> Response:
        path = request.url.path
        if path.startswith("/_nicegui"):
            return PlainTextResponse("not found", 404)
        if path.startswith("/api/"):
            other_method = any(route.matches(request.scope)[0] == Match.PARTIAL for route in app.routes)
            status = 405 if other_method else 404
            return problem(status, DETAILS[status])
        if request.state.actor is None or not path.startswith(f"{HOME}/"):
            return render(request, "missing.html", 404)
        with Client(ui.page(""), request=request) as client:
            await missing_page(Desk.of(request))
        return client.build_response(request, 404)

    pages.add_exception_handler(404, nowhere)

"""The answer of every path while the database is away: 503 with a kind page, or as problem+json under /api."""

from starlette.requests import Request
from starlette.responses import Response

from ui.problems import problem
from ui.public.drawing import render

RETRY = {"Retry-After": "5"}
SENTENCE = "Basis data tidak menjawab; coba lagi / the database does not answer; try again"


def database_away(request: Request) -> Response:
    """Say that the database does not answer; a page that was only read tries again by itself."""
    if request.url.path.startswith("/api/"):
        answer: Response = problem(503, SENTENCE, "database")
    else:
        answer = render(request, "outage.html", 503, retries=request.method in ("GET", "HEAD"))
    answer.headers.update(RETRY | {"Cache-Control": "no-store"})
    return answer

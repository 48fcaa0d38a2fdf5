"""The API's own description (OpenAPI): what each path takes and answers, how one signs in, and how it refuses."""

from typing import Any, Final

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from models.services.access import SESSION_HOURS
from ui.api.shapes import Problem
from ui.auth import COOKIE

ABOUT: Final = (
    "Lists are `{items, next}` with `cursor` and `limit`. A POST with an `Idempotency-Key` is carried out once; the same key again"
    " gives the first answer. Refusals are `application/problem+json`; their messages are `Indonesian / English`."
)
SCHEMES: Final = {
    "bearer": {"type": "http", "scheme": "bearer", "description": "A token of `langkah tokens add`."},
    "session": {
        "type": "apiKey",
        "in": "cookie",
        "name": COOKIE,
        "description": f"The session of a person who signed in at `/login`, for {SESSION_HOURS} hours; it may read only.",
    },
}
KEY: Final = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "The same key again gives the answer of the first time.",
    "schema": {"type": "string", "maxLength": 200},
}
REFUSALS: Final = {
    "401": "No valid token or session",
    "403": "The role, stage or district does not permit this",
    "404": "There is no such thing, or not for you",
    "409": "Somebody was faster, or the state does not permit it any more",
    "413": "More bytes than may be sent",
    "422": "A field is wrong; `errors` names each",
    "503": "The database does not answer",
}


def answers(model: Any, status: int = 200, more: dict[str, Any] | None = None) -> dict[str, Any]:
    """Arguments of a route that say what it answers with; `more` are schemas of other contents by media type.

    The answer itself is not rebuilt from the model: that would cost lists their speed.
    """
    described: dict[str, Any] = {"model": model, "description": (model.__doc__ or "").strip() if isinstance(model, type) else "The answer"}
    if more:
        described["content"] = {kind: {"schema": schema} for kind, schema in more.items()}
    return {"response_model": None, "responses": {status: described}}


def describe(app: FastAPI) -> dict[str, Any]:
    """The document of all paths under /api/v1."""
    document = get_openapi(title="Langkah", version="1", description=ABOUT, routes=app.routes)
    parts = document.setdefault("components", {})
    problem = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas = parts.setdefault("schemas", {})
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    schemas |= problem.pop("$defs") | {"Problem": problem}
    parts["securitySchemes"] = SCHEMES
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            _complete(path, method, operation)
    return document


def _complete(path: str, method: str, operation: dict[str, Any]) -> None:
    """Who may call it, and how it refuses; partners' answers carry a signature instead."""
    signed = path.endswith("/callback")
    operation["security"] = [] if signed else [{"bearer": []}, {"session": []}] if method == "get" else [{"bearer": []}]
    possible = {"401", "403", "422", "503"}
    if "{" in path:
        possible.add("404")
    if method == "post":
        possible |= {"409", "413"}
        if not signed and not path.endswith("/reveal"):
            operation.setdefault("parameters", []).append(KEY)
    told = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    operation["responses"] |= {status: {"description": REFUSALS[status], "content": told} for status in sorted(possible)}

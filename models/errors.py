"""Every error that Langkah raises on purpose; the edges (API, pages, CLI) turn them into an answer for a person."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with an input: where (`field` or `row`), a stable `code`, and what to do about it."""

    code: str
    message: str
    field: str | None = None
    row: int | None = None


class LangkahError(Exception):
    """Base of all errors meant for a person; `status` is the HTTP status that the API answers with."""

    status = 400
    code = "bad_request"

    def __init__(self, message: str, problems: list[Problem] | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.problems = problems or []


class NotFound(LangkahError):
    """The thing does not exist, or the actor may not know that it does."""

    status, code = 404, "not_found"


class NotAllowed(LangkahError):
    """The actor's role, stage or district does not permit this."""

    status, code = 403, "not_allowed"


class NotSignedIn(LangkahError):
    """Nobody, or nobody valid, is behind the request."""

    status, code = 401, "not_signed_in"


class Conflict(LangkahError):
    """Somebody was faster, or the state does not permit the command any more."""

    status, code = 409, "conflict"


class Invalid(LangkahError):
    """Input that fails validation; `problems` names each field or row."""

    status, code = 422, "invalid"


class TooLarge(LangkahError):
    """More bytes than may be sent; the message names the limit."""

    status, code = 413, "too_large"


class TooMany(LangkahError):
    """Asked too often; wait and try again."""

    status, code = 429, "too_many"


class Unexpected(LangkahError):
    """Something broke that nobody foresaw; the message tells nothing of what it was."""

    status, code = 500, "unexpected"


class SettingsError(LangkahError):
    """A setting is wrong or missing; the message names it and what is expected."""

    status, code = 500, "settings"

"""What every path of the API shares: who asks, a transaction, an answer that is given once for each Idempotency-Key."""

import hashlib
import json
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Request
from fastapi.encoders import jsonable_encoder
from pydantic import AwareDatetime, BeforeValidator, Strict
from pydantic_core import PydanticCustomError
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from models.db import transaction
from models.errors import Conflict, Invalid, NotSignedIn, Problem
from models.safe_text import MESSAGE, Safe, is_safe
from models.services.actor import Actor
from models.services.vault import decrypt, encrypt


def _written(value: Any) -> Any:
    """Refuse what is no ISO date or time: pydantic alone takes a number for seconds since 1970."""
    if not isinstance(value, str) or not re.match(r"\d{4}-\d\d-\d\d", value):
        raise PydanticCustomError("date_type", "no ISO date")
    return value


# JSON has types of its own: true is no number, "5" neither, and 5 is no date.
Whole = Annotated[int, Strict()]
Day = Annotated[date, BeforeValidator(_written)]
Moment = Annotated[AwareDatetime, BeforeValidator(_written)]


class Body(Safe):
    """A request's body; unknown fields, and text that cannot be kept, are refused by name."""


def wrong(field: str, code: str, indonesian: str, english: str) -> Invalid:
    """A refusal of one field, in both languages."""
    message = f"{indonesian} / {english}"
    return Invalid(message, [Problem(code, message, field=field)])


def one_of(field: str, code: str, known: Iterable[str]) -> Invalid:
    """The refusal of a word that is none of those known."""
    words = ", ".join(known)
    return wrong(field, code, f"Isi {field} dengan salah satu dari: {words}", f"Give {field} as one of: {words}")


async def safe_address(request: Request) -> None:
    """Refuse a path or query that holds text that the database cannot keep."""
    for name, value in [*request.path_params.items(), *request.query_params.multi_items()]:
        if not is_safe(str(value)):
            raise Invalid(MESSAGE, [Problem("unsafe_text", MESSAGE, field=str(name))])


async def who(request: Request) -> Actor:
    """The token's actor. Raises NotSignedIn."""
    actor: Actor | None = request.state.actor
    if actor is None:
        raise NotSignedIn("Token tidak ada atau tidak sah / a valid bearer token is needed")
    return actor


async def database() -> AsyncIterator[AsyncSession]:
    """A transaction that commits when the answer is ready."""
    async with transaction() as session:
        yield session


Who = Annotated[Actor, Depends(who)]
Database = Annotated[AsyncSession, Depends(database, scope="function")]


async def once(
    request: Request, session: AsyncSession, actor: Actor, work: Callable[[], Awaitable[Any]], *, content: bytes | None = None
) -> Any:
    """Do the work and return its answer; the same Idempotency-Key again gives the answer of the first time, kept encrypted.

    `content` stands for the request's body where that never looks the same twice (an upload). Raises Conflict when the key
    was used for something else.
    """
    key = request.headers.get("idempotency-key")
    if not key:
        return await work()
    if len(key) > 200:
        raise wrong("Idempotency-Key", "too_long", "Idempotency-Key paling panjang 200 huruf", "Idempotency-Key has at most 200 characters")
    print_ = hashlib.sha256(request.url.path.encode() + (await request.body() if content is None else content)).hexdigest()
    await session.execute(text("SELECT pg_advisory_xact_lock(hashtext(:key))"), {"key": f"{actor.id}:{key}"})
    known = (
        await session.execute(
            text("SELECT fingerprint, body FROM idempotency_key WHERE key = :key AND actor = :actor"), {"key": key, "actor": actor.id}
        )
    ).first()
    if known is not None:
        if known.fingerprint != print_:
            message = "Idempotency-Key sudah dipakai untuk isi lain / the key was used for another body"
            raise Conflict(message, [Problem("key_reused", message, field="Idempotency-Key")])
        return json.loads(decrypt(known.body, "idempotency_key"))
    answer = jsonable_encoder(await work())
    await session.execute(
        text("INSERT INTO idempotency_key (key, actor, fingerprint, status, body) VALUES (:key, :actor, :print, 200, :body)"),
        {"key": key, "actor": actor.id, "print": print_, "body": encrypt(json.dumps(answer).encode(), "idempotency_key")},
    )
    return answer


def page(items: list[dict[str, Any]], limit: int, key: str) -> dict[str, Any]:
    """A list with the cursor of its next page, None at the end."""
    return {"items": items, "next": str(items[-1][key]) if len(items) == limit else None}


def timed_page(items: list[dict[str, Any]], limit: int, moment: str) -> dict[str, Any]:
    """A list ordered by a moment and the id, with the cursor of its next page."""
    last = items[-1] if len(items) == limit else None
    return {"items": items, "next": cursor_of(last[moment], last["id"]) if last else None}


def cursor_of(moment: datetime | None, id_: str) -> str:
    """The cursor of a row in a list ordered by a moment and the id."""
    return f"{moment.isoformat() if moment else ''}~{id_}"


def read_cursor(cursor: str | None) -> tuple[datetime | None, str] | None:
    """A cursor as its parts, None when there is none. Raises Invalid for anything that no list has given."""
    if not cursor:
        return None
    moment, _, id_ = cursor.replace(" ", "+").partition("~")
    try:
        parsed = datetime.fromisoformat(moment) if moment else None
        if parsed is not None and parsed.tzinfo is None:
            raise ValueError
        return parsed, str(UUID(id_))
    except ValueError:
        raise bad_cursor() from None


def read_timed_cursor(cursor: str | None) -> tuple[datetime, str] | None:
    """A cursor whose moment is never missing. Raises Invalid."""
    found = read_cursor(cursor)
    if found is None:
        return None
    moment, id_ = found
    if moment is None:
        raise bad_cursor()
    return moment, id_


def bad_cursor() -> Invalid:
    """The refusal of a cursor that no list has given."""
    return wrong(
        "cursor", "bad_cursor", "Pakai cursor dari next pada halaman sebelumnya", "Use the cursor that next of the page before gave"
    )


def an_id(text_: str) -> str:
    """An id in its usual form. Raises Invalid."""
    try:
        return str(UUID(text_))
    except ValueError:
        raise wrong("id", "not_an_id", "Ini bukan id", "This is not an id") from None

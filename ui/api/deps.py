"""What every path of the API shares: who asks, a transaction, an answer that is given once for each Idempotency-Key."""

import hashlib
import json
from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import Depends, Request
from pydantic import BaseModel, ConfigDict
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from models.db import transaction
from models.errors import Conflict, NotSignedIn, Problem
from models.services.actor import Actor


class Body(BaseModel):
    """A request's body; unknown fields are refused by name."""

    model_config = ConfigDict(extra="forbid")


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


async def once(request: Request, session: AsyncSession, actor: Actor) -> Any:
    """The answer given before to the same Idempotency-Key, None when there is none. Raises Conflict for another body."""
    key = request.headers.get("idempotency-key")
    if not key:
        return None
    await session.execute(text("SELECT pg_advisory_xact_lock(hashtext(:key))"), {"key": f"{actor.id}:{key}"})
    row = (
        await session.execute(
            text("SELECT fingerprint, body FROM idempotency_key WHERE key = :key AND actor = :actor"),
            {"key": key, "actor": actor.id},
        )
    ).first()
    if row is None:
        return None
    if row.fingerprint != await _fingerprint(request):
        message = "Idempotency-Key sudah dipakai untuk isi lain / the key was used for another body"
        raise Conflict(message, [Problem("key_reused", message, field="Idempotency-Key")])
    return json.loads(row.body)


async def remember(request: Request, session: AsyncSession, actor: Actor, body: Any) -> Any:
    """Keep an answer under the request's Idempotency-Key and return it."""
    key = request.headers.get("idempotency-key")
    if key:
        await session.execute(
            text("INSERT INTO idempotency_key (key, actor, fingerprint, status, body) VALUES (:key, :actor, :print, 200, :body)"),
            {"key": key, "actor": actor.id, "print": await _fingerprint(request), "body": json.dumps(body, default=str).encode()},
        )
    return body


async def _fingerprint(request: Request) -> str:
    return hashlib.sha256(request.url.path.encode() + await request.body()).hexdigest()


def page(items: list[dict[str, Any]], limit: int, key: str) -> dict[str, Any]:
    """A list with the cursor of its next page, None at the end."""
    return {"items": items, "next": str(items[-1][key]) if len(items) == limit else None}

"""What somebody searches for in a list, kept with the session: it may be a person's name, so it stands in no address."""

import json

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from models.services.access import token_hash
from models.services.vault import decrypt, encrypt

LONGEST, MOST_PLACES = 80, 20


async def kept(session: AsyncSession, token: str | None, place: str) -> str:
    """The words that were searched for last at a place (a page's path) in a session; "" when there are none."""
    return (await _all(session, token)).get(place, "")


async def keep(session: AsyncSession, token: str | None, place: str, words: str) -> None:
    """Remember what is searched for at a place until the session ends; nothing to remember without a session."""
    known = await _all(session, token, lock=True)
    known.pop(place, None)
    if words.strip():
        known[place] = words[:LONGEST]
    newest = dict(list(known.items())[-MOST_PLACES:])
    await session.execute(
        text("UPDATE sign_in SET searches = :kept WHERE token_hash = :hash"),
        {"kept": encrypt(json.dumps(newest).encode(), "searches") if newest else None, "hash": token_hash(token or "")},
    )


async def _all(session: AsyncSession, token: str | None, *, lock: bool = False) -> dict[str, str]:
    stored = await session.scalar(
        text(f"SELECT searches FROM sign_in WHERE token_hash = :hash{' FOR NO KEY UPDATE' if lock else ''}"),
        {"hash": token_hash(token or "")},
    )
    return dict(json.loads(decrypt(stored, "searches"))) if stored else {}

"""Published definitions: publishing a bundle, and the definition that a case is pinned to."""

import json
from collections.abc import Iterable
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from models.db import changed, remembered
from models.definitions.definition import Definition
from models.definitions.live import Bundle
from models.definitions.loader import content_hash, in_order
from models.engine.case import Case
from models.errors import Conflict, NotFound
from models.services.actor import Actor

NEWEST = "newest live parts"
_built: dict[tuple[str, str], Definition] = {}


async def publish(session: AsyncSession, actor: Actor, bundle: Bundle) -> str:
    """Publish a checked bundle and return the hash of its pinned part; it is now what new cases get.

    An earlier definition may be published again: it keeps its hash and its cases. Publishing the newest again changes nothing.
    """
    actor.require("publish_definition")
    pinned, live = content_hash(bundle.pinned), content_hash(bundle.live)
    await session.execute(
        text(
            "INSERT INTO definition AS d (hash, programme, version, effective_from, body, published_by, published_at)"
            " VALUES (:hash, :programme, :version, :effective, CAST(:body AS json), :by, clock_timestamp())"
            " ON CONFLICT (hash) DO UPDATE SET published_at = excluded.published_at, published_by = excluded.published_by"
            " WHERE EXISTS (SELECT FROM definition other WHERE other.programme = d.programme AND other.hash <> d.hash"
            " AND other.published_at >= d.published_at)"
        ),
        {
            "hash": pinned,
            "programme": bundle.pinned.programme,
            "version": bundle.pinned.version,
            "effective": bundle.pinned.effective_from,
            "body": in_order(bundle.pinned),
            "by": actor.id,
        },
    )
    newest = await session.scalar(
        text("SELECT hash FROM live_part WHERE programme = :programme ORDER BY id DESC LIMIT 1"),
        {"programme": bundle.pinned.programme},
    )
    if newest != live:
        await session.execute(
            text("INSERT INTO live_part (programme, hash, body, published_by) VALUES (:programme, :hash, CAST(:body AS json), :by)"),
            {"programme": bundle.pinned.programme, "hash": live, "body": in_order(bundle.live), "by": actor.id},
        )
    changed(session, NEWEST)
    return pinned


async def all_current(session: AsyncSession) -> list[Definition]:
    """The current definition of every programme, by name."""
    names = list(await session.scalars(text("SELECT DISTINCT programme FROM definition ORDER BY 1")))
    return [await current(session, name) for name in names]


async def current(session: AsyncSession, programme: str | None = None) -> Definition:
    """The definition that new cases get: the one published last (of the only programme, when none is named).

    Raises NotFound when there is none, Conflict when none is named and there are several programmes.
    """
    rows = (
        await session.execute(
            text(
                "SELECT DISTINCT ON (programme) programme, hash FROM definition"
                " WHERE (CAST(:programme AS text) IS NULL OR programme = :programme)"
                " ORDER BY programme, published_at DESC, hash"
            ),
            {"programme": programme},
        )
    ).all()
    if not rows:
        raise NotFound("Belum ada program yang diterbitkan / no programme has been published yet: langkah programme publish")
    if len(rows) > 1:
        names = ", ".join(row.programme for row in rows)
        raise Conflict(f"Ada beberapa program, sebutkan satu / there are several programmes, name one: {names}")
    return await by_hash(session, rows[0].hash)


async def by_hash(session: AsyncSession, hash_: str) -> Definition:
    """The pinned definition of that hash with the live parts of today."""
    newest = await remembered(NEWEST, lambda: _newest(session))
    live_hash = newest.get(hash_)
    known = _built.get((hash_, live_hash or ""))
    if known is not None:
        return known
    row = (
        await session.execute(
            text(
                "SELECT d.body AS pinned, l.body AS live FROM definition d JOIN live_part l USING (programme)"
                " WHERE d.hash = :hash AND l.hash = :live ORDER BY l.id DESC LIMIT 1"
            ),
            {"hash": hash_, "live": live_hash},
        )
    ).first()
    if row is None:
        raise NotFound(f"Definisi {hash_[:12]} tidak ada / there is no definition {hash_[:12]}")
    definition = Definition(Bundle.model_validate({"pinned": _json(row.pinned), "live": _json(row.live)}))
    _built[(hash_, live_hash or "")] = definition
    return definition


async def _newest(session: AsyncSession) -> dict[str, str]:
    """The newest live part of each definition, by the definition's hash."""
    rows = await session.execute(
        text(
            "SELECT DISTINCT ON (d.hash) d.hash, l.hash AS live FROM definition d JOIN live_part l USING (programme)"
            " ORDER BY d.hash, l.id DESC"
        )
    )
    return {row.hash: row.live for row in rows}


async def of_cases(session: AsyncSession, cases: Iterable[Case]) -> dict[str, Definition]:
    """The definitions that some cases are pinned to, by hash: one look-up for each, not for each case."""
    return {hash_: await by_hash(session, hash_) for hash_ in {case.definition for case in cases}}


def _json(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value

"""Scarce things: classes with seats. Reserved in the transaction that moves the case; the database refuses overbooking."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy.ext.asyncio import AsyncSession

from models.db import driver
from models.definitions.definition import Definition

CLASSES = UUID("0f0a4a0e-9a58-4a43-8a0c-7b4a1a7f6d10")


@dataclass(frozen=True, slots=True)
class Place:
    """A class with free seats."""

    id: str
    name: str
    starts_at: datetime
    venue: dict[str, str]
    free: int


async def lock(session: AsyncSession, group: str) -> None:
    """Let one transaction at a time reserve in a group of resources."""
    number = int.from_bytes(hashlib.sha256(group.encode()).digest()[:8], signed=True)
    await (await driver(session)).execute("SELECT pg_advisory_xact_lock($1)", number)


async def plan_classes(session: AsyncSession, definition: Definition, district: str, kind: str, first: date, weeks: int) -> None:
    """Make sure that a district's classes of a kind stand in the calendar for some weeks, on working days only."""
    rules: dict[str, Any] = definition.live.resources["classes"]
    calendar, rows = definition.calendar, []
    hour, minute = (int(part) for part in str(rules["starts"]).split(":"))
    places = int(int(rules["capacity"]) * float(rules["overbooking"]))
    for offset in range(weeks * 7):
        day = first + timedelta(days=offset)
        if day.weekday() not in rules["weekdays"] or not calendar.is_working_day(day) or calendar.is_paused(day):
            continue
        # A district holds one class a week: the kinds take turns, and each district keeps its own weekday.
        own = int(hashlib.sha256(district.encode()).hexdigest(), 16)
        kinds = list(rules["kinds"])
        if day.weekday() != rules["weekdays"][own % len(rules["weekdays"])]:
            continue
        if kinds[(own + day.isocalendar().week) % len(kinds)] != kind:
            continue
        name = f"{district} {kind} {day.isoformat()}"
        starts = datetime.combine(day, time(hour, minute), calendar.zone)
        venue = {lang: text.format(district=definition.areas.name(district)) for lang, text in rules["venue"].items()}
        rows.append((uuid5(CLASSES, f"{definition.programme}:{name}"), name, district, places, starts, day, venue))
    await (await driver(session)).executemany(
        "INSERT INTO resource (id, programme, kind, name, district, places, starts_at, day, details)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, jsonb_build_object('venue_id', $9::text, 'venue_en', $10::text))"
        " ON CONFLICT DO NOTHING",
        [(r[0], definition.programme, f"class:{kind}", r[1], r[2], r[3], r[4], r[5], r[6]["id"], r[6]["en"]) for r in rows],
    )


async def free_classes(session: AsyncSession, definition: Definition, district: str, kind: str, after: datetime) -> list[Place]:
    """A district's classes of a kind with free seats, earliest first."""
    rows = await (await driver(session)).fetch(
        "SELECT id::text, name, starts_at, details->>'venue_id' AS venue_id, details->>'venue_en' AS venue_en,"
        " places - taken AS free FROM resource"
        " WHERE programme = $1 AND kind = $2 AND district = $3 AND starts_at > $4 AND taken < places ORDER BY starts_at LIMIT 50",
        definition.programme,
        f"class:{kind}",
        district,
        after,
    )
    return [Place(r["id"], r["name"], r["starts_at"], {"id": r["venue_id"], "en": r["venue_en"]}, r["free"]) for r in rows]


async def take(session: AsyncSession, resource: str, case_ids: Sequence[str], now: datetime) -> None:
    """Take seats. The check on `resource` makes the transaction fail rather than overbook."""
    connection = await driver(session)
    await connection.execute(
        "INSERT INTO seat (resource_id, case_id, taken_at) SELECT $1::uuid, c, $3 FROM unnest($2::uuid[]) AS c",
        resource,
        list(case_ids),
        now,
    )
    await connection.execute("UPDATE resource SET taken = taken + $2 WHERE id = $1::uuid", resource, len(case_ids))


async def give_back(session: AsyncSession, case_ids: Sequence[str], *, after: datetime | None = None) -> None:
    """Free the seats that the cases hold in classes: all, or those of what begins after a moment.

    Resources are locked in the order in which places are given (area, kind, time), so that the two never wait in a ring.
    """
    connection = await driver(session)
    rows = await connection.fetch(
        "SELECT id FROM resource WHERE id IN (SELECT resource_id FROM seat WHERE case_id = ANY($1::uuid[]))"
        " AND starts_at > coalesce($2::timestamptz, '-infinity') ORDER BY district, kind, starts_at, id FOR NO KEY UPDATE",
        list(case_ids),
        after,
    )
    if rows:
        await connection.execute(
            "WITH gone AS (DELETE FROM seat WHERE case_id = ANY($1::uuid[]) AND resource_id = ANY($2::uuid[]) RETURNING resource_id),"
            " counted AS (SELECT resource_id, count(*) AS n FROM gone GROUP BY 1)"
            " UPDATE resource SET taken = taken - n FROM counted WHERE resource.id = counted.resource_id",
            list(case_ids),
            [row["id"] for row in rows],
        )


async def miscounted(session: AsyncSession) -> list[tuple[str, int, int]]:
    """Resources whose count of taken places is not that of their seats: (id, seats, taken)."""
    rows = await (await driver(session)).fetch(
        "SELECT r.id::text, r.taken, count(s.case_id)::int AS seats FROM resource r LEFT JOIN seat s ON s.resource_id = r.id"
        " GROUP BY r.id HAVING r.taken <> count(s.case_id)"
    )
    return [(row["id"], row["seats"], row["taken"]) for row in rows]

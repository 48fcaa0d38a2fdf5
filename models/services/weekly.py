"""The weekly update: frozen figures of an ISO week, counted by journal position, reproducible to the digit.

A week is the journal's part between two cuts; the cut is Monday 00:00 at the programme's place, whenever the flow runs.
For every stage and district present(week) = present(week-1) + entered - finished - left.
"""

import asyncio
import hashlib
import json
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from models.clock import programme_now
from models.definitions.calendar import Week
from models.definitions.definition import Definition
from models.errors import Conflict, Invalid, NotFound, Problem
from models.services.actor import Actor

Update = dict[str, Any]
_PATIENCE = 600


async def settled_position(session: AsyncSession) -> int:
    """The journal position up to which every event is committed or will never be.

    Positions are given out before they are committed: wait until every transaction that was running has ended. Raises
    Conflict after half a minute.
    """
    row = (
        await session.execute(
            text("SELECT coalesce(last_value, 0) AS last, pg_snapshot_xmax(pg_current_snapshot())::text AS upper FROM journal_position_seq")
        )
    ).one()
    for _ in range(_PATIENCE):
        # Our own transaction is never in its snapshot's list of running ones.
        running = "SELECT EXISTS (SELECT 1 FROM pg_snapshot_xip(pg_current_snapshot()) AS x WHERE x < CAST(CAST(:upper AS text) AS xid8))"
        if not await session.scalar(text(running), {"upper": row.upper}):
            return int(row.last)
        await asyncio.sleep(0.05)
    raise Conflict("Ada transaksi yang terlalu lama / a transaction runs too long; the week is frozen at the next attempt")


async def freeze_closed_weeks(session: AsyncSession, actor: Actor, definition: Definition) -> list[str]:
    """Freeze every closed week that is not frozen yet, oldest first; returns their names."""
    actor.require("freeze_figures")
    await session.execute(text("SELECT pg_advisory_xact_lock(hashtext('weekly:' || :p))"), {"p": definition.programme})
    now = await programme_now(session)
    week = await _next_week(session, definition)
    frozen: list[str] = []
    if week is None or week.cut(definition.calendar.zone) > now:
        return frozen
    settled = await settled_position(session)
    while week.cut(definition.calendar.zone) <= now:
        upto = await _position_of_cut(session, week.cut(definition.calendar.zone), settled)
        body = await figures(session, definition, week, upto, frozen=True)
        await session.execute(
            text(
                "INSERT INTO weekly_update (programme, week, journal_position, content_hash, body, frozen_at)"
                " VALUES (:programme, :week, :position, :hash, CAST(:body AS jsonb), :now)"
            ),
            {
                "programme": definition.programme,
                "week": str(week),
                "position": upto,
                "hash": body["content_hash"],
                "body": json.dumps(body),
                "now": now,
            },
        )
        frozen.append(str(week))
        week = week.next()
    return frozen


async def _next_week(session: AsyncSession, definition: Definition) -> Week | None:
    last = await session.scalar(text("SELECT max(week) FROM weekly_update WHERE programme = :p"), {"p": definition.programme})
    if last:
        return Week.parse(last).next()
    first = await session.scalar(text("SELECT min(opened_at) FROM cases WHERE programme = :p"), {"p": definition.programme})
    return Week.of(definition.calendar.local_date(first)) if first else None


async def _position_of_cut(session: AsyncSession, cut: datetime, settled: int) -> int:
    """The last position before the first event that was recorded at or after the cut."""
    first = await session.scalar(
        text("SELECT min(position) FROM journal WHERE recorded_at >= :cut AND position <= :settled"),
        {"cut": cut, "settled": settled},
    )
    return int(first) - 1 if first else settled


async def read(session: AsyncSession, actor: Actor, definition: Definition, week: Week) -> Update:
    """A week's update: the frozen one, or provisional figures while the week is open. Raises NotFound for a week to come."""
    actor.require("read_figures")
    body = await session.scalar(
        text("SELECT body FROM weekly_update WHERE programme = :p AND week = :week"),
        {"p": definition.programme, "week": str(week)},
    )
    if body is not None:
        return dict(body)
    now = await programme_now(session)
    if datetime.combine(week.monday, datetime.min.time(), definition.calendar.zone) > now:
        raise NotFound(f"Pekan {week} belum dimulai / the week has not begun")
    first = await session.scalar(text("SELECT min(opened_at) FROM cases WHERE programme = :p"), {"p": definition.programme})
    if first is None or week < Week.of(definition.calendar.local_date(first)):
        raise NotFound(f"Tidak ada angka untuk pekan {week} / there are no figures for this week")
    settled = await settled_position(session)
    upto = await _position_of_cut(session, week.cut(definition.calendar.zone), settled)
    return await figures(session, definition, week, upto, frozen=False)


async def weeks(session: AsyncSession, actor: Actor, definition: Definition) -> list[dict[str, Any]]:
    """All frozen weeks and the open one, newest first: {week, status, content_hash, journal_position, registered}."""
    actor.require("read_figures")
    rows = await session.execute(
        text(
            "SELECT week, content_hash, journal_position, (body->'registered'->>'total')::int AS registered FROM weekly_update"
            " WHERE programme = :p ORDER BY week DESC"
        ),
        {"p": definition.programme},
    )
    frozen = [dict(row._mapping) | {"status": "frozen"} for row in rows]
    present = str(Week.of(definition.calendar.local_date(await programme_now(session))))
    if await _next_week(session, definition) is None or any(item["week"] == present for item in frozen):
        return frozen
    return [{"week": present, "status": "provisional"}, *frozen]


async def verify_week(session: AsyncSession, definition: Definition, week: Week) -> Update:
    """Count a frozen week again from the journal. Raises Conflict when it does not come out the same to the digit."""
    row = (
        await session.execute(
            text("SELECT body, content_hash, journal_position FROM weekly_update WHERE programme = :p AND week = :week"),
            {"p": definition.programme, "week": str(week)},
        )
    ).first()
    if row is None:
        raise NotFound(f"Pekan {week} belum dibekukan / the week is not frozen")
    again = await figures(session, definition, week, row.journal_position, frozen=True)
    if again["content_hash"] != row.content_hash or content_hash(dict(row.body)) != row.content_hash:
        message = f"Pekan {week}: angka berbeda dari jurnal / the figures differ from the journal"
        raise Conflict(message, [Problem("differs", f"{row.content_hash} != {again['content_hash']}")])
    return again


async def figures(session: AsyncSession, definition: Definition, week: Week, upto: int, *, frozen: bool) -> Update:
    """Count one week from the journal up to a position."""
    zone = definition.calendar.zone
    cut, before = week.cut(zone), week.previous().cut(zone)
    since = await _position_before(session, definition, week, before)
    values = {"p": definition.programme, "since": since, "upto": upto, "cut": cut, "before": before}
    now = await programme_now(session)
    moment = cut if frozen else now
    registered = await _registered(session, values)
    rows = await _rows(session, definition, values | {"moment": moment})
    body: Update = {
        "week": str(week),
        "programme": definition.programme,
        "status": "frozen" if frozen else "provisional",
        "as_of": moment.isoformat(),
        "journal_position": upto,
        "definitions": sorted(await session.scalars(text(f"SELECT DISTINCT j.definition{_UPTO}"), values)),
        "target": {
            "count": definition.live.target.count,
            "date": definition.live.target.date.isoformat(),
            "registered": registered["total"],
        },
        "registered": registered,
        "rows": rows,
        "totals": _totals(definition, rows),
        "restatements": await _restatements(session, definition, values, week),
    }
    body["content_hash"] = content_hash(body)
    return body


def content_hash(body: Update) -> str:
    """SHA-256 of the canonical JSON of the figures, without the hash itself."""
    plain = {key: value for key, value in body.items() if key != "content_hash"}
    return hashlib.sha256(json.dumps(plain, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()).hexdigest()


async def _position_before(session: AsyncSession, definition: Definition, week: Week, cut: datetime) -> int:
    frozen = await session.scalar(
        text("SELECT journal_position FROM weekly_update WHERE programme = :p AND week = :week"),
        {"p": definition.programme, "week": str(week.previous())},
    )
    if frozen is not None:
        return int(frozen)
    first = await session.scalar(text("SELECT min(position) FROM journal WHERE recorded_at >= :cut"), {"cut": cut})
    return int(first) - 1 if first else 0


_OF_PROGRAMME = " JOIN cases c ON c.id = j.case_id AND c.programme = :p"
_UPTO = f" FROM journal j{_OF_PROGRAMME} WHERE j.position <= :upto"


async def _registered(session: AsyncSession, values: dict[str, Any]) -> dict[str, int]:
    row = (
        await session.execute(
            text(
                "SELECT count(*) AS total, count(*) FILTER (WHERE position > :since) AS week,"
                " count(*) FILTER (WHERE position > :since AND occurred_at < :before) AS earlier"
                f" FROM journal j{_OF_PROGRAMME} WHERE j.type = 'case_opened' AND j.position <= :upto"
            ),
            values,
        )
    ).one()
    return {"week": row.week, "total": row.total, "of_which_earlier": row.earlier}


async def _rows(session: AsyncSession, definition: Definition, values: dict[str, Any]) -> list[dict[str, Any]]:
    """One row for every stage and district, zeros included."""
    kinds = {"stage_entered": "entered", "stage_finished": "finished", "stage_left": "left"}
    empty = {"entered": 0, "finished": 0, "left": 0, "present": 0, "overdue": 0, "of_which_earlier": 0}
    table: dict[tuple[str, str], dict[str, Any]] = {
        (area.code, stage): {"district": area.code, "stage": stage, **empty}
        for area in definition.areas.districts()
        for stage in definition.stages
    }

    def cell(district: str, stage: str) -> dict[str, Any]:
        return table.setdefault((district, stage), {"district": district, "stage": stage, **empty})

    moved = await session.execute(
        text(
            "SELECT j.type, j.data->>'stage' AS stage, j.data->>'district' AS district, count(*) AS total,"
            " count(*) FILTER (WHERE j.position > :since) AS week,"
            " count(*) FILTER (WHERE j.position > :since AND j.occurred_at < :before) AS earlier"
            f" FROM journal j{_OF_PROGRAMME} WHERE j.type IN ('stage_entered','stage_finished','stage_left')"
            " AND j.position <= :upto GROUP BY 1, 2, 3"
        ),
        values,
    )
    for row in moved:
        place = cell(row.district, row.stage)
        place[kinds[row.type]] += row.week
        place["present"] += row.total if row.type == "stage_entered" else -row.total
        place["of_which_earlier"] += row.earlier if row.type == "stage_entered" else 0
    late = await session.execute(
        text(
            "SELECT district, stage, count(*) AS n FROM (SELECT DISTINCT ON (j.case_id) j.district, j.stage, j.status, j.due_at"
            f" FROM journal j{_OF_PROGRAMME} WHERE j.position <= :upto ORDER BY j.case_id, j.sequence DESC) AS last"
            " WHERE status = 'active' AND due_at < :moment GROUP BY 1, 2"
        ),
        values,
    )
    for row in late:
        cell(row.district, row.stage)["overdue"] += row.n
    return [table[key] for key in sorted(table)]


def _totals(definition: Definition, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    names = ("entered", "finished", "left", "present", "overdue", "of_which_earlier")
    return [
        {"stage": stage, **{name: sum(row[name] for row in rows if row["stage"] == stage) for name in names}} for stage in definition.stages
    ]


async def _restatements(session: AsyncSession, definition: Definition, values: dict[str, Any], week: Week) -> list[dict[str, Any]]:
    """Registrations recorded this week that belong to earlier ones: {week, figure, was, now, cases}."""
    zone = definition.calendar.zone.key
    rows = await session.execute(
        text(
            "SELECT to_char(j.occurred_at AT TIME ZONE :zone, 'IYYY\"-W\"IW') AS week, count(*) AS added,"
            " (array_agg(c.number ORDER BY c.number))[1:200] AS cases"
            f" FROM journal j{_OF_PROGRAMME} WHERE j.type = 'case_opened' AND j.position > :since AND j.position <= :upto"
            " AND j.occurred_at < :before GROUP BY 1 ORDER BY 1"
        ),
        values | {"zone": zone},
    )
    found = []
    for row in rows:
        known = await session.scalar(
            text(
                f"SELECT count(*) FROM journal j{_OF_PROGRAMME} WHERE j.type = 'case_opened' AND j.position <= :since"
                " AND to_char(j.occurred_at AT TIME ZONE :zone, 'IYYY\"-W\"IW') = :week"
            ),
            values | {"zone": zone, "week": row.week},
        )
        was = int(known or 0)
        found.append({"week": row.week, "figure": "registered", "was": was, "now": was + row.added, "cases": row.cases})
    return [item for item in found if item["week"] < str(week)]


def parse_week(words: str) -> Week:
    """Read a week from a person. Raises Invalid saying what was expected."""
    try:
        return Week.parse(words)
    except ValueError as error:
        raise Invalid(str(error), [Problem("not_a_week", str(error), field="week")]) from None


def week_days(week: Week) -> tuple[date, date]:
    """Its Monday and Sunday."""
    return week.monday, week.monday + timedelta(days=6)

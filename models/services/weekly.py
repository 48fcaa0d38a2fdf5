"""The weekly update: frozen figures of an ISO week, counted by journal position, reproducible to the digit.

A week is the journal's part between two cuts; the cut is Monday 00:00 at the programme's place, whenever the flow runs.
For every stage and district present(week) = present(week-1) + entered - finished - left.
"""

import json
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from models.clock import programme_now
from models.definitions.calendar import Week
from models.definitions.definition import Definition
from models.errors import Conflict, Invalid, NotFound, Problem
from models.services.actor import Actor
from models.services.figures import Frame, Update, content_hash, figures
from models.services.settled import settled_position


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
        body = await figures(session, Frame.of(definition), week, upto, moment=week.cut(definition.calendar.zone))
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


async def closed_unfrozen(session: AsyncSession, definition: Definition) -> bool:
    """Whether a week has closed that is not frozen yet."""
    week = await _next_week(session, definition)
    return week is not None and week.cut(definition.calendar.zone) <= await programme_now(session)


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
    cut = week.cut(definition.calendar.zone)
    upto = await _position_of_cut(session, cut, settled)
    return await figures(session, Frame.of(definition), week, upto, moment=min(cut, now), frozen=False)


async def weeks(session: AsyncSession, actor: Actor, definition: Definition) -> list[dict[str, Any]]:
    """All frozen weeks and those that are not frozen yet, newest first: {week, status, content_hash, journal_position, registered}."""
    actor.require("read_figures")
    rows = await session.execute(
        text(
            "SELECT week, content_hash, journal_position, (body->'registered'->>'total')::int AS registered FROM weekly_update"
            " WHERE programme = :p ORDER BY week DESC"
        ),
        {"p": definition.programme},
    )
    frozen = [dict(row._mapping) | {"status": "frozen"} for row in rows]
    week, present = await _next_week(session, definition), Week.of(definition.calendar.local_date(await programme_now(session)))
    waiting: list[dict[str, Any]] = []
    while week is not None and week <= present:
        waiting.insert(0, {"week": str(week), "status": "provisional"})
        week = week.next()
    return [*waiting, *frozen]


@dataclass(frozen=True, slots=True)
class Before:
    """What the frozen weeks before one say: how many finished each stage in all, and how many were overdue at their end."""

    finished: dict[str, int]
    overdue: int | None


async def before(session: AsyncSession, actor: Actor, definition: Definition, week: Week) -> Before:
    """The frozen weeks before a week in sum; `overdue` is None when the week just before is not frozen."""
    actor.require("read_figures")
    rows = await session.execute(
        text(
            "SELECT t->>'stage' AS stage, sum((t->>'finished')::int)::int AS finished,"
            " sum((t->>'overdue')::int) FILTER (WHERE u.week = :last)::int AS overdue"
            " FROM weekly_update u, jsonb_array_elements(u.body->'totals') AS t WHERE u.programme = :p AND u.week < :week GROUP BY 1"
        ),
        {"p": definition.programme, "week": str(week), "last": str(week.previous())},
    )
    told = list(rows)
    late = [row.overdue for row in told if row.overdue is not None]
    return Before({row.stage: row.finished for row in told}, sum(late) if late else None)


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
    frame = Frame.of_frozen(definition, dict(row.body))
    again = await figures(session, frame, week, row.journal_position, moment=week.cut(frame.zone))
    if again["content_hash"] != row.content_hash or content_hash(dict(row.body)) != row.content_hash:
        message = f"Pekan {week}: angka berbeda dari jurnal / the figures differ from the journal"
        raise Conflict(message, [Problem("differs", f"{row.content_hash} != {again['content_hash']}")])
    return again


def parse_week(words: str) -> Week:
    """Read a week from a person. Raises Invalid saying what was expected."""
    try:
        return Week.parse(words)
    except ValueError:
        message = "Tulis pekan seperti 2018-W03 / write a week such as 2018-W03"
        raise Invalid(message, [Problem("not_a_week", message, field="week")]) from None


def week_days(week: Week) -> tuple[date, date]:
    """Its Monday and Sunday."""
    return week.monday, week.monday + timedelta(days=6)

"""Counting one week out of the journal: pure SQL over positions, so that it comes out the same whenever it is counted.

For every stage and district present(week) = present(week-1) + entered - finished - left.
"""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from models.definitions.calendar import Week
from models.definitions.definition import Definition

Update = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Frame:
    """What the figures are held against: the target, and the rows that must exist, zeros included."""

    programme: str
    zone: ZoneInfo
    target: dict[str, Any]
    districts: list[str]
    stages: list[str]

    @classmethod
    def of(cls, definition: Definition) -> "Frame":
        """The frame of today's definition."""
        target = definition.live.target
        return cls(
            definition.programme,
            definition.calendar.zone,
            {"count": target.count, "date": target.date.isoformat()},
            [area.code for area in definition.areas.districts()],
            list(definition.stages),
        )

    @classmethod
    def of_frozen(cls, definition: Definition, body: Update) -> "Frame":
        """The frame in which a week was frozen: targets, stages and districts may have changed since."""
        return cls(
            definition.programme,
            definition.calendar.zone,
            {"count": body["target"]["count"], "date": body["target"]["date"]},
            sorted({row["district"] for row in body["rows"]}),
            [row["stage"] for row in body["totals"]],
        )


async def figures(session: AsyncSession, frame: Frame, week: Week, upto: int, *, moment: datetime, frozen: bool = True) -> Update:
    """Count one week from the journal up to a position; what is due before `moment` is overdue."""
    before = week.previous().cut(frame.zone)
    since = await _position_before(session, frame, week, before, upto)
    values = {"p": frame.programme, "since": since, "upto": upto, "before": before}
    moved, stands = await _moved(session, values), await _stands(session, values | {"moment": moment})
    registered = {
        "week": sum(row.n for row in moved if row.type == "case_opened"),
        "total": sum(row.n for row in stands),
        "of_which_earlier": sum(row.earlier for row in moved if row.type == "case_opened"),
    }
    rows = _rows(frame, moved, stands)
    body: Update = {
        "week": str(week),
        "programme": frame.programme,
        "status": "frozen" if frozen else "provisional",
        "as_of": moment.isoformat(),
        "journal_position": upto,
        "definitions": sorted({row.definition for row in stands}),
        "target": frame.target | {"registered": registered["total"]},
        "registered": registered,
        "rows": rows,
        "totals": _totals(frame, rows),
        "restatements": await _restatements(session, frame, values),
    }
    body["content_hash"] = content_hash(body)
    return body


def content_hash(body: Update) -> str:
    """SHA-256 of the canonical JSON of the figures, without the hash itself."""
    plain = {key: value for key, value in body.items() if key != "content_hash"}
    return hashlib.sha256(json.dumps(plain, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()).hexdigest()


async def _position_before(session: AsyncSession, frame: Frame, week: Week, cut: datetime, upto: int) -> int:
    """The last position before the week: where the one before was frozen, or was cut; nothing since then is no event."""
    frozen = await session.scalar(
        text("SELECT journal_position FROM weekly_update WHERE programme = :p AND week = :week"),
        {"p": frame.programme, "week": str(week.previous())},
    )
    if frozen is not None:
        return int(frozen)
    # OFFSET 0 keeps the planner from walking the whole journal by position to find the first late enough.
    first = await session.scalar(
        text("SELECT min(position) FROM (SELECT position FROM journal WHERE recorded_at >= :cut OFFSET 0) AS since"), {"cut": cut}
    )
    return min(int(first) - 1, upto) if first else upto


_OF_PROGRAMME = "j.definition IN (SELECT hash FROM definition WHERE programme = :p)"
_COUNTED = "(j.type = 'case_opened' OR j.type LIKE 'stage\\_%')"


async def _moved(session: AsyncSession, values: dict[str, Any]) -> list[Any]:
    """What the week's events were: (type, stage, district, n, earlier), stage and district being those left or entered."""
    rows = await session.execute(
        text(
            "SELECT j.type, j.data->>'stage' AS stage, j.data->>'district' AS district, count(*) AS n,"
            " count(*) FILTER (WHERE j.occurred_at < :before) AS earlier FROM journal j"
            f" WHERE {_COUNTED} AND j.position > :since AND j.position <= :upto AND {_OF_PROGRAMME} GROUP BY 1, 2, 3"
        ),
        values,
    )
    return list(rows)


async def _stands(session: AsyncSession, values: dict[str, Any]) -> list[Any]:
    """How all cases stood at a position: (district, stage, definition, n, present, overdue).

    A case stands as its row says unless the journal went on for it since; then as its last event up to there.
    """
    rows = await session.execute(
        text(
            "WITH since AS MATERIALIZED (SELECT DISTINCT case_id FROM journal WHERE position > :upto),"
            " state AS (SELECT c.stage, c.district, c.status, c.due_at, c.definition FROM cases c"
            " WHERE c.programme = :p AND NOT EXISTS (SELECT 1 FROM since WHERE since.case_id = c.id)"
            " UNION ALL SELECT last.* FROM since JOIN cases c ON c.id = since.case_id AND c.programme = :p CROSS JOIN LATERAL"
            " (SELECT j.stage, j.district, j.status, j.due_at, j.definition FROM journal j"
            " WHERE j.case_id = since.case_id AND j.position <= :upto ORDER BY j.sequence DESC LIMIT 1) AS last)"
            " SELECT district, stage, definition, count(*) AS n, count(*) FILTER (WHERE status IN ('active','on_hold')) AS present,"
            " count(*) FILTER (WHERE status = 'active' AND due_at < :moment) AS overdue FROM state GROUP BY 1, 2, 3"
        ),
        values,
    )
    return list(rows)


def _rows(frame: Frame, moved: list[Any], stands: list[Any]) -> list[dict[str, Any]]:
    """One row for every stage and district, zeros included."""
    kinds = {"stage_entered": "entered", "stage_finished": "finished", "stage_left": "left"}
    empty = {"entered": 0, "finished": 0, "left": 0, "present": 0, "overdue": 0, "of_which_earlier": 0}
    table: dict[tuple[str, str], dict[str, Any]] = {
        (district, stage): {"district": district, "stage": stage, **empty} for district in frame.districts for stage in frame.stages
    }

    def cell(row: Any) -> dict[str, Any]:
        return table.setdefault((row.district, row.stage), {"district": row.district, "stage": row.stage, **empty})

    for row in moved:
        if row.type in kinds:
            cell(row)[kinds[row.type]] += row.n
            cell(row)["of_which_earlier"] += row.earlier if row.type == "stage_entered" else 0
    for row in stands:
        if row.present and row.stage:
            cell(row)["present"] += row.present
            cell(row)["overdue"] += row.overdue
    return [table[key] for key in sorted(table)]


def _totals(frame: Frame, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    names = ("entered", "finished", "left", "present", "overdue", "of_which_earlier")
    return [{"stage": stage, **{name: sum(row[name] for row in rows if row["stage"] == stage) for name in names}} for stage in frame.stages]


async def _restatements(session: AsyncSession, frame: Frame, values: dict[str, Any]) -> list[dict[str, Any]]:
    """What was recorded this week but happened in an earlier one: {week, figure, stage?, was, now, cases}.

    `figure` is registered, entered, finished or left; `was` counts by the time of happening what was known before.
    """
    of_week = (
        "SELECT to_char(j.occurred_at AT TIME ZONE :zone, 'IYYY\"-W\"IW') AS week,"
        " CASE j.type WHEN 'case_opened' THEN 'registered' ELSE substr(j.type, 7) END AS figure,"
        " CASE j.type WHEN 'case_opened' THEN '' ELSE j.data->>'stage' END AS stage, count(*) AS n,"
        " (array_agg(DISTINCT c.number))[1:200] AS cases FROM journal j JOIN cases c ON c.id = j.case_id"
        f" WHERE {_COUNTED} AND j.type <> 'stage_skipped' AND {_OF_PROGRAMME} AND j.occurred_at < :before"
    )
    bound = values | {"zone": frame.zone.key}
    late = (await session.execute(text(f"{of_week} AND j.position > :since AND j.position <= :upto GROUP BY 1, 2, 3"), bound)).all()
    if not late:
        return []
    first = Week.parse(min(row.week for row in late)).previous().cut(frame.zone)
    known = await session.execute(
        text(f"{of_week} AND j.position <= :since AND j.occurred_at >= :first GROUP BY 1, 2, 3"), bound | {"first": first}
    )
    was = {(row.week, row.figure, row.stage): row.n for row in known}
    found = []
    for row in sorted(late, key=lambda r: (r.week, r.figure != "registered", r.stage, r.figure)):
        before = was.get((row.week, row.figure, row.stage), 0)
        item = {"week": row.week, "figure": row.figure, "was": before, "now": before + row.n, "cases": row.cases}
        found.append(item | ({"stage": row.stage} if row.stage else {}))
    return found

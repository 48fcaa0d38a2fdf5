"""The rail's numbers: one matrix of all open tasks for each process, read again when something changed, scoped in memory.

Three hundred people who look at the rail cost one query each time, not three hundred.
"""

import asyncio
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from time import monotonic

from sqlalchemy.ext.asyncio import AsyncSession

from models.db import address, fetch
from models.services import queues
from models.services.actor import Actor

Cell = tuple[str, str, str]
NAMES = ("all", "unassigned", "overdue", "escalated")


@dataclass(slots=True)
class Matrix:
    """Open tasks by (queue, stage, district) and whether they are claimed, and those of each person by cell.

    The numbers are those of NAMES; `began` is when the reading of it began (monotonic seconds), `of` its database.
    """

    of: str = ""
    began: float = float("-inf")
    cells: dict[tuple[Cell, bool], tuple[int, ...]] = field(default_factory=dict)
    held: dict[str, dict[Cell, tuple[int, ...]]] = field(default_factory=lambda: defaultdict(dict))


_matrix = Matrix()
_reading = asyncio.Lock()


async def rail_counts(session: AsyncSession, actor: Actor, now: datetime, *, since: float | None = None) -> dict[str, int]:
    """Numbers for the rail: mine, unassigned, overdue, escalated, and `queue:<name>` for each queue with open tasks.

    They are no older than `since` (monotonic seconds; the present moment when it is not given).
    """
    matrix = await _read_since(session, now, monotonic() if since is None else since)
    own = set(await queues.own_queues(session, actor))
    held = matrix.held.get(actor.id, {})
    counts = Counter({"mine": sum(numbers[0] for numbers in held.values())})
    reach: dict[tuple[str, str], tuple[bool, bool]] = {}
    for (cell, claimed), numbers in matrix.cells.items():
        queue, *place = cell
        key = (place[0], place[1])
        if key not in reach:
            reads = actor.may("read_task", stage=key[0], district=key[1])
            reach[key] = reads, actor.may("claim_own_queue", stage=key[0], district=key[1])
        reads, claims = reach[key]
        if reads or (claims and not claimed and queue in own):
            _add(counts, queue, numbers)
        elif claimed and cell in held:
            _add(counts, queue, held[cell])
    return {"mine": 0, "unassigned": 0, "overdue": 0, "escalated": 0} | counts


def _add(counts: Counter[str], queue: str, numbers: tuple[int, ...]) -> None:
    counts.update(dict(zip((f"queue:{queue}", *NAMES[1:]), numbers, strict=True)))


async def _read_since(session: AsyncSession, now: datetime, since: float) -> Matrix:
    """The matrix as it was at `since` or later; whoever comes while it is read waits for that reading."""
    global _matrix
    async with _reading:
        if _matrix.began < since or _matrix.of != address():
            began = monotonic()
            _matrix = await _read(session, now)
            _matrix.began = began
        return _matrix


async def _read(session: AsyncSession, now: datetime) -> Matrix:
    matrix = Matrix(address())
    rows = await fetch(
        session,
        "SELECT queue, stage, district, CASE WHEN state = 'claimed' THEN assignee END AS holder, state = 'claimed' AS claimed, count(*),"
        " count(*) FILTER (WHERE state = 'open'), count(*) FILTER (WHERE due_at < :now), count(*) FILTER (WHERE escalated)"
        f" FROM task WHERE {queues.OPEN.replace('t.', '')} AND NOT held GROUP BY 1, 2, 3, 4, 5",
        {"now": now},
    )
    for queue, stage, district, holder, claimed, *numbers in rows:
        cell, found = (queue, stage, district), tuple(numbers)
        known = matrix.cells.get((cell, claimed), (0, 0, 0, 0))
        matrix.cells[cell, claimed] = tuple(map(sum, zip(known, found, strict=True)))
        if holder:
            matrix.held[holder][cell] = found
    return matrix

"""One statement that writes all that a set of decisions changed: cases, journal and projections.

A data-modifying WITH does every part in one round trip; a part without rows is left out. The text depends only on which
parts there are and whether they have one row, so the driver keeps some dozen statements prepared.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

Columns = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Kind:
    """A part of the statement: SQL that reads its rows from `{new}`, whose columns (name, PostgreSQL type) are these."""

    sql: str
    columns: Columns


@dataclass(frozen=True, slots=True)
class Part:
    """A kind with the rows to write, at least one."""

    kind: Kind
    rows: Sequence[tuple[Any, ...]]


async def write(connection: Any, parts: Sequence[Part]) -> list[int]:
    """Write the parts that have rows; returns how many rows each part changed, 0 for one without rows."""
    present = [part for part in parts if part.rows]
    if not present:
        return [0] * len(parts)
    shape = tuple((part.kind, len(part.rows) == 1) for part in present)
    values: list[Any] = []
    for part in present:
        values += part.rows[0] if len(part.rows) == 1 else zip(*part.rows, strict=True)
    row = await connection.fetchrow(_statement(shape), *values)
    counts = iter(row)
    return [next(counts) if part.rows else 0 for part in parts]


@cache
def _statement(shape: tuple[tuple[Kind, bool], ...]) -> str:
    clauses, used = [], 0
    for place, (kind, single) in enumerate(shape):
        clauses.append(f"w{place} AS ({kind.sql.format(new=_source(kind.columns, used, single))} RETURNING 1)")
        used += len(kind.columns)
    counts = ", ".join(f"(SELECT count(*)::int FROM w{place})" for place in range(len(shape)))
    return f"WITH {', '.join(clauses)} SELECT {counts}"


def _source(columns: Columns, used: int, single: bool) -> str:
    names = ", ".join(name for name, _ in columns)
    if single:
        values = ", ".join(f"${used + number}::{kind}" for number, (_, kind) in enumerate(columns, 1))
        return f"(VALUES ({values}, 1)) AS new({names}, place)"
    arrays = ", ".join(f"${used + number}::{kind}[]" for number, (_, kind) in enumerate(columns, 1))
    return f"unnest({arrays}) WITH ORDINALITY AS new({names}, place)"

"""Re-folds every case from its journal and compares it with the rows that people look at."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from models.db import driver
from models.engine.case import Case, decode, encode
from models.engine.events import Event
from models.engine.evolve import fold
from models.services import seats
from models.services.projections import ALL, CASE_COLUMNS, case_row
from models.services.resources import miscounted

BATCH = 500


@dataclass(frozen=True, slots=True)
class Difference:
    """A row that is not what the journal says; `field` is a column, or "row" when it is missing or too many."""

    case_number: str
    table: str
    key: str
    field: str
    journal: Any
    row: Any


async def verify(session: AsyncSession) -> AsyncIterator[tuple[int, list[Difference]]]:
    """Yield (cases checked, differences) batch by batch; memory stays constant, nothing is locked.

    The session must be fresh: all batches are read from one snapshot.
    """
    await session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
    connection = await driver(session)
    last = "00000000-0000-0000-0000-000000000000"
    while True:
        names = ", ".join("state::text" if name == "state" else name for name, _ in CASE_COLUMNS)
        rows = await connection.fetch(f"SELECT {names} FROM cases WHERE id > $1::uuid ORDER BY id LIMIT {BATCH}", last)
        if not rows:
            break
        last = str(rows[-1]["id"])
        yield len(rows), await _batch(connection, rows)
    yield 0, [Difference("", "resource", key, "taken", counted, taken) for key, counted, taken in await miscounted(session)]


async def _batch(connection: Any, rows: list[Any]) -> list[Difference]:
    ids = [row["id"] for row in rows]
    journal = await connection.fetch(
        "SELECT case_id, sequence, type, type_version, data, stage, district, status, recorded_at FROM journal"
        " WHERE case_id = ANY($1::uuid[]) ORDER BY case_id, sequence",
        ids,
    )
    rows_of = groupby(({**row, "data": _json(row["data"])} for row in journal), key=lambda row: row["case_id"])
    told = {str(case_id): list(events) for case_id, events in rows_of}
    found: list[Difference] = []
    folded: dict[str, Case] = {}
    for row in rows:
        events = told.setdefault(str(row["id"]), [])
        found += _sequence(row["number"], [event["sequence"] for event in events])
        case = fold(str(row["id"]), (Event(e["type"], e["data"], e["type_version"]) for e in events))
        folded[case.id] = case
        found += _compare_case(case, row)
        if events and (events[-1]["stage"], events[-1]["district"], events[-1]["status"]) != (
            case.stage,
            case.district,
            case.status,
        ):
            found.append(Difference(row["number"], "journal", str(case.version), "stage", case.stage, events[-1]["stage"]))
    for projection in ALL:
        there = await connection.fetch(f"SELECT {', '.join(projection.names)} FROM {projection.table} WHERE case_id = ANY($1::uuid[])", ids)
        found += _compare_projection(projection, folded, there)
    for case_id, place, sits in await seats.differing(connection, folded, told):
        found.append(Difference(folded[case_id].number, "seat", place, "row", *(("nothing", "there") if sits else ("there", "missing"))))
    return found


def _sequence(number: str, sequences: list[int]) -> list[Difference]:
    if sequences == list(range(1, len(sequences) + 1)):
        return []
    return [Difference(number, "journal", "", "sequence", "contiguous", str(sequences[:20]))]


def _compare_case(case: Case, row: Any) -> list[Difference]:
    expected = dict(zip((name for name, _ in CASE_COLUMNS), case_row(case, row["updated_at"]), strict=True))
    found = []
    for name, value in expected.items():
        there = row[name]
        if name == "state":
            # Through the engine's eyes: an older program may have written the same case in more words.
            there, value = _canonical(str(there)), encode(case).decode()
        if _same(value, there):
            continue
        shown = ("…", "…") if name == "state" else (value, there)
        found.append(Difference(str(row["number"]), "cases", case.id, name, *shown))
    return found


def _compare_projection(projection: Any, folded: dict[str, Case], there: list[Any]) -> list[Difference]:
    present = {str(row["id"]): row for row in there}
    found = []
    for case in folded.values():
        for key, values in projection.rows(case).items():
            row = present.pop(key, None)
            if row is None:
                found.append(Difference(case.number, projection.table, key, "row", "there", "missing"))
                continue
            for name, value in zip(projection.names, values, strict=True):
                if not _same(value, row[name]):
                    found.append(Difference(case.number, projection.table, key, name, value, row[name]))
    for key, row in present.items():
        number = folded[str(row["case_id"])].number
        found.append(Difference(number, projection.table, key, "row", "nothing", "there"))
    return found


def _canonical(state: str) -> str:
    try:
        return encode(decode(state)).decode()
    except msgspec.MsgspecError:
        return state


def _same(value: Any, there: Any) -> bool:
    return value == there or str(value) == str(there)


def _json(data: Any) -> Any:
    return json.loads(data) if isinstance(data, str) else data

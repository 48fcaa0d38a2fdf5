"""A database of any size: a thousand cases are made by commands, then copied row by row under new names.

Their events are spread over ten weeks. The copies are only looked at (lists, figures, waiting); no command is ever carried to one.
"""

from typing import Any

from models.definitions.definition import Definition
from tests.benchmarks.bench_database import open_cases
from tests.benchmarks.storage import everybody_works

SEED = 1000
_ID = "md5({0}::text || k)::uuid"
_COPIES = {
    "participant": {"id": _ID.format("t.id"), "nik_hash": "decode(md5(t.id::text || k), 'hex')"},
    "cases": {"id": _ID.format("t.id"), "number": "t.number || '-' || k", "participant_id": _ID.format("t.participant_id")},
    "task": {"id": _ID.format("t.id"), "case_id": _ID.format("t.case_id")},
    "position": {"id": _ID.format("t.id"), "case_id": _ID.format("t.case_id")},
    "journal": {
        "case_id": _ID.format("t.case_id"),
        "recorded_at": "t.recorded_at + k * interval '10 weeks' / {copies}",
        "occurred_at": "t.occurred_at + k * interval '10 weeks' / {copies}",
    },
}


async def grow(cluster: Any, name: str, definition: Definition, size: int) -> None:
    """Bring a bench database to `size` cases (a multiple of SEED), each with one step done and one open task."""
    await open_cases(definition, 0, SEED)
    await everybody_works()
    for table, changed in _COPIES.items():
        kept = cluster.sql(
            "SELECT string_agg(attname, ',' ORDER BY attnum) FROM pg_attribute WHERE attrelid = "
            f"'{table}'::regclass AND attnum > 0 AND NOT attisdropped AND attidentity = ''",
            name,
        ).split(",")
        copies = size // SEED - 1
        values = ", ".join(changed.get(column, f"t.{column}") for column in kept).format(copies=copies)
        cluster.sql(
            "SET session_replication_role = replica; SET work_mem = '256MB';"
            f"INSERT INTO {table} ({', '.join(kept)}) SELECT {values} FROM {table} t, generate_series(1, {copies}) k"
            " ORDER BY k",
            name,
        )
    cluster.sql("VACUUM ANALYZE", name)

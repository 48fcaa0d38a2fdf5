"""Uploaded lists as jobs: kept until a worker reads them, then what came of each row."""

import json
from uuid import uuid4

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from models.db import driver
from models.errors import Invalid, Problem, TooLarge
from models.intake.report import Report, row_json
from models.intake.rows import RowResult
from models.intake.sheet import LARGEST_BYTES
from models.services.actor import Actor
from models.services.intake import items
from models.services.vault import decrypt, encrypt

REJECTED = ("rejected",)
MEGABYTES = LARGEST_BYTES // 1024**2
TOO_LARGE = f"Berkas lebih dari {MEGABYTES} MB; bagi menjadi beberapa / larger than {MEGABYTES} MB; split it"


async def queue_import(session: AsyncSession, actor: Actor, content: bytes, filename: str) -> str:
    """Keep an uploaded list (encrypted) for the worker and return the job's id. Raises Invalid for no list at all."""
    actor.require("import")
    if not content.strip():
        raise Invalid("Berkas kosong / the file is empty", [Problem("file_empty", "Berkas kosong / the file is empty", field="file")])
    if len(content) > LARGEST_BYTES:
        raise TooLarge(TOO_LARGE, [Problem("file_too_large", TOO_LARGE, field="file")])
    job = str(uuid4())
    await session.execute(
        text(
            "INSERT INTO job (id, kind, state, actor, payload, file_name)"
            " VALUES (CAST(:id AS uuid), 'import', 'queued', :actor, :payload, :name)"
        ),
        {"id": job, "actor": actor.id, "payload": encrypt(content, "import"), "name": filename.replace("\x00", "")[-120:]},
    )
    return job


async def begin_next(session: AsyncSession) -> bool:
    """Note, to be committed before the work, that the oldest waiting import is being read; False when none waits."""
    begun = await session.execute(
        text(
            "UPDATE job SET started_at = coalesce(started_at, now()) WHERE id = (SELECT id FROM job WHERE kind = 'import'"
            " AND state = 'queued' ORDER BY created_at LIMIT 1 FOR UPDATE SKIP LOCKED) RETURNING 1"
        )
    )
    return begun.first() is not None


async def next_import(session: AsyncSession) -> tuple[str, str, bytes, str] | None:
    """The oldest import that is not done, locked until the transaction ends: (id, actor, content, file name)."""
    row = (
        await session.execute(
            text(
                "SELECT id::text, actor, payload, file_name FROM job WHERE kind = 'import' AND state = 'queued'"
                " ORDER BY created_at LIMIT 1 FOR UPDATE SKIP LOCKED"
            )
        )
    ).first()
    return (row.id, row.actor, decrypt(row.payload, "import"), row.file_name) if row else None


async def finish_import(session: AsyncSession, job: str, report: Report | None, error: str | None = None) -> None:
    """Record what came of an import: each row (encrypted), or the one error of the whole file."""
    rows = report.rows if report else []
    await (await driver(session)).executemany(
        "INSERT INTO job_item (job_id, key, number, state, code, body) VALUES ($1::uuid, $2, $3, $4, $5, $6)",
        [(job, f"row-{row.row}", row.row, row.outcome, " ".join(row.codes) or None, _sealed(row)) for row in rows],
    )
    failed = sum(row.outcome == "rejected" for row in rows)
    await session.execute(
        text(
            "UPDATE job SET state = :state, total = :total, done = :done, failed = :failed, error = :error, payload = NULL,"
            " summary = CAST(:summary AS jsonb), started_at = coalesce(started_at, now()), finished_at = now()"
            " WHERE id = CAST(:id AS uuid)"
        ),
        {
            "id": job,
            "state": "failed" if error else "done",
            "total": len(rows),
            "done": len(rows) - failed,
            "failed": failed,
            "error": error,
            "summary": json.dumps(report.summary if report else {}),
        },
    )


def _sealed(row: RowResult) -> bytes:
    body = row_json(row) | {"titles": row.titles, "cells": [str(cell) for cell in row.cells]}
    return encrypt(json.dumps(body, default=str).encode(), "import")


async def rejected_rows(session: AsyncSession, actor: Actor, job_id: str) -> list[RowResult]:
    """The refused rows in the sender's own columns, NIK included: for those who may import."""
    actor.require("import")
    found = await items(session, actor, job_id, states=REJECTED, limit=100_000)
    return [
        RowResult(
            row["row"],
            row["sheet_row"],
            row["outcome"],
            row["codes"],
            row["messages"],
            titles=row["titles"],
            cells=row["cells"],
        )
        for row in found
    ]

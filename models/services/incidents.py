"""Incidents: what needs a person because the machine cannot go on."""

from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from models.engine.commands import ResolveIncident
from models.errors import NotFound
from models.services import cases, notes, unreadable
from models.services.actor import Actor
from models.services.scope import where

ADVICE = {
    "action_failed": ("Lihat log proses, perbaiki, lalu coba lagi", "Look at the run's log, mend it, then retry"),
    "no_way": ("Definisi tidak punya jalan keluar di langkah ini", "The definition has no way out of this step"),
    "partner_refused": (
        "Mitra menolak isi rujukan: periksa data, lalu coba lagi",
        "The partner refuses the content: check the data, then retry",
    ),
    "partner_unavailable": (
        "Mitra tidak menjawab: hubungi mitra, lalu coba lagi",
        "The partner does not answer: call them, then retry",
    ),
    "unreadable_answer": (
        "Jawaban mitra tidak dapat dibaca: hubungi mitra; jawaban yang benar menutup gangguan ini",
        "The partner's answer cannot be read: call them; a right answer closes this",
    ),
    unreadable.CAUSE: (
        "Baris berkas ini tidak dapat dibaca: coba lagi untuk menyusunnya kembali dari riwayatnya",
        "The row of this case cannot be read: retry to fold it anew from its journal",
    ),
    "unknown_outcome": (
        "Mitra menjawab di luar kontrak: coba lagi untuk bertanya lagi, atau tutup dan tunggu jawaban yang benar",
        "The partner answered outside the contract: retry to ask again, or resolve and wait for a right answer",
    ),
}


async def listed(
    session: AsyncSession, actor: Actor, *, state: str = "open", after: tuple[datetime, str] | None = None, limit: int = 100
) -> list[dict[str, Any]]:
    """Incidents in the actor's scope, newest first, each with what to do about it; `after` is (raised_at, id) of the last seen.

    `may_resolve`: it can be mended otherwise than by trying again.
    """
    actor.require("read_incidents")
    scope, values = where(actor, "read_incidents", stage="i.stage", district="i.district")
    condition = "true" if actor.kind == "machine" else f"({scope})"
    if after:
        condition = f"({condition}) AND (i.raised_at, i.id) < (:after_at, CAST(:after_id AS uuid))"
        values |= {"after_at": after[0], "after_id": after[1]}
    rows = await session.execute(
        text(
            "SELECT i.id::text, c.number AS case_number, i.cause, i.state, i.detail, i.stage, i.district, i.step, i.raised_at,"
            " i.resolved_at, (i.handoff_id IS NOT NULL OR p.kind IS DISTINCT FROM 'action') AS may_resolve FROM incident i"
            " LEFT JOIN cases c ON c.id = i.case_id LEFT JOIN position p ON p.id = i.position_id"
            f" WHERE i.state = :state AND {condition}"
            " ORDER BY i.raised_at DESC, i.id DESC LIMIT :limit"
        ),
        values | {"state": state, "limit": max(1, min(limit, 500))},
    )
    return [
        dict(row._mapping) | {"advice": dict(zip(("id", "en"), ADVICE.get(row.cause, ("Periksa berkas", "Look at the case")), strict=True))}
        for row in rows
    ]


async def open_count(session: AsyncSession, actor: Actor) -> int:
    """How many open incidents the actor can see; 0 for those who may not."""
    if not actor.may("read_incidents"):
        return 0
    scope, values = where(actor, "read_incidents", stage="i.stage", district="i.district")
    return int(await session.scalar(text(f"SELECT count(*) FROM incident i WHERE state = 'open' AND ({scope})"), values) or 0)


async def resolve(session: AsyncSession, actor: Actor, incident_id: str, now: datetime, *, retry: bool, note: str | None = None) -> None:
    """Retry what an incident stopped, or close it with a note because it was mended otherwise.

    Raises NotFound, NotAllowed, Conflict.
    """
    row = (
        await session.execute(
            text(
                "SELECT i.case_id::text, i.cause, i.state, coalesce(i.stage, c.stage) AS stage,"
                " coalesce(i.district, c.district) AS district FROM incident i LEFT JOIN cases c ON c.id = i.case_id WHERE i.id::text = :id"
            ),
            {"id": incident_id},
        )
    ).first()
    if row is None:
        raise NotFound("Gangguan tidak ditemukan / there is no such incident")
    actor.require("manage_incidents", stage=row.stage, district=row.district)
    if row.cause == unreadable.CAUSE:
        if row.state == "open":
            await unreadable.mend(session, incident_id, now)
        return
    reference = await notes.write(session, actor, row.case_id, note, now) if note else None
    await cases.execute(session, actor, row.case_id, ResolveIncident(incident_id, retry, reference), now)

"""A case that the actor's own command took out of the actor's reach: moved to another district, or on to another stage."""

from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from models.engine.case import Case
from models.errors import NotFound
from models.services import cases, programmes
from models.services.actor import Actor


async def left(session: AsyncSession, actor: Actor, after: Case) -> dict[str, Any] | None:
    """Where a case is now that the actor may not read any more; None while it may still be read.

    The answer holds what the actor has decided or knew before: {number, programme, status, stage, district, version,
    notice: {id, en}}.
    """
    try:
        await cases.find(session, actor, after.number)
    except NotFound:
        pass
    else:
        return None
    areas = (await programmes.by_hash(session, after.definition)).areas
    place, stage = areas.name(after.district), (after.stage or "").upper()
    return {
        "number": after.number,
        "programme": after.programme,
        "status": after.status,
        "stage": after.stage,
        "district": after.district,
        "version": after.version,
        "notice": {
            "id": f"Tersimpan. Berkas {after.number} kini di {place} ({stage}), di luar wilayah atau tahap Anda.",
            "en": f"Done. Case {after.number} is now in {place} ({stage}), no longer in your area or stages.",
        },
    }

"""Uploaded lists become cases: each file in one transaction, so that a killed worker leaves nothing half-imported."""

import asyncio
import logging
from dataclasses import replace

from prefect import flow, tags
from sqlalchemy.ext.asyncio import AsyncSession

from models.clock import programme_now
from models.db import is_outage, transaction
from models.errors import LangkahError, NotAllowed
from models.services import access, import_jobs, intake, programmes
from models.services.actor import MACHINE, Actor

log = logging.getLogger(__name__)
UNFORESEEN = "Daftar ini tidak dapat dibaca / this list cannot be read ({kind}); nothing was imported"


async def import_waiting(worker_id: str) -> int:
    """Import one waiting list as a flow run; returns 1, or 0 when none waits."""
    async with transaction() as session:
        if not await import_jobs.begin_next(session):
            return 0
    with tags("langkah", f"worker:{worker_id}"):
        return int(await import_registrations())


async def _importer(session: AsyncSession, actor_id: str) -> Actor:
    """The machine on behalf of who sent the list, with the rights that this person or token has now. Raises NotAllowed."""
    sender = await access.actor_of_id(session, actor_id)
    if sender is None:
        raise NotAllowed("Akun pengirim daftar ini tidak aktif lagi / the account that sent this list is not active any more")
    return replace(sender, id=MACHINE.id, name=MACHINE.name, channel="import", on_behalf_of=actor_id)


@flow(name="import_registrations")
async def import_registrations() -> int:
    """Import the oldest waiting list; returns how many lists were taken."""
    async with transaction() as session:
        found = await import_jobs.next_import(session)
        if found is None:
            return 0
        job, actor_id, content, filename = found
        now = await programme_now(session)
        definition = await programmes.current(session)
        try:
            async with session.begin_nested():
                importer = await _importer(session, actor_id)
                report = await asyncio.to_thread(intake.judge, definition, content, filename, now)
                await intake.register_rows(session, importer, definition, report, now)
        except LangkahError as error:
            await import_jobs.finish_import(session, job, None, error.message)
            return 1
        except Exception as error:
            if is_outage(error):
                raise
            # A list that nobody foresaw must not keep the next one waiting; the error's own text may quote people.
            log.warning("import %s failed: %s", job, type(error).__name__)
            await import_jobs.finish_import(session, job, None, UNFORESEEN.format(kind=type(error).__name__))
            return 1
        await import_jobs.finish_import(session, job, report)
        return 1

"""The outbox: hand-offs and messages are sent with a stable key, again with back-off, at last as an incident."""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Sequence

from prefect import flow, tags

from flows.payloads import payload_for
from integrations.client import PartnerClient, build_client
from integrations.contract import Order, PartnerError, PartnerRefused
from integrations.registry import address_of
from models.clock import programme_now
from models.db import transaction
from models.engine.commands import RaiseIncident
from models.errors import SettingsError
from models.services import automation, handoffs, participants, programmes, store
from models.services.actor import MACHINE
from models.services.cases import folded
from models.services.handoffs import Due
from models.settings import get_settings

log = logging.getLogger(__name__)
BATCH, AT_ONCE = 100, 10
BACK_OFF = (2, 10, 60, 300, 1800)


async def deliver_due(worker_id: str) -> int:
    """Deliver what is due as one flow run; returns how many hand-offs were leased."""
    async with transaction() as session:
        due = await handoffs.lease_due(session, worker_id, BATCH)
    if not due:
        return 0
    with tags("langkah", f"worker:{worker_id}", *{f"stage:{item.stage}" for item in due}):
        named = deliver_handoffs.with_options(flow_run_name=f"{due[0].message} · {len(due)}")
        await named(worker_id, due)
    return len(due)


@flow(name="deliver_handoffs", validate_parameters=False)
async def deliver_handoffs(worker_id: str = "manual", due: Sequence[Due] | None = None) -> dict[str, int]:
    """Deliver leased hand-offs, or (by hand) whatever is due now; partners side by side."""
    if due is None:
        async with transaction() as session:
            due = await handoffs.lease_due(session, worker_id, BATCH)
    by_partner: dict[tuple[str, str], list[Due]] = defaultdict(list)
    for item in due:
        by_partner[(item.definition, item.partner)].append(item)
    results = await asyncio.gather(*(_to_partner(*key, group) for key, group in by_partner.items()))
    return {"sent": sum(results), "failed": len(due) - sum(results)}


async def _to_partner(definition_hash: str, partner: str, group: Sequence[Due]) -> int:
    """Deliver a group to one partner; returns how many arrived."""
    async with transaction() as session:
        definition = await programmes.by_hash(session, definition_hash)
        people = await participants.of_cases(session, [item.case_id for item in group])
        cases = {item.case_id: await folded(session, item.case_id) for item in group}
    base, gate = get_settings().public_url(), asyncio.Semaphore(AT_ONCE)
    references: dict[str, str] = {}
    failures: list[tuple[Due, PartnerError]] = []

    async def one(client: PartnerClient, item: Due) -> None:
        async with gate:
            try:
                order = Order(
                    key=item.key,
                    handoff=item.id,
                    attempt=item.attempt,
                    message=item.message,
                    case_number=item.case_number,
                    callback_url=f"{base}/api/v1/handoffs/{item.id}/callback",
                    payload=payload_for(definition, item, cases[item.case_id], people[item.case_id]),
                )
                # After an unknown outcome the partner is asked first, so that nothing happens twice.
                known = await client.find(item.key) if item.tries else None
                references[item.id] = (known or await client.send(order)).reference
            except PartnerError as refusal:
                failures.append((item, refusal))

    try:
        async with build_client(address_of(definition, partner)) as client:
            await asyncio.gather(*(one(client, item) for item in group))
    except SettingsError as missing:
        failures += [(item, PartnerRefused(missing.message)) for item in group]
    async with transaction() as session:
        arrived = [item for item in group if item.id in references]
        if arrived:
            await handoffs.sent(session, MACHINE, arrived, references, await programme_now(session))
    for item, error in failures:
        await _failed(item, error)
    return len(references)


async def _failed(item: Due, error: PartnerError) -> None:
    """Try again later with growing pauses; give up after the last one, or at once when repeating cannot help."""
    log.warning("hand-off %s to %s: %s", item.id, item.partner, type(error).__name__)
    last = item.tries >= len(BACK_OFF) or isinstance(error, PartnerRefused)
    async with transaction() as session:
        await handoffs.try_later(session, item, str(error), BACK_OFF[min(item.tries, len(BACK_OFF) - 1)])
        if last:
            cases = await store.load(session, [item.case_id])
            cause = "partner_refused" if isinstance(error, PartnerRefused) else "partner_unavailable"
            command = RaiseIncident(cause, handoff=item.id, detail=str(error))
            await automation.record(session, cases, {item.case_id: command}, await programme_now(session))

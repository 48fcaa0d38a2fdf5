"""The outbox: hand-offs and messages are sent with a stable key, again with back-off, at last as an incident."""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Sequence
from functools import partial
from typing import Any

from prefect import flow, get_run_logger, tags
from prefect.runtime import flow_run
from sqlalchemy.ext.asyncio import AsyncSession

from flows.halving import in_parts, once_there
from flows.heartbeat import in_hand, this_worker
from flows.payloads import payload_for
from integrations.client import PartnerClient, build_client
from integrations.contract import Order, PartnerError, PartnerRefused
from integrations.registry import address_of
from models.clock import programme_now, system_now
from models.db import transaction
from models.definitions.definition import Definition
from models.engine.case import Case
from models.engine.commands import RaiseIncident
from models.errors import SettingsError
from models.services import automation, handoffs, participant_access, participants, programmes, store, unreadable
from models.services.actor import MACHINE
from models.services.cases import folded
from models.services.handoffs import Due
from models.settings import get_settings

log = logging.getLogger(__name__)
BATCH, AT_ONCE = 100, 10
BACK_OFF = (2, 10, 60, 300, 900)


async def deliver_due(worker_id: str) -> int:
    """Deliver what is due as one flow run; returns how many hand-offs were leased."""
    async with transaction() as session:
        due = await handoffs.lease_due(session, worker_id, BATCH)
    if not due:
        return 0
    try:
        with in_hand(item.id for item in due), tags("langkah", f"worker:{worker_id}", *{f"stage:{item.stage}" for item in due}):
            named = deliver_handoffs.with_options(flow_run_name=f"{due[0].message} · {len(due)}")
            await named(worker_id, due)
    except Exception:
        await once_there(partial(_give_back, worker_id, due))
        raise
    return len(due)


async def _give_back(worker_id: str, due: Sequence[Due]) -> None:
    async with transaction() as session:
        await handoffs.give_back(session, worker_id, due)


@flow(name="deliver_handoffs", validate_parameters=False)
async def deliver_handoffs(worker_id: str | None = None, due: Sequence[Due] | None = None) -> dict[str, int]:
    """Deliver leased hand-offs, or (by hand) whatever is due now; partners side by side, each on its own."""
    if due is None:
        async with transaction() as session:
            due = await handoffs.lease_due(session, worker_id or this_worker(), BATCH)
    by_partner: dict[tuple[str, str], list[Due]] = defaultdict(list)
    for item in due:
        by_partner[(item.definition, item.partner)].append(item)
    run_id = flow_run.get_id()
    groups = (_to_partner(*key, group, run_id) for key, group in by_partner.items())
    # One partner's trouble is not another's: all are heard out before anything is raised.
    with in_hand(item.id for item in due):
        results = await asyncio.gather(*groups, return_exceptions=True)
    if troubles := [result for result in results if isinstance(result, BaseException)]:
        raise troubles[0]
    sent = sum(result for result in results if isinstance(result, int))
    if run_id:
        get_run_logger().info("sent: %d, failed: %d", sent, len(due) - sent)
    return {"sent": sent, "failed": len(due) - sent}


async def _to_partner(definition_hash: str, partner: str, group: Sequence[Due], run_id: str | None) -> int:
    """Deliver a group to one partner; returns how many arrived. What fails is put back or becomes an incident."""
    results: list[tuple[Due, str | PartnerError]] = []
    gate, base = asyncio.Semaphore(AT_ONCE), get_settings().public_url()

    async def deliver(part: Sequence[Due]) -> None:
        async with transaction() as session:
            definition = await programmes.by_hash(session, definition_hash)
            people = await participants.of_cases(session, [item.case_id for item in part])
            codes = await participant_access.codes_of(session, [item.id for item in part])
            cases = {item.case_id: await folded(session, item.case_id) for item in part}

        async def one(client: PartnerClient, item: Due) -> str | PartnerError:
            async with gate:
                try:
                    person = people[item.case_id] | {"code": codes.get(item.id)}
                    return await _send(client, base, definition, item, cases[item.case_id], person)
                except PartnerError as error:
                    return error
                except Exception as error:
                    # The order cannot be built; the error's own text may quote the person, so its kind is kept.
                    return PartnerRefused(f"{partner}: {type(error).__name__}")

        try:
            async with build_client(address_of(definition, partner)) as client:
                results.extend(zip(part, await asyncio.gather(*(one(client, item) for item in part)), strict=True))
        except SettingsError as missing:
            results.extend((item, PartnerRefused(missing.message)) for item in part)

    async def unprepared(item: Due, error: Exception) -> None:
        results.append((item, PartnerRefused(f"{partner}: {type(error).__name__}")))

    try:
        await in_parts(group, deliver, unprepared)
    finally:
        # What the partner has taken must be written down, also when the database was away just then.
        await in_parts(
            [pair for pair in results if isinstance(pair[1], str)], lambda part: once_there(partial(_arrived, part, run_id)), _stuck
        )
        for item, result in results:
            if isinstance(result, PartnerError):
                await once_there(partial(_failed, item, result, run_id))
    return sum(isinstance(result, str) for _, result in results)


async def _arrived(told: Sequence[tuple[Due, str | PartnerError]], run_id: str | None) -> None:
    """Record what the partner has taken."""
    async with transaction() as session:
        references = {item.id: str(reference) for item, reference in told}
        await handoffs.sent(session, MACHINE, [item for item, _ in told], references, await programme_now(session))
        await _link(session, run_id, [item for item, _ in told], "sent")


async def _link(session: AsyncSession, run_id: str | None, items: Sequence[Due], outcome: str) -> None:
    for step in {item.step for item in items}:
        await automation.link_runs(session, run_id, step, {item.case_id: outcome for item in items if item.step == step}, system_now())


async def _stuck(told: tuple[Due, str | PartnerError], error: Exception) -> None:
    """The partner has it, but it cannot be written down in its case: a person has to look."""
    await _failed(told[0], PartnerRefused(f"{told[0].partner}: {type(error).__name__}"), None)


async def _send(client: PartnerClient, base: str, definition: Definition, item: Due, case: Case, person: dict[str, Any]) -> str:
    """Hand one order over and return the partner's reference. Raises PartnerError."""
    order = Order(
        key=item.key,
        handoff=item.id,
        attempt=item.attempt,
        message=item.message,
        case_number=item.case_number,
        callback_url=f"{base}/api/v1/handoffs/{item.id}/callback",
        payload=payload_for(definition, item, case, person),
    )
    # Whatever was tried before may have arrived, also when its worker died: the partner is asked before it is repeated.
    known = await client.find(item.key) if item.tries > 1 else None
    return (known or await client.send(order)).reference


async def _failed(item: Due, error: PartnerError, run_id: str | None) -> None:
    """Try again later with growing pauses; give up after the last one, or at once when repeating cannot help."""
    log.warning("hand-off %s to %s: %s", item.id, item.partner, type(error).__name__)
    last = item.tries > len(BACK_OFF) or isinstance(error, PartnerRefused)
    async with transaction() as session:
        now = await programme_now(session)
        await handoffs.try_later(session, item, str(error), BACK_OFF[min(item.tries, len(BACK_OFF)) - 1])
        await _link(session, run_id, [item], "failed")
        if not await unreadable.is_readable(session, item.case_id):
            await unreadable.set_aside(session, "handoff", item.id, now)
        elif last:
            cases = await store.load(session, [item.case_id])
            cause = "partner_refused" if isinstance(error, PartnerRefused) else "partner_unavailable"
            command = RaiseIncident(cause, handoff=item.id, detail=str(error), attempt=item.attempt)
            await automation.record(session, cases, {item.case_id: command}, now)

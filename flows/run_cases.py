"""Automated steps: a batch of ready cases, grouped by step, done by the step's action, in one short flow run."""

import asyncio
import logging
import time
from collections import Counter, defaultdict
from collections.abc import Sequence
from functools import partial

from prefect import flow, get_run_logger, tags
from prefect.runtime import flow_run

from flows.actions.registry import Item, Outcome, Work, registry
from flows.halving import in_parts, once_there
from flows.heartbeat import in_hand, this_worker
from models.clock import programme_now, system_now
from models.db import transaction
from models.engine.commands import Command, RaiseIncident, RecordOutcome
from models.services import automation, programmes, store
from models.services.automation import Ready

log = logging.getLogger(__name__)
BATCH = 300
DRAIN_SECONDS = 30.0
# While one batch waits for the database the other computes; more would only queue for the same two.
LANES = 2
# Set when this process is asked to end, so that a run stops after its present batch.
ENDING = asyncio.Event()


async def run_ready(worker_id: str) -> int:
    """Lease what is ready and run it as one flow run; returns how many steps were leased first (0: nothing to do).

    The run goes on with what becomes ready meanwhile, until nothing is left or DRAIN_SECONDS are over: under load many
    batches share what a flow run costs, and an idle system does one case at once.
    """
    ready = await _lease(worker_id)
    if not ready:
        return 0
    steps = sorted({item.step for item in ready})
    more = "+" if len(ready) == BATCH else ""
    try:
        stages = {f"stage:{step.split('.')[0]}" for step in steps}
        with in_hand(item.position for item in ready), tags("langkah", f"worker:{worker_id}", *stages):
            named = run_cases.with_options(flow_run_name=f"{steps[0]}{' …' if len(steps) > 1 else ''} · {len(ready)}{more}")
            await named(worker_id, [item.position for item in ready])
    except Exception:
        await once_there(partial(_give_back, worker_id, ready))
        raise
    return len(ready)


async def _give_back(worker_id: str, ready: Sequence[Ready]) -> None:
    async with transaction() as session:
        await automation.give_back(session, worker_id, [item.position for item in ready], 5)


@flow(name="run_cases", validate_parameters=False, log_prints=False)
async def run_cases(worker_id: str | None = None, positions: list[str] | None = None) -> dict[str, int]:
    """Do automated steps: those that the worker leased (by hand, without any: whatever is ready), then what follows."""
    owner, counts = worker_id or this_worker(), Counter[str]()
    ends = time.monotonic() + DRAIN_SECONDS
    first = await _leased(positions) if positions is not None else await _lease(owner)
    lanes = LANES if len(first) >= BATCH else 1
    drains = [_drain(owner, first if lane == 0 else [], ends, counts) for lane in range(lanes)]
    for failed in filter(None, await asyncio.gather(*drains, return_exceptions=True)):
        raise failed
    get_run_logger().info("%s", ", ".join(f"{what}: {number}" for what, number in counts.items()) or "nothing was ready")
    return dict(counts)


async def _drain(owner: str, ready: Sequence[Ready], ends: float, counts: Counter[str]) -> None:
    """Batch after batch: what was leased before, then whatever is ready, until nothing is or the time is over."""
    run_id, ready = flow_run.get_id(), ready or await _lease(owner)
    while ready:
        try:
            with in_hand(item.position for item in ready):
                counts.update(await work_off(owner, ready, run_id))
        except Exception:
            await once_there(partial(_give_back, owner, ready))
            raise
        ready = await _lease(owner) if time.monotonic() < ends and not ENDING.is_set() else []


async def _lease(owner: str) -> list[Ready]:
    async with transaction() as session:
        return await automation.lease(session, owner, BATCH)


async def _leased(positions: Sequence[str]) -> list[Ready]:
    async with transaction() as session:
        return await automation.by_ids(session, positions)


async def work_off(worker_id: str, ready: Sequence[Ready], run_id: str | None) -> dict[str, int]:
    """Do leased steps group by group, each group in a transaction; returns counts by outcome.

    An action that raises hurts its group only: it is halved until the case that cannot be done stands alone and becomes
    an incident. What passes by itself (the database is away) is no incident: it is raised.
    """
    groups: dict[str, list[Ready]] = defaultdict(list)
    for item in ready:
        groups[item.step].append(item)
    counts: Counter[str] = Counter()
    for step, group in groups.items():
        await _work_off_step(worker_id, step, group, run_id, counts)
    return dict(counts)


async def _work_off_step(worker_id: str, step: str, group: Sequence[Ready], run_id: str | None, counts: Counter[str]) -> None:
    async def act(part: Sequence[Ready]) -> None:
        counts.update((await _do(worker_id, step, part, run_id)).values())

    async def give_up(item: Ready, error: Exception) -> None:
        log.warning("step %s failed: %s", step, type(error).__name__)
        await _stop(item, error, run_id)
        counts["incident"] += 1

    await in_parts(group, act, give_up)


async def _do(worker_id: str, step: str, group: Sequence[Ready], run_id: str | None) -> dict[str, str]:
    async with transaction() as session:
        now = await programme_now(session)
        cases = await store.load(session, [item.case_id for item in group])
        mine = await automation.still_mine(session, worker_id, [item.position for item in group])
        there = [item for item in group if item.position in mine and item.case_id in cases]
        outcomes: dict[str, Outcome] = {}
        for definition_hash in {cases[item.case_id].definition for item in there}:
            definition = await programmes.by_hash(session, definition_hash)
            described = definition.steps[step]
            items = [
                Item(cases[item.case_id], cases[item.case_id].positions[item.position], described.with_)
                for item in there
                if cases[item.case_id].definition == definition_hash
            ]
            outcomes |= await registry()[str(described.do)].run(Work(session, definition, now), items)
        commands = {item.case_id: _command(item, outcomes[item.case_id]) for item in there}
        results = await automation.record(session, cases, commands, now)
        await automation.link_runs(session, run_id, step, results, system_now())
        return results


def _command(item: Ready, outcome: Outcome) -> Command:
    if outcome.incident:
        return RaiseIncident(outcome.incident, item.position, detail=outcome.detail)
    return RecordOutcome(item.position, item.attempt, outcome.facts, outcome.messages)


async def _stop(item: Ready, error: Exception, run_id: str | None) -> None:
    """A step that cannot be done waits for a person."""
    async with transaction() as session:
        outcome = await automation.stop(session, item.case_id, item.position, type(error).__name__, await programme_now(session))
        if outcome != "set_aside":
            await automation.link_runs(session, run_id, item.step, {item.case_id: outcome}, system_now())

"""The clock: warnings, deadlines, timers, holds that are over and claims left alone, each as a command to its case."""

from collections.abc import Sequence

from prefect import flow, tags

from flows.halving import in_parts
from models.clock import programme_now
from models.db import transaction
from models.engine.commands import Command, Resume, RingAlarm
from models.services import automation, store
from models.services.alarms import due_alarms, due_holds
from models.services.left_claims import left_alone

BATCH = 300


async def watch_due(worker_id: str) -> int:
    """Ring what is due as one flow run; returns how many alarms rang."""
    async with transaction() as session:
        now = await programme_now(session)
        waiting = await due_alarms(session, now, 1) or await due_holds(session, now, 1) or await left_alone(session, now, 1)
    if not waiting:
        return 0
    with tags("langkah", f"worker:{worker_id}"):
        return int(await watch_deadlines())


@flow(name="watch_deadlines", validate_parameters=False)
async def watch_deadlines() -> int:
    """Ring what is due, resume holds that are over, put back claims left alone; safe to repeat and to run side by side."""
    rang = 0
    while True:
        part = await ring_batch()
        rang += part
        if part < BATCH:
            return rang


async def ring_batch() -> int:
    """Ring one batch; returns how many cases it moved or set aside."""
    async with transaction() as session:
        now = await programme_now(session)
        commands: dict[str, Command] = {case_id: Resume() for case_id in await due_holds(session, now, BATCH)}
        for alarm in await due_alarms(session, now, BATCH):
            commands.setdefault(alarm.case_id, RingAlarm(alarm.position, alarm.at))
        commands = await left_alone(session, now, BATCH) | commands
    moved = 0

    async def ring(part: Sequence[tuple[str, Command]]) -> None:
        nonlocal moved
        async with transaction() as session:
            cases = await store.load(session, [case_id for case_id, _ in part])
            results = await automation.record(session, cases, dict(part), await programme_now(session))
        moved += sum(result == "done" for result in results.values())

    async def stop(item: tuple[str, Command], error: Exception) -> None:
        nonlocal moved
        moved += await _stop(*item, error)

    await in_parts(list(commands.items()), ring, stop)
    return moved


async def _stop(case_id: str, command: Command, error: Exception) -> bool:
    """Let a person look at an alarm that cannot ring; returns whether it is out of the way."""
    if not isinstance(command, RingAlarm):
        return False
    async with transaction() as session:
        outcome = await automation.stop(session, case_id, command.position, type(error).__name__, await programme_now(session))
        return outcome in ("done", "set_aside")

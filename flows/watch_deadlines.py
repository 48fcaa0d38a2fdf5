"""The clock: warnings, deadlines, timers, and holds that are over, each as a command to its case."""

from prefect import flow, tags

from models.clock import programme_now
from models.db import transaction
from models.engine.commands import Command, Resume, RingAlarm
from models.services import automation, store
from models.services.alarms import due_alarms, due_holds

BATCH = 300


async def watch_due(worker_id: str) -> int:
    """Ring what is due as one flow run; returns how many alarms rang."""
    async with transaction() as session:
        now = await programme_now(session)
        waiting = len(await due_alarms(session, now, 1)) + len(await due_holds(session, now, 1))
    if not waiting:
        return 0
    with tags("langkah", f"worker:{worker_id}"):
        return int(await watch_deadlines())


@flow(name="watch_deadlines", validate_parameters=False)
async def watch_deadlines() -> int:
    """Ring all alarms that are due and resume all holds that are over; safe to repeat and to run side by side."""
    rang = 0
    while True:
        part = await ring_batch()
        rang += part
        if part < BATCH:
            return rang


async def ring_batch() -> int:
    """One batch in one transaction; returns how many cases it moved."""
    async with transaction() as session:
        now = await programme_now(session)
        commands: dict[str, Command] = {case_id: Resume() for case_id in await due_holds(session, now, BATCH)}
        for alarm in await due_alarms(session, now, BATCH):
            commands.setdefault(alarm.case_id, RingAlarm(alarm.position, alarm.at))
        cases = await store.load(session, list(commands))
        results = await automation.record(session, cases, commands, now)
        return sum(result == "done" for result in results.values())

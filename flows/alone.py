"""When a command runs and no worker lives, it does the automated steps itself, so that it leaves nothing half-way."""

from flows.run_cases import BATCH, work_off
from models.db import transaction
from models.services import automation, workers


async def finish_without_worker() -> int:
    """Do everything that is ready unless a worker is alive; returns how many steps were done."""
    async with transaction() as session:
        somebody = await workers.seen(session)
    return 0 if somebody else await drain("command")


async def drain(owner: str) -> int:
    """Do ready steps batch by batch until none is left."""
    done = 0
    while True:
        async with transaction() as session:
            ready = await automation.lease(session, owner, BATCH)
        if not ready:
            return done
        await work_off(owner, ready, None)
        done += len(ready)

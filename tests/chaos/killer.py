"""SIGKILL at random moments, and how long the work of a dead worker stays untouched."""

import asyncio
import contextlib
import random
import time
from dataclasses import asdict, dataclass, field
from typing import Any

import httpx
import psutil
from sqlalchemy import text

from models import db
from tests.chaos.stack import Stack

KINDS = ("worker", "web", "prefect", "postgres")
WEIGHTS = (6, 3, 2, 1)
PAUSE = (2.0, 4.5)
UNFINISHED = ["RUNNING", "PENDING", "CANCELLING"]
HELD = (
    "SELECT lease_owner AS owner, id::text AS id FROM position WHERE ready AND lease_owner IS NOT NULL AND lease_until > now() UNION ALL"
    " SELECT lease_owner, id::text FROM handoff WHERE state = 'queued' AND lease_owner IS NOT NULL AND lease_until > now()"
)
LEFT = (
    "SELECT count(*) FROM (SELECT id FROM position WHERE ready AND lease_owner = :owner UNION ALL"
    " SELECT id FROM handoff WHERE state = 'queued' AND NOT blocked AND lease_owner = :owner) AS left_behind"
)

BEATING = "SELECT count(*) FROM worker_heartbeat WHERE seen_at > now() - interval '4 seconds'"


@dataclass
class Kill:
    """One process that was killed: when (seconds since the start), which, how, and what became of a worker's work.

    The net seconds leave out those in which the database, Prefect's server or all workers were away, killed in their turn.
    """

    at: float
    kind: str
    how: str
    pid: int
    owner: str | None = None
    leases: int = 0
    runs: int = 0
    leases_taken_over: float | None = None
    leases_taken_over_net: float | None = None
    runs_marked: float | None = None
    runs_marked_net: float | None = None

    def as_json(self) -> dict[str, Any]:
        """For the report."""
        return {key: value for key, value in asdict(self).items() if value is not None}


@dataclass
class Killer:
    """Kills in an order that the seed decides; the moments follow from how fast everything is."""

    stack: Stack
    chance: random.Random
    began: float
    kills: list[Kill] = field(default_factory=list)
    over: bool = False
    _whole: float = 0.0
    _watching: set[asyncio.Task[None]] = field(default_factory=set)

    async def rage(self, until: float) -> None:
        """Kill until a moment of the monotonic clock: each kind once first, then whatever chance says."""
        first = self.chance.sample(KINDS, len(KINDS))
        while time.monotonic() < until:
            kind = first.pop() if first else self.chance.choices(KINDS, WEIGHTS)[0]
            await self._kill(kind)
            await asyncio.sleep(self.chance.uniform(*PAUSE))

    async def look(self) -> None:
        """Count the seconds in which database and Prefect's server answer and a worker's heart beats, until all is over.

        (Told by a mark: a database driver that dies in the middle may swallow a cancellation.)
        """
        while not self.over:
            began = time.monotonic()
            with contextlib.suppress(Exception):
                hearts, *_ = await asyncio.gather(rows(BEATING, patience=0), runs(self.stack, ["PENDING"]), asyncio.sleep(0.3))
                self._whole += (time.monotonic() - began) * bool(hearts[0].count)
            await asyncio.sleep(0.05)

    async def watched(self) -> None:
        """Wait until the work of every dead worker has been taken over."""
        await asyncio.gather(*self._watching)

    async def _kill(self, kind: str) -> None:
        aimed = kind == "worker" and self.chance.random() < 0.7
        together = self.chance.random() < 0.5
        place = self.chance.random()
        held = await self._holder() if aimed else []
        found = await asyncio.to_thread(self.stack.of_kind, kind)
        chosen = [process for process in found if any(str(process.pid) == _pid(owner) for owner, _ in held)] or found
        if not chosen:
            return
        process = chosen[int(place * len(chosen))]
        with contextlib.suppress(psutil.Error):
            below = process.children(recursive=True) if together else []
            for one in [process, *below]:
                one.kill()
        how = "while it held leases" if aimed and held else "with its children" if together else "alone"
        kill = Kill(round(time.monotonic() - self.began, 1), kind, how, process.pid)
        self.kills.append(kill)
        if kind == "worker":
            task = asyncio.create_task(self._watch(kill, time.monotonic(), self._whole))
            self._watching.add(task)

    async def _holder(self, patience: float = 3) -> list[tuple[str, str]]:
        began = time.monotonic()
        while time.monotonic() - began < patience:
            with contextlib.suppress(Exception):
                if held := await rows(HELD):
                    return [(row.owner, row.id) for row in held]
            await asyncio.sleep(0.02)
        return []

    async def _watch(self, kill: Kill, began: float, whole: float) -> None:
        """Note when nothing is leased by the dead worker any more, and when Prefect shows none of its runs unfinished."""
        while not self.over and (kill.leases_taken_over is None or kill.runs_marked is None):
            with contextlib.suppress(Exception):
                if kill.owner is None:
                    known = await rows("SELECT worker_id FROM worker_heartbeat WHERE pid = :pid ORDER BY started_at DESC", pid=kill.pid)
                    if not known:
                        return
                    kill.owner = known[0].worker_id
                left = (await rows(LEFT, owner=kill.owner))[0].count
                kill.leases = max(kill.leases, left)
                if not left and kill.leases_taken_over is None:
                    kill.leases_taken_over = round(time.monotonic() - began, 1)
                    kill.leases_taken_over_net = round(self._whole - whole, 1)
                unfinished = len(await runs(self.stack, UNFINISHED, f"worker:{kill.owner}"))
                kill.runs = max(kill.runs, unfinished)
                if not unfinished and kill.runs_marked is None:
                    kill.runs_marked = round(time.monotonic() - began, 1)
                    kill.runs_marked_net = round(self._whole - whole, 1)
            await asyncio.sleep(0.3)


def _pid(owner: str) -> str:
    return owner.rsplit("-", 2)[1]


async def rows(sql: str, *, patience: float = 30, **values: Any) -> list[Any]:
    """Rows of the product's database, as soon as it answers."""
    began = time.monotonic()
    while True:
        try:
            async with db.Session() as session:
                return list(await session.execute(text(sql), values))
        except Exception:
            if time.monotonic() - began > patience:
                raise
            await asyncio.sleep(0.3)


async def runs(stack: Stack, states: list[str], *tags: str) -> list[dict[str, Any]]:
    """Prefect's flow runs in some states with all of some tags, 200 at most. Raises httpx.HTTPError."""
    auth = tuple((stack.cluster.data_dir / "prefect.auth").read_text().split(":", 1))
    wanted = {"flow_runs": {"state": {"type": {"any_": states}}, "tags": {"all_": ["langkah", *tags]}}, "limit": 200}
    async with httpx.AsyncClient(timeout=10, auth=auth) as http:  # type: ignore[arg-type]
        answer = await http.post(f"{stack.prefect_url}/flow_runs/filter", json=wanted)
        answer.raise_for_status()
        return list(answer.json())

"""One trial: begin, let people work while processes are killed, let it settle, check, report."""

import asyncio
import json
import random
import time
import traceback
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from models import db, schema
from models.clock import programme_now, set_programme_time
from models.definitions.loader import load
from models.services import access, programmes
from models.services.actor import MACHINE, Grant, Role
from models.services.announce import all_told
from tests.chaos import checks, people
from tests.chaos.killer import Killer, rows
from tests.chaos.people import Acknowledged, Person
from tests.chaos.stack import Stack

PROGRAMME = Path(__file__).parent / "programme"
WORKING, REGISTERING, PER_SECOND = 8, 3, 6.0
SUNDAY_NIGHT = datetime(2018, 1, 14, 16, 59, 48, tzinfo=UTC)
ROLES = {"desk": Role.PROGRAMME_MANAGER, "task": Role.STAGE_OWNER, "feed": Role.AUDITOR}


@dataclass
class Trial:
    """What a trial is given and what came of it."""

    seconds: float
    seed: int
    folder: Path
    settle: float
    told: Acknowledged = field(default_factory=Acknowledged)
    registered: int = 0
    report: dict[str, Any] = field(default_factory=dict)

    async def run(self) -> dict[str, Any]:
        """Run it and return the report; the logs and report.json stay in the folder."""
        stack, began = Stack(self.folder), time.monotonic()
        killer = Killer(stack, random.Random(self.seed), began)
        try:
            tokens = await self._prepare(stack)
            await asyncio.to_thread(stack.start)
            async with db.transaction() as session:
                await set_programme_time(session, SUNDAY_NIGHT)
            started = time.monotonic()
            killer.began = started
            everybody = self._everybody(stack, tokens)
            everybody.append(asyncio.create_task(killer.look()))
            raging = asyncio.create_task(killer.rage(started + self.seconds))
            await self._live(stack, raging, started + self.seconds)
            raged = time.monotonic()
            settled = await self._settle(stack, killer)
            for task in everybody:
                task.cancel()
            await asyncio.gather(*everybody, return_exceptions=True)
            times = {"start": started - began, "under_fire": raged - started, "settling": settled - raged}
            await self._check(stack, killer, {name: round(value, 1) for name, value in times.items()})
        except Exception:
            # Said at once: what still runs beside it may take its time to end.
            traceback.print_exc()
            raise
        finally:
            killer.over = True
            await all_told()
            await db.engine().dispose()
            await asyncio.to_thread(stack.stop)
        return self.report

    async def _prepare(self, stack: Stack) -> dict[str, list[str]]:
        """A database with the trial's programme, and tokens by role."""
        await asyncio.to_thread(stack.cluster.start)
        for name in ("langkah", "prefect"):
            await asyncio.to_thread(stack.cluster.create_database, name)
        await asyncio.to_thread(schema.upgrade, stack.cluster.url())
        db.connect(stack.cluster.url(), size=4)
        bundle = load(PROGRAMME).bundle
        assert bundle is not None
        tokens: dict[str, list[str]] = {}
        async with db.transaction() as session:
            await programmes.publish(session, MACHINE, bundle)
            for name, role in ROLES.items():
                tokens[name] = [await access.add_token(session, MACHINE, f"{name} {n}", [Grant(role)]) for n in range(WORKING)]
        return tokens

    def _everybody(self, stack: Stack, tokens: dict[str, list[str]]) -> list[asyncio.Task[None]]:
        self.numbers: asyncio.Queue[int] = asyncio.Queue()
        addresses, seed = [stack.web(0), stack.web(1)], self.seed

        def somebody(kind: str, number: int) -> Person:
            return Person(tokens[kind][number], addresses, self.told, random.Random(f"{seed} {kind} {number}"))

        works = [people.register(somebody("desk", n), self.numbers) for n in range(REGISTERING)]
        works += [people.work(somebody("task", n)) for n in range(WORKING)]
        works += [people.follow(somebody("feed", 0)), people.mend(somebody("desk", WORKING - 1))]
        return [asyncio.create_task(work) for work in works]

    async def _live(self, stack: Stack, raging: asyncio.Task[None], until: float) -> None:
        """New people come in, dead processes are started again, and now and then the programme's clock jumps an hour."""
        began = time.monotonic()
        jumps = 1
        while not raging.done():
            passed = time.monotonic() - began
            while self.registered < passed * PER_SECOND and time.monotonic() < until - 0.2 * self.seconds:
                self.registered += 1
                self.numbers.put_nowait(self.registered)
            await asyncio.to_thread(stack.revive)
            if passed > jumps * self.seconds / 3:
                jumps += await _an_hour_later()
            await asyncio.sleep(0.2)
        await raging

    async def _settle(self, stack: Stack, killer: Killer) -> float:
        """Wait until everything is done; the pauses between tries of a delivery are cut short, since they may be minutes."""
        began = time.monotonic()
        later = 0.0
        while time.monotonic() - began < self.settle:
            await asyncio.to_thread(stack.revive)
            try:
                if not self.numbers._unfinished_tasks and not await checks.waiting(self.told):  # type: ignore[attr-defined]
                    break
                async with db.transaction() as session:
                    await (await db.driver(session)).execute("UPDATE handoff SET next_try_at = now() WHERE state = 'queued' AND tries > 0")
                if time.monotonic() - began > later:
                    later += 8 * await _an_hour_later()
            except Exception as error:
                self.told.answers[f"settling: {type(error).__name__}"] += 1
            await asyncio.sleep(0.5)
        settled = time.monotonic()
        left = max(1.0, checks.LONGEST_TAKEOVER + 5 - (settled - began))
        await asyncio.wait([asyncio.create_task(killer.watched())], timeout=left)
        last = (await rows("SELECT coalesce(max(position), 0) AS position FROM journal"))[0].position
        for _ in range(600):
            if self.told.feed and self.told.feed[-1][0] >= last:
                break
            await asyncio.sleep(0.1)
        return settled

    async def _check(self, stack: Stack, killer: Killer, times: dict[str, float]) -> None:
        numbers: dict[str, int] = {}
        found = {
            "verify": await asyncio.to_thread(checks.verify, stack),
            "cases": await checks.cases(self.told, self.registered),
            "tasks": await checks.tasks(self.told),
            "refusals": self.told.refusals,
            "errors": [f"{count} answers 500" for status, count in self.told.answers.items() if status == "500"],
            "ledger": await checks.ledger(stack, numbers),
            "feed": await checks.feed(self.told),
            "figures": await checks.figures(stack),
            "prefect": await checks.prefect(stack),
            "takeovers": checks.takeovers(killer.kills),
        }
        counted = (await rows(
            "SELECT (SELECT count(*) FROM cases) AS cases, (SELECT count(*) FROM task) AS tasks,"
            " (SELECT count(*) FROM handoff) AS handoffs, (SELECT count(*) FROM journal) AS events,"
            " (SELECT count(*) FROM partner_message) AS partner_answers, (SELECT count(*) FROM weekly_update) AS frozen_weeks"
        ))[0]._asdict()  # fmt: skip
        numbers["partner_duplicate_requests"] = numbers["partner_requests"] - numbers["partner_orders"]
        self.report = {
            "seed": self.seed,
            "seconds": self.seconds,
            "times": times,
            "kills": dict(Counter(kill.kind for kill in killer.kills)),
            "numbers": counted | numbers | {"deliveries_retried_by_hand": self.told.retried},
            "takeover_seconds": _spread([k.leases_taken_over_net for k in killer.kills if k.leases and k.leases_taken_over_net]),
            "runs_marked_seconds": _spread([k.runs_marked_net for k in killer.kills if k.runs and k.runs_marked_net]),
            "http_answers": dict(self.told.answers),
            "killed": [kill.as_json() for kill in killer.kills],
            "differences": {name: wrong[:50] for name, wrong in found.items() if wrong},
        }
        (self.folder / "report.json").write_text(json.dumps(self.report, indent=1, default=str))


def _spread(values: list[float]) -> dict[str, float]:
    return {"n": len(values), "median": sorted(values)[len(values) // 2], "most": max(values)} if values else {"n": 0}


async def _an_hour_later() -> bool:
    """Let the programme's clock jump an hour; returns whether the database was there to be told."""
    try:
        async with db.transaction() as session:
            await set_programme_time(session, await programme_now(session) + timedelta(hours=1))
    except Exception:
        return False
    return True

"""Builds the demo day by day: people register, the machine works, partners answer, staff do tasks, Mondays are frozen."""

import random
from dataclasses import replace
from datetime import UTC, date, datetime, time
from typing import Any
from uuid import uuid4

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from flows.alone import drain
from flows.demo.people import People, per_day
from flows.demo.roster import Roster
from flows.demo.staff import filled, work_on
from flows.demo.story import story
from flows.watch_deadlines import BATCH, ring_batch
from integrations.sandbox.script import Faults, answer_for
from models.clock import set_programme_time
from models.db import driver, transaction
from models.definitions.definition import Definition
from models.engine.case import Case, decode
from models.engine.commands import AnswerHandoff, Command, Evidence, MarkSent, ReceiveEvent
from models.services import batch, cases, notes, participants, weekly
from models.services.actor import MACHINE, Actor
from models.services.cases import Opening
from models.services.participants import Person

GATEWAY = Actor("sandbox", "sandbox", "machine", channel="partner")


class Builder:
    """One run of the demo's history."""

    def __init__(self, definition: Definition, registrants: int, as_of: date, seed: int = 2018) -> None:
        self.definition, self.as_of = definition, as_of
        self.people, self.chance = People(definition, seed), random.Random(seed + 1)
        calendar = definition.calendar
        self.history = story().history
        self.counts = per_day(registrants, self.history.first_day, as_of, calendar.is_working_day)
        self.zone = calendar.zone
        self.ahead = dict(self.history.ahead.stages)
        self.drawer: list[tuple[Person, dict[str, Any]]] = []

    async def build(self) -> None:
        """Live through all days; the last one ends in the morning, with work left to do."""
        async with transaction() as session:
            self.roster = await Roster.load(session, self.definition)
        for day, count in self.counts.items():
            await self._clock(day, 8)
            await self._freeze(day)
            await self._register(day, count)
            await drain("demo")
            await self._clock(day, 11)
            await self._ring()
            await drain("demo")
            await self._partners()
            await drain("demo")
            if self.definition.calendar.is_working_day(day) and day < self.as_of:
                await self._clock(day, 15)
                await self._staff(day)
                await drain("demo")
        await self._clock(self.as_of, 11)

    async def _clock(self, day: date, hour: int) -> None:
        async with transaction() as session:
            await set_programme_time(session, datetime.combine(day, time(hour), self.zone))
        self.now = datetime.combine(day, time(hour), self.zone).astimezone(UTC)

    async def _freeze(self, day: date) -> None:
        if day.weekday() == 0:
            async with transaction() as session:
                await weekly.freeze_closed_weeks(session, MACHINE, self.definition)

    async def _register(self, day: date, count: int) -> None:
        made = [self.people.make(day) for _ in range(count)]
        openings = [Opening("", p.district, p.village, facts) for p, facts in made]
        late = self.history.late_forms
        if day == late.filled_in:
            self.drawer = [self.people.make(day, late.district) for _ in range(min(late.count, count))]
            made, openings = made[len(self.drawer) :], openings[len(self.drawer) :]
        if day == late.typed_in:
            made += self.drawer
            moment = datetime.combine(late.filled_in, time(10), self.zone)
            openings += [Opening("", p.district, p.village, facts, occurred_at=moment) for p, facts in self.drawer]
        if day >= self.history.ahead.from_:
            openings = [self._ahead(opening) for opening in openings]
        async with transaction() as session:
            ids = await participants.store(session, [person for person, _ in made])
            filled = [Opening(i, o.district, o.village, o.facts, o.evidence, o.occurred_at) for i, o in zip(ids, openings, strict=True)]
            await cases.open_cases(session, replace(self.roster.manager(), channel="import"), self.definition, filled, self.now)

    def _ahead(self, opening: Opening) -> Opening:
        """A few are further already when they register, on evidence."""
        stages, ahead = list(self.definition.stages), self.history.ahead
        for stage, left in self.ahead.items():
            if left and self.chance.random() < ahead.share:
                self.ahead[stage] -= 1
                facts = filled(ahead.facts, self.chance, self.as_of)
                proofs = tuple(Evidence(key, ahead.proof, facts) for key in stages[1 : stages.index(stage)])
                return Opening(opening.participant, opening.district, opening.village, opening.facts, proofs)
        return opening

    async def _ring(self) -> None:
        while await ring_batch() >= BATCH:
            pass

    async def _partners(self) -> None:
        """Hand-offs leave and come back: messages at once, offices after a day or more."""
        async with transaction() as session:
            rows = await (await driver(session)).fetch(
                "SELECT h.id::text, h.case_id::text, h.kind, h.message, h.attempt,"
                " c.state->'handoffs'->(h.id::text)->>'office' AS office FROM handoff h JOIN cases c ON c.id = h.case_id"
                " WHERE h.state = 'queued' ORDER BY h.case_id LIMIT 5000"
            )
            commands: dict[str, list[Command]] = {}
            written: list[tuple[str, str, str]] = []
            for row in rows:
                # What nobody has answered by the last day is still in the outbox, so that the sandbox gets it.
                if row["kind"] in ("messaging", "learning") or self.chance.random() < 0.3:
                    wanted = commands.setdefault(row["case_id"], [])
                    wanted += [MarkSent(row["id"], row["attempt"]), self._answer(row, written)]
            await notes.write_all(session, GATEWAY, written, self.now)
            await batch.carry(session, GATEWAY, commands, self.now)

    def _answer(self, row: dict[str, object], written: list[tuple[str, str, str]]) -> AnswerHandoff:
        """A partner's answer; its reason is added to the notes that are to be written."""
        key = f"{row['id']}:{row['attempt']}"
        today = self.definition.calendar.local_date(self.now).isoformat()
        payload = self.history.order | {"ordered_on": today, "office": row["office"]}
        order = {"key": key, "handoff": row["id"], "message": row["message"], "payload": payload}
        said = answer_for(order, Faults())
        note = str(uuid4()) if said["reason"] else None
        if note:
            written.append((note, str(row["case_id"]), said["reason"]))
        return AnswerHandoff(str(row["id"]), f"msg_{key}", said["status"], said["outcome"], said["facts"], note)

    async def _staff(self, day: date) -> None:
        async with transaction() as session:
            rows = await (await driver(session)).fetch(
                "SELECT state::text FROM cases WHERE id IN (SELECT case_id FROM task WHERE state IN ('open','claimed')) ORDER BY id"
            )
            wanted: dict[str, list[Command]] = {}
            who: dict[str, Actor] = {}
            for case in (decode(row["state"]) for row in rows):
                person, commands = work_on(case, self.roster, self.chance, day)
                if person is not None:
                    wanted[case.id], who[case.id] = commands, person
            for step, comes in self.history.arrivals.items():
                for case in await self._waiting_at(session, step, comes.share):
                    who.setdefault(case.id, self.roster.of_queue(case, self.definition.queue_of(step)))
                    wanted.setdefault(case.id, []).append(ReceiveEvent(comes.event, comes.outcome, comes.facts))
            await batch.carry(session, who, wanted, self.now)

    async def _waiting_at(self, session: AsyncSession, step: str, share: float) -> list[Case]:
        rows = await (await driver(session)).fetch(
            "SELECT state::text FROM cases WHERE id IN (SELECT case_id FROM position WHERE step = $1) ORDER BY id", step
        )
        return [decode(row["state"]) for row in rows if self.chance.random() < share]


async def is_built(session: AsyncSession) -> bool:
    """Whether the demo's history is complete."""
    return bool(await session.scalar(text("SELECT 1 FROM setting WHERE key = 'demo_built'")))


async def mark_built(session: AsyncSession) -> None:
    """Remember that the history is complete."""
    await session.execute(text("INSERT INTO setting (key, value) VALUES ('demo_built', 'true') ON CONFLICT (key) DO NOTHING"))

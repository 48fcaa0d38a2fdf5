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
from flows.demo.staff import work_on
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

FIRST = date(2017, 12, 14)
LATE_DISTRICT = "31.75.06"
GATEWAY = Actor("sandbox", "sandbox", "machine", channel="partner")
MONTH = {"report_income": 4_000_000, "report_goods": 2_200_000, "report_costs": 600_000}
STAGES_AHEAD = {"p6": 14, "p7": 6}


class Builder:
    """One run of the demo's history."""

    def __init__(self, definition: Definition, registrants: int, as_of: date, seed: int = 2018) -> None:
        self.definition, self.as_of = definition, as_of
        self.people, self.chance = People(definition, seed), random.Random(seed + 1)
        calendar = definition.calendar
        self.counts = per_day(registrants, FIRST, as_of, calendar.is_working_day)
        self.zone = calendar.zone
        self.ahead = dict(STAGES_AHEAD)
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
        if day == date(2017, 12, 20):
            # Seventeen December forms of one district lie in a drawer until 16 January: a restatement to come.
            self.drawer = [self.people.make(day, LATE_DISTRICT) for _ in range(17)]
            made, openings = made[17:], openings[17:]
        if day == date(2018, 1, 16):
            made += self.drawer
            moment = datetime.combine(date(2017, 12, 20), time(10), self.zone)
            openings += [Opening("", p.district, p.village, facts, occurred_at=moment) for p, facts in self.drawer]
        if day >= date(2018, 1, 8):
            openings = [self._ahead(opening) for opening in openings]
        async with transaction() as session:
            ids = await participants.store(session, [person for person, _ in made])
            filled = [Opening(i, o.district, o.village, o.facts, o.evidence, o.occurred_at) for i, o in zip(ids, openings, strict=True)]
            await cases.open_cases(session, replace(self.roster.manager(), channel="import"), self.definition, filled, self.now)

    def _ahead(self, opening: Opening) -> Opening:
        """A few are further already when they register: they have a licence, some keep books."""
        stages = list(self.definition.stages)
        for stage, left in self.ahead.items():
            if left and self.chance.random() < 0.01:
                self.ahead[stage] -= 1
                facts = {"licence_type": "IUMK", "licence_number": f"IUMK-{self.chance.randint(1000, 9999)}"}
                facts |= {"licence_issuer": "kecamatan", "licence_issued_on": "2017-06-05", "licence_until": "2022-06-05"}
                proofs = tuple(Evidence(key, "surat asli dilihat", facts) for key in stages[1 : stages.index(stage)])
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
        payload = {"loan_amount": 5_000_000, "loan_tenor": 12, "ordered_on": today, "office": row["office"]}
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
            for case in await self._reports(session):
                who.setdefault(case.id, self.roster.of_queue(case, self.definition.queue_of("p6.figures")))
                wanted.setdefault(case.id, []).append(ReceiveEvent("monthly_report", "received", MONTH))
            await batch.carry(session, who, wanted, self.now)

    async def _reports(self, session: AsyncSession) -> list[Case]:
        rows = await (await driver(session)).fetch(
            "SELECT state::text FROM cases WHERE id IN (SELECT case_id FROM position WHERE step = 'p6.figures')"
        )
        return [decode(row["state"]) for row in rows if self.chance.random() < 0.2]


async def is_built(session: AsyncSession) -> bool:
    """Whether the demo's history is complete."""
    return bool(await session.scalar(text("SELECT 1 FROM setting WHERE key = 'demo_built'")))


async def mark_built(session: AsyncSession) -> None:
    """Remember that the history is complete."""
    await session.execute(text("INSERT INTO setting (key, value) VALUES ('demo_built', 'true') ON CONFLICT (key) DO NOTHING"))

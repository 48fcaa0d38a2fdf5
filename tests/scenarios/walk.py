"""One case led by hand through the programme: machine, staff, partners, participant and clock, each by its own command."""

from datetime import timedelta
from itertools import count
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from flows.watch_deadlines import ring_batch
from models.clock import set_programme_time
from models.definitions.definition import Definition
from models.engine.case import Case
from models.engine.commands import AnswerHandoff, Command, MarkSent, ReceiveEvent
from models.services import cases, handoffs, tasks
from models.services.actor import MACHINE, Role
from models.services.participants import Person
from models.services.tasks import Completion
from tests.people import now, person, register, run_automation, staff

ANI = person(1)


class Walk:
    """A case and everybody who can move it. Each method lets one of them act and the machine do what follows."""

    def __init__(self, session: AsyncSession, case_id: str, number: str, manager: Any) -> None:
        self.session, self.id, self.number, self.manager = session, case_id, number, manager
        self._answers = count(1)

    @classmethod
    async def beginning_at(cls, session: AsyncSession, programme: Definition, stage: str, *, who: Person = ANI, **facts: Any) -> "Walk":
        """A new case whose earlier stages are proven; a manager and a mentor are there to work on it."""
        manager = await staff(session, Role.PROGRAMME_MANAGER, name="Made")
        await staff(session, Role.MENTOR, areas="31.71.01", name="Yuni")
        behind = tuple(programme.stages)[: list(programme.stages).index(stage)]
        [case] = await register(session, programme, who, facts=facts, behind=behind)
        await run_automation(session)
        return cls(session, case.id, case.number, manager)

    async def case(self) -> Case:
        """The case as it is now."""
        return await cases.folded(self.session, self.id)

    async def at(self) -> set[str]:
        """The steps in which it stands."""
        return {position.step for position in (await self.case()).positions.values()}

    async def told(self) -> list[str]:
        """Its journal's event types in order."""
        rows = await self.session.scalars(text("SELECT type FROM journal WHERE case_id = :id ORDER BY sequence"), {"id": self.id})
        return list(rows)

    async def do(self, step: str, outcome: str, note: str | None = None, **answers: Any) -> None:
        """A person takes the task of a step and ends it."""
        moment = await now(self.session)
        task = next(t for t in (await self.case()).tasks.values() if t.step == step and t.state in ("open", "claimed"))
        if task.assignee != self.manager.id:
            await tasks.assign(self.session, self.manager, task.id, self.manager.id, moment)
        await tasks.complete(self.session, self.manager, task.id, Completion(outcome, answers, note), moment)
        await self.settle()

    async def partner(self, step: str, outcome: str, status: str = "completed", **facts: Any) -> None:
        """The partner gets the hand-off of a step and answers it."""
        handoff = next(h for h in (await self.case()).handoffs.values() if h.step == step and h.state in ("queued", "sent"))
        moment = await now(self.session)
        if handoff.state == "queued":
            await cases.execute(self.session, MACHINE, self.id, MarkSent(handoff.id, handoff.attempt), moment)
        command = AnswerHandoff(handoff.id, f"msg-{self.id}-{next(self._answers)}", status, outcome, facts)
        assert await handoffs.answer(self.session, MACHINE, command, None, moment) == "accepted"
        await self.settle()

    async def participant(self, name: str, outcome: str, **facts: Any) -> None:
        """The participant, or a shop, tells something that the case waits for."""
        await self.command(ReceiveEvent(name, outcome, facts))

    async def command(self, command: Command) -> None:
        """A manager's command to the whole case."""
        await cases.command_case(self.session, self.manager, self.number, command, await now(self.session))
        await self.settle()

    async def wait(self, step: str) -> None:
        """Time passes until the clock speaks for a step: its timer, its warning or its deadline."""
        alarm = next(p.alarm_at for p in (await self.case()).positions.values() if p.step == step)
        assert alarm is not None, f"nothing is due at {step}"
        await self.session.commit()
        await set_programme_time(self.session, alarm + timedelta(seconds=1))
        await self.session.commit()
        while await ring_batch():
            pass
        await self.settle()

    async def settle(self) -> None:
        """Commit, and let the machine do what it can."""
        await self.session.commit()
        await run_automation(self.session)

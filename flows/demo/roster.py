"""The demo's staff: accounts for all that work, and who of them does which task."""

import json
import random
from uuid import uuid4

from sqlalchemy.ext.asyncio import AsyncSession

from flows.demo.people import FAMILY, MEN, WOMEN
from models.db import driver
from models.definitions.definition import Definition
from models.engine.case import Case, Task
from models.services import access
from models.services.actor import MACHINE, Actor, Grant, Role

MENTORS = 4  # in each district


async def add_staff(session: AsyncSession, definition: Definition, logins: list[tuple[str, str, Grant]], password: str) -> None:
    """Accounts for the given logins, four mentors in each district, an officer for each stage in each city; one password."""
    hashed = await access.hashed(password)
    chance = random.Random(44)
    rows = [
        *logins,
        *((email, f"{chance.choice(WOMEN + MEN)} {chance.choice(FAMILY)}", grant) for email, grant in _others(definition, logins)),
    ]
    await (await driver(session)).executemany(
        "INSERT INTO user_account (id, email, name, password_hash, grants, locale, active)"
        " VALUES ($1::uuid, $2, $3, $4, $5::jsonb, 'id', true) ON CONFLICT DO NOTHING",
        [(str(uuid4()), email, name, hashed, json.dumps(access.grants_to_json([grant]))) for email, name, grant in rows],
    )


def _others(definition: Definition, logins: list[tuple[str, str, Grant]]) -> list[tuple[str, Grant]]:
    """Whom the logins leave out, by address."""
    known, found = [grant for _, _, grant in logins], list[tuple[str, Grant]]()
    for area in definition.areas.districts():
        taken = any(grant.role == Role.MENTOR and area.code in grant.areas for grant in known)
        for number in range(2 if taken else 1, MENTORS + 1):
            grant = Grant(Role.MENTOR, frozenset(), frozenset({area.code}))
            found.append((f"pendamping{number}.{area.code.replace('.', '')}@demo.langkah.test", grant))
    for key, stage in definition.stages.items():
        if definition.live.groups[stage.owner].role != Role.STAGE_OWNER:
            continue
        for city in definition.areas.cities():
            grant = Grant(Role.STAGE_OWNER, frozenset({key}), frozenset({city.code}))
            if grant not in known:
                found.append((f"petugas.{key}.{city.code.replace('.', '')}@demo.langkah.test", grant))
    return found


class Roster:
    """Who does what: a task's own person, else one of those who work its queue there, always the same one for a case."""

    def __init__(self, definition: Definition, accounts: list[access.Account]) -> None:
        self._definition = definition
        people = [Actor(a.id, a.name, "user", a.grants) for a in sorted(accounts, key=lambda account: account.email)]
        self._by_id = {person.id: person for person in people}
        self._people = people
        self._there: dict[tuple[str, str], list[Actor]] = {}

    @classmethod
    async def load(cls, session: AsyncSession, definition: Definition) -> "Roster":
        """The roster of the accounts that there are."""
        roles = (Role.STAGE_OWNER, Role.MENTOR, Role.PROGRAMME_MANAGER)
        return cls(definition, [account for role in roles for account in await access.people_with_role(session, role)])

    def manager(self) -> Actor:
        """Who sends in the lists of those who registered; the machine when nobody may."""
        return next((person for person in self._people if person.may("import")), MACHINE)

    def worker(self, case: Case, task: Task) -> Actor:
        """Who does a task; the machine in a demo without accounts."""
        return self._by_id.get(task.assignee or "") or self.of_queue(case, task.queue)

    def of_queue(self, case: Case, queue: str) -> Actor:
        """One of those who work a queue in the case's district."""
        place = (queue, case.district)
        if place not in self._there:
            self._there[place] = self._workers(queue, case.district)
        there = self._there[place]
        return there[int(case.id[:8], 16) % len(there)] if there else MACHINE

    def _workers(self, queue: str, district: str) -> list[Actor]:
        known = self._definition.live.queues[queue]
        role = self._definition.live.groups[known.group].role
        own = [p for p in self._people if p.has_role(role) and p.grants[0].reaches(known.stage, district)]
        return own or [p for p in self._people if p.may_work(known.stage, district)]

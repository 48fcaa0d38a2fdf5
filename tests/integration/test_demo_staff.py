"""The demo's history reads as if people had lived it: its own staff did the tasks, each where they may."""

from datetime import date

from sqlalchemy import text

from flows.demo.build import Builder
from flows.demo.roster import add_staff
from models.services import access
from models.services.actor import Actor, Grant, Role
from tests.people import differences

LOGINS = [
    ("manajer@demo.langkah.test", "Ratna Dewi", Grant(Role.PROGRAMME_MANAGER)),
    ("kelas@demo.langkah.test", "Wati Lestari", Grant(Role.STAGE_OWNER, frozenset({"p2"}), frozenset({"31.75"}))),
]


async def test_tasks_are_done_by_the_staff_of_their_stage_and_district(session, programme):
    await add_staff(session, programme, LOGINS, "kata sandi demo")
    await session.commit()
    await Builder(programme, 150, date(2018, 1, 8)).build()
    roles = (Role.STAGE_OWNER, Role.MENTOR, Role.PROGRAMME_MANAGER)
    people = {a.id: Actor(a.id, a.name, "user", a.grants) for role in roles for a in await access.people_with_role(session, role)}
    completed = (
        "SELECT j.actor, j.data->>'by' AS by, t.stage, t.queue, j.district FROM journal j"
        " JOIN task t ON t.id::text = j.data->>'task' WHERE j.type = 'task_completed'"
    )
    done = (await session.execute(text(completed))).all()
    assert len({row.actor for row in done}) > 10
    for row in done:
        person = people[row.actor]
        mentors = programme.live.groups[programme.live.queues[row.queue].group].role == Role.MENTOR
        able = person.may("claim_own_queue", district=row.district) if mentors else person.may_work(row.stage, row.district)
        assert able, (person.name, row)
        assert row.by == row.actor
        assert not person.has_role("programme_manager"), "there are officers for each stage and city"
    assert await differences() == []

"""Mentors get cases in turn within their places; what ended frees its place; what was given before counts too."""

from collections import Counter

from sqlalchemy import text

from models.engine.commands import Withdraw
from models.services import caseload, cases, programmes
from models.services.actor import MACHINE, Role
from tests.people import MONDAY, differences, person, register, run_automation, staff

GAMBIR = "31.71.01"


async def given(session, programme, *numbers):
    """New cases in mentoring, by the person who got them."""
    opened = await register(session, programme, *[person(n) for n in numbers], behind=("p1", "p2"))
    await run_automation(session)
    return {case.id: (await cases.folded(session, case.id)).facts.get("mentor") for case in opened}


async def two_mentors(session):
    return [(await staff(session, Role.MENTOR, areas=GAMBIR, name=name)).id for name in ("Yuni", "Tono")]


async def counted(session, programme, people):
    found = await caseload.counts(session, programme.programme, "mentor", people)
    await session.commit()
    return found


async def test_cases_go_to_whoever_has_the_fewest_and_an_ended_one_frees_its_place(session, programme):
    yuni, tono = await two_mentors(session)
    elsewhere = (await staff(session, Role.MENTOR, areas="31.75", name="Rina")).id
    first = await given(session, programme, *range(1, 7))
    assert Counter(first.values()) == {yuni: 3, tono: 3}
    assert await counted(session, programme, [yuni, tono, elsewhere]) == {yuni: 3, tono: 3, elsewhere: 0}
    for case in [case for case, mentor in first.items() if mentor == yuni][:2]:
        await cases.execute(session, MACHINE, case, Withdraw("pindah"), MONDAY)
    await session.commit()
    assert list((await given(session, programme, 7, 8)).values()) == [yuni, yuni]
    assert await counted(session, programme, [yuni, tono]) == {yuni: 3, tono: 3}
    assert await differences() == []


async def test_cases_given_before_the_places_were_counted_count_too(session, programme):
    yuni, tono = await two_mentors(session)
    await given(session, programme, 1, 2, 3, 4)
    await session.execute(text("DELETE FROM seat"))
    await session.execute(text("DELETE FROM resource"))
    await session.commit()
    await given(session, programme, 5)
    found = await counted(session, programme, [yuni, tono])
    assert sorted(found.values()) == [2, 3]
    assert await differences() == []


async def test_nobody_gets_more_than_their_places(session, programme, ok_oce):
    [mentoring] = [stage for stage in ok_oce.bundle.pinned.stages if stage.stage == "p3"]
    few = mentoring.steps["find_mentor"].model_copy(update={"with_": {"role": "mentor", "fact": "mentor", "places": 2}})
    changed = mentoring.model_copy(update={"steps": mentoring.steps | {"find_mentor": few}})
    stages = [changed if stage is mentoring else stage for stage in ok_oce.bundle.pinned.stages]
    pinned = ok_oce.bundle.pinned.model_copy(update={"stages": stages})
    await programmes.publish(session, MACHINE, ok_oce.bundle.model_copy(update={"pinned": pinned}))
    await session.commit()
    small = await programmes.current(session)
    yuni, tono = await two_mentors(session)
    assert Counter((await given(session, small, *range(1, 7))).values()) == {yuni: 2, tono: 2, None: 2}

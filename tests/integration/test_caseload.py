"""Mentors get cases in turn within their places; what ended frees its place; what was given before counts too."""

from collections import Counter

from sqlalchemy import text

from models.engine.commands import MoveDistrict, Reopen, Withdraw
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


async def test_who_moves_away_frees_the_mentors_place_in_the_same_moment(session, programme):
    yuni, tono = await two_mentors(session)
    first = await given(session, programme, 1, 2)
    case = next(case for case, mentor in first.items() if mentor == yuni)
    await cases.execute(session, MACHINE, case, MoveDistrict("31.75.03"), MONDAY)
    taken = "SELECT r.name, r.taken FROM resource r WHERE r.kind = 'person:mentor'"
    assert dict((await session.execute(text(taken))).all()) == {yuni: 0, tono: 1}
    await session.commit()
    assert (await cases.folded(session, case)).facts["mentor"] is None
    assert await differences() == []


async def test_a_seat_that_vanished_or_that_nobody_was_given_is_found_though_the_count_is_right(session, programme):
    yuni, tono = await two_mentors(session)
    [case] = await given(session, programme, 1)
    [placed] = await register(session, programme, person(2), behind=("p1",))
    await run_automation(session)
    assert await differences() == []
    class_id = (await cases.folded(session, placed.id)).facts["class_id"]
    lost = "WITH gone AS (DELETE FROM seat RETURNING resource_id) UPDATE resource SET taken = taken - 1 FROM gone WHERE id = resource_id"
    await session.execute(text(lost))
    await session.commit()
    assert [(d.table, d.journal, d.row) for d in await differences()] == [("seat", "there", "missing")] * 2
    assert class_id in {d.key for d in await differences()}
    strange = "INSERT INTO seat SELECT id, CAST(:case AS uuid), now() FROM resource WHERE name = :who RETURNING resource_id"
    mine = (await cases.folded(session, case)).facts["mentor"]
    for who in (yuni, tono):
        await session.execute(text(strange), {"case": case, "who": who})
    await session.execute(text("UPDATE resource SET taken = 1, places = 120 WHERE kind LIKE 'person:%'"))
    await session.commit()
    found = [(d.case_number, d.key, d.row) for d in await differences() if d.key != class_id]
    other = await session.scalar(text("SELECT id::text FROM resource WHERE name = :who"), {"who": tono if mine == yuni else yuni})
    assert [(key, row) for _, key, row in found] == [(other, "there")]


async def test_who_skips_a_class_and_who_ends_and_comes_back_are_no_differences(session, programme):
    await two_mentors(session)
    [case] = await given(session, programme, 1)
    [placed] = await register(session, programme, person(2), behind=("p1",))
    await run_automation(session)
    for commands in ((Withdraw("pindah"), Withdraw("pindah")), (Reopen("p3", "kembali"), Reopen("p2", "kembali"))):
        for one, command in zip((case, placed.id), commands, strict=True):
            await cases.execute(session, MACHINE, one, command, MONDAY)
        await session.commit()
        assert await differences() == []
        await run_automation(session)
        assert await differences() == []

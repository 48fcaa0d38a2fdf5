"""The weekly update: the cut, two times, moves, zeros; frozen, reproducible, restated in the open."""

import asyncio
import io
import random
from datetime import UTC, datetime, timedelta
from itertools import cycle

import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from models.clock import programme_now, set_programme_time
from models.db import transaction
from models.definitions.calendar import Week
from models.engine.commands import Hold, MoveDistrict, SkipStage, Withdraw
from models.errors import Conflict, NotAllowed
from models.services import case_view, cases, participants, programmes, store, weekly
from models.services.actor import MACHINE, Role
from models.services.cases import Opening
from models.services.weekly_files import COLUMNS, pdf, xlsx
from tests.people import person, register, run_automation, staff

W02, W03 = Week.parse("2018-W02"), Week.parse("2018-W03")
DISTRICTS = ("31.71.02", "31.71.03", "31.75.03", "31.71.01")
SUNDAY_NIGHT = datetime(2018, 1, 14, 16, 59, 59, tzinfo=UTC)
MONDAY_MIDNIGHT = datetime(2018, 1, 14, 17, 0, tzinfo=UTC)


async def freeze(session, programme, at):
    await set_programme_time(session, at)
    frozen = await weekly.freeze_closed_weeks(session, MACHINE, programme)
    await session.commit()
    return frozen


def row(update, stage, district="31.71.01"):
    return next(r for r in update["rows"] if (r["stage"], r["district"]) == (stage, district))


async def read(session, programme, week):
    return await weekly.read(session, MACHINE, programme, week)


async def test_the_cut_is_monday_midnight_whenever_the_flow_runs(session, programme):
    await register(session, programme, person(1), at=SUNDAY_NIGHT)
    await register(session, programme, person(2), at=MONDAY_MIDNIGHT)
    assert await freeze(session, programme, MONDAY_MIDNIGHT + timedelta(days=2)) == ["2018-W02"]
    update = await read(session, programme, W02)
    assert update["registered"] == {"week": 1, "total": 1, "of_which_earlier": 0}
    assert update["as_of"] == "2018-01-14T17:00:00+00:00"


async def test_every_stage_and_district_has_a_row_zeros_included(session, programme):
    await register(session, programme, person(1))
    await freeze(session, programme, MONDAY_MIDNIGHT)
    update = await read(session, programme, W02)
    assert len(update["rows"]) == 44 * 7
    assert row(update, "p7", "31.01.01")["present"] == 0


async def test_present_is_present_before_plus_entered_minus_finished_minus_left(session, programme):
    one, two, three = await register(session, programme, person(1), person(2), person(3))
    await run_automation(session)
    await freeze(session, programme, MONDAY_MIDNIGHT)
    now = MONDAY_MIDNIGHT + timedelta(days=1)
    await set_programme_time(session, now)
    await cases.execute(session, MACHINE, one.id, MoveDistrict("31.75.03"), now)
    await cases.execute(session, MACHINE, two.id, Withdraw("pindah"), now)
    await cases.execute(session, MACHINE, three.id, SkipStage("p2", "sertifikat"), now)
    await cases.execute(session, MACHINE, three.id, Hold("sakit"), now)
    await session.commit()
    await freeze(session, programme, W03.cut(programme.calendar.zone))
    before, after = await read(session, programme, W02), await read(session, programme, W03)
    for now_row in after["rows"]:
        then = row(before, now_row["stage"], now_row["district"])
        assert now_row["present"] == then["present"] + now_row["entered"] - now_row["finished"] - now_row["left"]
    assert row(after, "p2") | {"overdue": 0} == row(after, "p2") | {"entered": 0, "finished": 1, "left": 2, "present": 0, "overdue": 0}
    assert row(after, "p2", "31.75.03")["entered"] == 1
    assert row(after, "p3")["present"] == 1, "a case on hold stays present"


async def test_late_facts_enter_the_week_that_recorded_them_and_restate_the_earlier_one(session, programme):
    await register(session, programme, person(1))
    await freeze(session, programme, MONDAY_MIDNIGHT)
    now = MONDAY_MIDNIGHT + timedelta(days=1)
    await set_programme_time(session, now)
    [late] = await participants.store(session, [person(2)])
    await cases.open_cases(session, MACHINE, programme, [Opening(late, "31.71.01", occurred_at=datetime(2018, 1, 9, 3, tzinfo=UTC))], now)
    await session.commit()
    await freeze(session, programme, W03.cut(programme.calendar.zone))
    update = await read(session, programme, W03)
    assert update["registered"] == {"week": 1, "total": 2, "of_which_earlier": 1}
    restated = [(item["week"], item["figure"], item.get("stage"), item["was"], item["now"]) for item in update["restatements"]]
    assert restated == [("2018-W02", "registered", None, 1, 2), ("2018-W02", "entered", "p1", 1, 2)]
    assert (await read(session, programme, W02))["registered"]["total"] == 1, "what is frozen stays"


async def test_a_week_knows_what_the_frozen_ones_before_it_say(session, programme):
    await register(session, programme, person(1), person(2), behind=("p1",))
    await freeze(session, programme, MONDAY_MIDNIGHT)
    first, second = await read(session, programme, W02), await weekly.before(session, MACHINE, programme, W03)
    assert second.finished == {total["stage"]: total["finished"] for total in first["totals"]}
    assert second.finished["p1"] == 2
    assert second.overdue == sum(total["overdue"] for total in first["totals"])
    assert await weekly.before(session, MACHINE, programme, W02) == weekly.Before({}, None)
    after = await weekly.before(session, MACHINE, programme, Week.parse("2018-W05"))
    assert (after.finished["p1"], after.overdue) == (2, None), "the week just before is not frozen"


async def test_a_frozen_week_comes_out_of_the_journal_again_to_the_digit(session, programme):
    await register(session, programme, *[person(n) for n in range(1, 20)])
    await run_automation(session)
    await freeze(session, programme, MONDAY_MIDNIGHT)
    first = await weekly.verify_week(session, programme, W02)
    await register(session, programme, person(30), at=MONDAY_MIDNIGHT + timedelta(days=1))
    assert (await weekly.verify_week(session, programme, W02))["content_hash"] == first["content_hash"]
    await session.execute(text("ALTER TABLE weekly_update DISABLE TRIGGER weekly_update_guard"))
    await session.execute(text("UPDATE weekly_update SET body = jsonb_set(body, '{registered,total}', '999')"))
    with pytest.raises(Conflict):
        await weekly.verify_week(session, programme, W02)


async def test_a_frozen_week_cannot_be_changed_and_survives_a_new_target(session, programme, ok_oce):
    await register(session, programme, person(1))
    await freeze(session, programme, MONDAY_MIDNIGHT)
    raised = ok_oce.bundle.live.target.model_copy(update={"count": 12000})
    live = ok_oce.bundle.live.model_copy(update={"target": raised})
    await programmes.publish(session, MACHINE, ok_oce.bundle.model_copy(update={"live": live}))
    today = await programmes.current(session)
    assert today.live.target.count == 12000
    assert (await weekly.verify_week(session, today, W02))["target"]["count"] == 10000
    with pytest.raises(DBAPIError, match="stays as it is"):
        await session.execute(text("UPDATE weekly_update SET content_hash = 'x'"))


async def test_a_week_without_events_after_one_that_is_not_frozen_yet_is_empty(session, programme):
    await register(session, programme, person(1))
    await set_programme_time(session, MONDAY_MIDNIGHT + timedelta(days=1))
    assert (await read(session, programme, W03))["registered"] == {"week": 0, "total": 1, "of_which_earlier": 0}
    assert [item["week"] for item in await weekly.weeks(session, MACHINE, programme)] == ["2018-W03", "2018-W02"]


async def test_an_open_week_is_provisional_and_freezing_twice_changes_nothing(session, programme):
    await register(session, programme, person(1))
    assert (await read(session, programme, W02))["status"] == "provisional"
    assert await freeze(session, programme, MONDAY_MIDNIGHT) == ["2018-W02"]
    assert await freeze(session, programme, MONDAY_MIDNIGHT) == []


async def test_a_week_frozen_while_late_commits_race_is_an_exact_prefix_and_the_feed_misses_none(session, programme):
    opened = await register(session, programme, *[person(n) for n in range(1, 13)])
    await set_programme_time(session, MONDAY_MIDNIGHT - timedelta(seconds=1))
    await session.commit()
    began, followed = asyncio.get_running_loop().time(), list[int]()

    def under_way():
        return asyncio.get_running_loop().time() - began < 3

    async def write(case, chance):
        for district in cycle(DISTRICTS):
            if not under_way():
                return
            async with transaction() as own:
                if chance.random() < 0.5:
                    await store.load(own, [case.id])
                    await asyncio.sleep(chance.random() * 0.1)
                await cases.execute(own, MACHINE, case.id, MoveDistrict(district), await programme_now(own))
                await asyncio.sleep(chance.random() * 0.1)

    async def follow():
        while True:
            last_look = not under_way()
            async with transaction() as own:
                events = await case_view.journal(own, MACHINE, after=followed[-1] if followed else 0)
            followed.extend(event["position"] for event in events)
            if last_look and not events:
                return

    async def freeze_in_time():
        while True:
            async with transaction() as own:
                if await weekly.freeze_closed_weeks(own, MACHINE, programme):
                    return await weekly.read(own, MACHINE, programme, W02)
            await asyncio.sleep(0.01)

    writers = [write(case, random.Random(n)) for n, case in enumerate(opened)]
    frozen, *_ = await asyncio.gather(freeze_in_time(), *writers, follow())
    assert followed == list(await session.scalars(text("SELECT position FROM journal ORDER BY position")))
    assert len(opened) < frozen["journal_position"] < followed[-1]
    assert (await weekly.verify_week(session, programme, W02))["content_hash"] == frozen["content_hash"]


async def test_who_may_not_freeze_or_read(session, programme):
    desk = await staff(session, Role.DESK)
    with pytest.raises(NotAllowed):
        await weekly.freeze_closed_weeks(session, desk, programme)
    with pytest.raises(NotAllowed):
        await weekly.read(session, desk, programme, W02)


async def test_the_pdf_and_the_spreadsheet_are_renderings_of_the_same_figures(session, programme):
    await register(session, programme, person(1))
    await freeze(session, programme, MONDAY_MIDNIGHT)
    update = await read(session, programme, W02)
    assert pdf(update, programme).startswith(b"%PDF")
    book = CalamineWorkbook.from_filelike(io.BytesIO(xlsx(update, programme)))
    totals, detail = book.get_sheet_by_index(0).to_python(), book.get_sheet_by_index(1).to_python()
    assert totals[0][2] == update["content_hash"]
    assert [row[1:6] for row in totals[5:12]] == [[t[c] for c in COLUMNS] for t in update["totals"]]
    assert len(detail) == 1 + len(update["rows"])

"""P3: a mentor by load; visits and papers side by side; readiness needs both."""

from models.engine.commands import MoveDistrict
from tests.people import differences
from tests.scenarios.walk import Walk

VISIT = {"visit_date": "24/01/2018", "premises": "home", "premises_m2": "20", "zone": "permitted"}
PAPERS = {"doc_ktp": True, "doc_rt_rw": True, "doc_photo": True, "doc_form": True}
READY = {"price_calculated": True, "has_npwp": True, "wants_licence": True}


async def test_visits_and_papers_run_side_by_side_and_both_are_needed(session, programme):
    walk = await Walk.beginning_at(session, programme, "p3")
    assert await walk.at() == {"p3.visit", "p3.collect_papers"}
    mentor = (await walk.case()).facts["mentor"]
    assert {task.assignee for task in (await walk.case()).tasks.values()} == {mentor}
    await walk.do("p3.collect_papers", "collected", **PAPERS)
    assert await walk.at() == {"p3.visit", "p3.both_done"}
    await walk.do("p3.visit", "again", **VISIT)
    await walk.wait("p3.next_visit")
    await walk.do("p3.visit", "done", **VISIT)
    assert await walk.at() == {"p3.readiness"}
    await walk.do("p3.readiness", "not_yet", **READY)
    await walk.wait("p3.more_mentoring")
    await walk.do("p3.readiness", "ready", **READY)
    assert (await walk.case()).stage == "p4"
    assert await differences() == []


async def test_who_cannot_be_found_is_called_back_by_the_mentor_and_lapses(session, programme):
    walk = await Walk.beginning_at(session, programme, "p3")
    for _ in range(3):
        await walk.do("p3.visit", "unreachable")
        await walk.wait("p3.next_visit")
    await walk.do("p3.visit", "unreachable")
    assert "p3.call_back" in await walk.at()
    await walk.do("p3.call_back", "gone")
    case = await walk.case()
    assert (case.status, case.status_reason) == ("lapsed", "unreachable")
    assert all(task.state in ("done", "cancelled") for task in case.tasks.values()), "the papers' task is cancelled with it"
    assert await differences() == []


async def test_a_move_to_another_district_gives_the_mentors_tasks_back(session, programme):
    walk = await Walk.beginning_at(session, programme, "p3")
    await walk.command(MoveDistrict("31.75.03"))
    case = await walk.case()
    assert {task.state for task in case.tasks.values()} == {"open"}
    assert case.facts["mentor"] is None
    assert await walk.at() == {"p3.visit", "p3.collect_papers"}
    assert (await walk.told())[-6:].count("task_released") == 2
    assert await differences() == []

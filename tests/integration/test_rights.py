"""Who may do and read what: at the target too, and only while the work is theirs."""

import pytest
from sqlalchemy import text

from models.clock import programme_now
from models.errors import Invalid, NotAllowed, NotFound, NotSignedIn
from models.services import access, case_view, cases, tasks
from models.services.actor import PERMISSIONS, Actor, Role
from models.settings import get_settings
from tests.integration.conftest import at, in_queue, token_for
from tests.people import PASSWORD, register, staff
from tests.people import person as invented
from tests.scenarios.walk import Walk
from ui.demo_clock import go_to_next_morning
from ui.desk import Desk


async def version_of(api, number):
    return (await api.get(f"/cases/{number}")).json()["version"]


async def test_a_stage_is_skipped_or_reopened_by_its_own_people(api, session, programme):
    case = await at(session, programme, "p4")
    path, version = f"/cases/{case.number}/commands", await version_of(api, case.number)
    p4 = await token_for(session, Role.STAGE_OWNER, "p4")
    ahead = {"type": "skip", "version": version, "stage": "p6", "proof": "laporan dilihat"}
    assert (await api.post(path, json=ahead, headers=p4)).status_code == 403
    both = await token_for(session, Role.STAGE_OWNER, "p4 p6")
    assert (await api.post(path, json=ahead, headers=both)).status_code == 200
    gone = {"type": "withdraw", "version": await version_of(api, case.number), "reason": "pindah"}
    assert (await api.post(path, json=gone, headers=both)).json()["status"] == "withdrawn"
    again = {"type": "reopen", "version": await version_of(api, case.number), "stage": "p2", "reason": "kembali"}
    assert (await api.post(path, json=again, headers=both)).status_code in (403, 404)
    assert (await api.post(path, json=again)).json()["stage"] == "p2"


async def test_a_case_is_merged_into_another_one_that_is_under_way(api, session, programme):
    one, two, three = await register(session, programme, *(invented(n) for n in (1, 2, 3)))
    path = f"/cases/{one.number}/commands"

    async def merged(into):
        body = {"type": "merge", "version": await version_of(api, one.number), "into": into}
        return await api.post(path, json=body)

    itself = await merged(one.number)
    assert (itself.status_code, itself.json()["errors"][0]["field"]) == (409, "into")
    assert (await merged("OKO-2018-999999")).status_code == 404
    version = await version_of(api, two.number)
    await api.post(f"/cases/{two.number}/commands", json={"type": "merge", "version": version, "into": three.number})
    ended = await merged(two.number)
    assert (ended.status_code, "merged" in ended.json()["detail"]) == (409, True)
    await session.execute(text("UPDATE cases SET programme = 'other' WHERE number = :n"), {"n": three.number})
    await session.commit()
    assert "other programme" in (await merged(three.number)).json()["detail"].replace("another", "other")


async def test_raw_events_are_for_those_who_may_read_journals(api, session, programme):
    case = await in_queue(session, programme)
    path = f"/cases/{case.number}/journal"
    for role, status in (("auditor", 200), ("administrator", 200), ("service", 200), ("stage_owner", 403), ("desk", 403), ("leader", 404)):
        assert (await api.get(path, headers=await token_for(session, Role(role)))).status_code == status, role
    owner = await staff(session, stages="p1", areas="31.71")
    told = await case_view.history(session, owner, case.number, "id")
    assert told[-1]["words"] == "Berkas dibuka"
    assert all("data" not in item for item in told)


async def test_the_cases_of_a_run_are_those_of_the_own_area(session, programme):
    await register(session, programme, invented(1), invented(2, district="31.75.03"))
    run = "0b9f4f9e-7a53-4a63-9c7e-3f0d8a7f1c11"
    await session.execute(
        text("INSERT INTO run_case (flow_run_id, case_id, step, outcome, at) SELECT CAST(:r AS uuid), id, 'x', 'done', now() FROM cases"),
        {"r": run},
    )
    everywhere = await staff(session, Role.PROGRAMME_MANAGER)
    there = await staff(session, Role.PROGRAMME_MANAGER, areas="31.75", name="Timur")
    assert len(await case_view.cases_of_run(session, everywhere, run)) == 2
    assert len(await case_view.cases_of_run(session, there, run)) == 1


async def test_a_mentor_reads_a_case_while_its_task_or_the_person_is_theirs(session, programme):
    walk = await Walk.beginning_at(session, programme, "p3")
    mentor = next(iter(await access.people_with_role(session, "mentor")))
    yuni = await access.actor_of_session(session, await access.sign_in(session, mentor.email, PASSWORD, ""))
    assert [row["number"] for row in await case_view.found(session, yuni)] == [walk.number]
    assert await cases.find(session, yuni, walk.number)
    other = await staff(session, Role.MENTOR, areas="31.71.01", name="Rina")
    with pytest.raises(NotFound):
        await cases.find(session, other, walk.number)
    moment = await programme_now(session)
    visit = next(t for t in (await walk.case()).tasks.values() if t.step == "p3.visit")
    elsewhere = await staff(session, Role.MENTOR, stages="p5", name="Lain")
    with pytest.raises(Invalid):
        await tasks.assign(session, walk.manager, visit.id, elsewhere.id, moment)
    await tasks.assign(session, walk.manager, visit.id, other.id, moment)
    assert await cases.find(session, other, walk.number)
    await tasks.assign(session, walk.manager, visit.id, walk.manager.id, moment)
    with pytest.raises(NotFound):
        await cases.find(session, other, walk.number)
    assert await case_view.found(session, other) == []


async def test_a_task_is_handed_to_somebody_who_may_work_it(api, session, programme):
    await in_queue(session, programme)
    [task] = (await api.get("/tasks")).json()["items"]
    path = f"/tasks/{task['id']}/assign"
    sari = await staff(session, stages="p1", areas="31.71")
    far = await staff(session, stages="p1", areas="31.75", name="Jauh")
    left = await staff(session, stages="p1", name="Pergi")
    await session.execute(text("UPDATE user_account SET active = false WHERE id = CAST(:id AS uuid)"), {"id": left.id})
    await session.commit()
    for wrong in ("nobody", far.id, left.id, "0b9f4f9e-7a53-4a63-9c7e-3f0d8a7f1c11", ""):
        answer = await api.post(path, json={"version": task["version"], "assignee": wrong})
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "assignee"), wrong
    owner = await token_for(session, Role.STAGE_OWNER, "p1")
    assert (await api.post(path, json={"assignee": sari.id}, headers=owner)).status_code == 403
    done = await api.post(path, json={"version": task["version"], "assignee": sari.id})
    assert (done.json()["assignee"], done.json()["state"]) == (sari.id, "claimed")


async def test_the_demo_clock_is_moved_by_managers_and_administrators_who_are_signed_in(session, programme, monkeypatch):
    manager = await staff(session, Role.PROGRAMME_MANAGER)
    with pytest.raises(NotAllowed):
        await go_to_next_morning(session, manager)
    monkeypatch.setattr(get_settings(), "demo", True)
    assert await go_to_next_morning(session, manager)
    for role in (Role.STAGE_OWNER, Role.LEADER, Role.AUDITOR, Role.MENTOR):
        with pytest.raises(NotAllowed):
            await go_to_next_morning(session, await staff(session, role, name=f"Bukan{role}"))
    with pytest.raises(NotSignedIn):
        async with Desk(manager, "a token that ended", "id", "/staff").work():
            pass


async def test_a_queue_outside_ones_stages_is_refused_in_words_and_one_inside_is_just_empty(api, session, programme):
    await in_queue(session, programme)
    training = await token_for(session, Role.SERVICE, "p2", "31.71")
    refused = await api.post("/tasks/claim-next", json={"queue": "p1"}, headers=training)
    assert (refused.status_code, refused.headers["content-type"]) == (403, "application/problem+json")
    assert refused.json()["detail"] == "Anda tidak berhak mengerjakan tugas tahap P1 / you may not work on tasks of stage P1"
    empty = await api.post("/tasks/claim-next", json={"queue": "p2"}, headers=training)
    assert (empty.status_code, empty.json()) == (200, None)


@pytest.mark.parametrize(("stage", "district"), [(None, None), ("p4", None), (None, "31.74.01"), ("p4", "31.74.01")])
@pytest.mark.parametrize("action", sorted(set().union(*PERMISSIONS.values())))
def test_a_refusal_is_said_in_both_languages_without_keys(action, stage, district):
    with pytest.raises(NotAllowed) as refused:
        Actor("a", "A", "user").require(action, stage=stage, district=district)
    indonesian, english = refused.value.message.split(" / ")
    assert indonesian.startswith("Anda tidak berhak ")
    assert english.startswith("you may not ")
    assert "_" not in refused.value.message
    assert "31.74" not in refused.value.message
    assert ("P4" in indonesian, "P4" in english) == (stage is not None,) * 2


async def test_who_moves_a_case_out_of_the_own_area_is_told_where_it_is_now(api, session, programme):
    case = await in_queue(session, programme)
    path, version = f"/cases/{case.number}", await version_of(api, case.number)
    here = await token_for(session, Role.STAGE_OWNER, "p1", "31.71.01")
    moved = await api.post(f"{path}/commands", json={"type": "move_district", "version": version, "district": "31.75.03"}, headers=here)
    told = moved.json()
    assert (moved.status_code, told["district"], told["version"] > version) == (200, "31.75.03", True)
    assert f"Berkas {case.number} kini di Jatinegara (P1), di luar wilayah" in told["notice"]["id"]
    assert "facts" not in told, "what is read there is not this person's any more"
    assert (await api.get(path)).json()["district"] == "31.75.03", "it was kept"
    assert (await api.get(path, headers=here)).status_code == 404


async def test_who_skips_a_case_on_to_a_stage_of_others_is_told_too(api, session, programme):
    case = await at(session, programme, "p4")
    body = {"type": "skip", "version": await version_of(api, case.number), "stage": "p4", "proof": "izin dilihat"}
    done = await api.post(f"/cases/{case.number}/commands", json=body, headers=await token_for(session, Role.STAGE_OWNER, "p4"))
    assert (done.status_code, done.json()["stage"], "notice" in done.json()) == (200, "p5", True)


async def test_an_auditor_and_an_administrator_read_all_work_and_do_none_of_it(api, session, programme):
    await in_queue(session, programme)
    for role in (Role.AUDITOR, Role.ADMINISTRATOR):
        who = await token_for(session, role)
        listed = (await api.get("/tasks", headers=who)).json()
        assert listed["total"] == 1, role
        assert (await api.get("/incidents", headers=who)).status_code == 200
        task = f"/tasks/{listed['items'][0]['id']}"
        assert (await api.get(task, headers=who)).status_code == 200
        assert (await api.post(f"{task}/claim", json={}, headers=who)).status_code == 403
        assert (await api.post("/tasks/claim-next", json={"queue": "p1"}, headers=who)).status_code == 403
    auditor = await token_for(session, Role.AUDITOR)
    assert (await api.post("/imports", files={"file": ("a.csv", b"Nama;NIK")}, headers=auditor)).status_code == 403
    leader = await token_for(session, Role.LEADER)
    assert ((await api.get("/incidents", headers=leader)).status_code, (await api.get("/tasks", headers=leader)).json()["total"]) == (
        403,
        0,
    )


async def test_a_lost_race_names_who_was_faster_and_no_id(api, session, programme):
    case = await in_queue(session, programme)
    task_id = next(iter((await cases.folded(session, case.id)).tasks))
    sari = await staff(session, stages="p1", name="Sari")
    await tasks.claim(session, sari, task_id, await programme_now(session))
    await session.commit()
    for act, body, code in (("claim", {}, "taken"), ("complete", {"outcome": "accept", "answers": {"identity_seen": True}}, "not_yours")):
        lost = (await api.post(f"/tasks/{task_id}/{act}", json=body)).json()
        assert (lost["detail"], lost["errors"][0]["code"]) == ("Sudah diambil Sari 0 detik lalu / taken by Sari 0 s ago", code)

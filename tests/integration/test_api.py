"""REST: who may, what is wrong by field, the same request twice, another's district."""

import json

import pytest

from models.services import access
from models.services.actor import MACHINE, Grant, Role
from tests.integration.conftest import SITI, token_for
from tests.people import person, register, run_automation


async def test_a_registration_is_a_case_and_the_same_nik_again_only_tells_the_number(api):
    made = await api.post("/registrations", json=SITI)
    assert made.status_code == 201, made.text
    again = await api.post("/registrations", json=SITI)
    assert (again.status_code, again.headers["content-type"]) == (409, "application/problem+json")
    assert made.json()["case_number"] in again.json()["detail"]
    assert "SITI" not in again.text.upper()


async def test_an_idempotency_key_gives_the_same_answer_and_refuses_another_body(api):
    first = await api.post("/registrations", json=SITI, headers={"Idempotency-Key": "a"})
    second = await api.post("/registrations", json=SITI, headers={"Idempotency-Key": "a"})
    assert first.json() == second.json()
    assert (await api.post("/registrations", json=SITI | {"name": "X"}, headers={"Idempotency-Key": "a"})).status_code == 409


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"nik": "123"}, "nik"),
        ({"nik": "3171014513800001"}, "nik"),
        ({"district": "Bekasi Barat"}, "district"),
        ({"phone": "12"}, "phone"),
        ({"colour": "blue"}, "colour"),
        ({"business_months": "many"}, "business_months"),
        ({"birth_date": "kemarin"}, "birth_date"),
    ],
)
async def test_what_is_wrong_is_named_by_field(api, change, field):
    answer = await api.post("/registrations", json=SITI | change)
    assert answer.status_code == 422, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert [error["field"] for error in answer.json()["errors"]] == [field]


async def test_without_a_token_nothing_is_told(api):
    for path in ("/cases", "/tasks", "/weekly-updates", "/incidents", "/events"):
        answer = await api.get(path, headers={"Authorization": "Bearer wrong"})
        assert (answer.status_code, answer.headers["content-type"]) == (401, "application/problem+json")


async def test_a_task_goes_from_queue_to_done_and_a_stale_version_is_a_conflict(api, session, programme):
    await register(session, programme, person(1, sex="L"))
    await run_automation(session)
    task = (await api.post("/tasks/claim-next", json={"queue": "p1"})).json()
    assert task["form"]["properties"]["identity_seen"]["type"] == "boolean"
    stale = await api.post(f"/tasks/{task['id']}/complete", json={"version": 1, "outcome": "accept", "answers": {"identity_seen": True}})
    assert (stale.status_code, stale.json()["errors"][0]["code"]) == (409, "stale")
    wrong = await api.post(f"/tasks/{task['id']}/complete", json={"version": task["version"], "outcome": "accept", "answers": {"x": 1}})
    assert {error["field"] for error in wrong.json()["errors"]} == {"x", "identity_seen"}
    done = await api.post(
        f"/tasks/{task['id']}/complete", json={"version": task["version"], "outcome": "accept", "answers": {"identity_seen": True}}
    )
    assert done.json()["state"] == "done"
    assert (await api.post("/tasks/claim-next", json={"queue": "p1"})).json() is None


async def test_another_districts_task_is_not_there(api, session, programme):
    await register(session, programme, person(1, sex="L"))
    await run_automation(session)
    [task] = (await api.get("/tasks")).json()["items"]
    there = await token_for(session, Role.SERVICE, "p1", "31.75")
    assert (await api.get("/tasks", headers=there)).json()["items"] == []
    assert (await api.get(f"/tasks/{task['id']}", headers=there)).status_code == 404
    assert (await api.post(f"/tasks/{task['id']}/claim", json={}, headers=there)).status_code == 403
    assert (await api.get(f"/cases/{task['case_number']}", headers=there)).status_code == 404


async def test_a_case_is_commanded_with_its_version_and_explains_itself(api, session, programme):
    [case] = await register(session, programme, person())
    seen = (await api.get(f"/cases/{case.number}")).json()
    assert {"number", "stage", "status", "version", "positions", "due_at"} <= set(seen)
    old = await api.post(f"/cases/{case.number}/commands", json={"type": "hold", "version": 1, "reason": "sakit"})
    assert (old.status_code, old.json()["errors"][0]["field"]) == (409, "version")
    missing = await api.post(f"/cases/{case.number}/commands", json={"type": "hold", "version": seen["version"]})
    assert (missing.status_code, missing.json()["errors"][0]["field"]) == (422, "reason")
    held = await api.post(f"/cases/{case.number}/commands", json={"type": "hold", "version": seen["version"], "reason": "sakit"})
    assert held.json()["status"] == "on_hold"
    assert (await api.get(f"/cases/{case.number}/explanation")).json()["blocker"] == "hold"
    told = (await api.get(f"/cases/{case.number}/journal")).json()["items"]
    assert [event["sequence"] for event in told] == list(range(1, len(told) + 1))


async def test_the_feed_gives_every_event_once_in_order(api, session, programme):
    await register(session, programme, person(1), person(2))
    lines = (await api.get("/events")).text.splitlines()
    assert len(lines) > 4
    after = json.loads(lines[1])["position"]
    assert (await api.get(f"/events?after={after}")).text.splitlines() == lines[2:]


async def test_the_api_describes_itself(api):
    paths = (await api.get("/openapi.json")).json()["paths"]
    wanted = {
        "/registrations",
        "/cases/{number}/commands",
        "/tasks/claim-next",
        "/imports",
        "/jobs/{job_id}/items",
        "/weekly-updates/{week}",
    }
    assert {f"/api/v1{path}" for path in wanted} <= set(paths)


async def test_pages_are_guarded_against_foreign_origins_and_framing(api):
    front = await api.get("http://test/login")
    assert "frame-ancestors 'none'" in front.headers["content-security-policy"]
    foreign = await api.post("http://test/login", data={"email": "x"}, headers={"Origin": "http://evil.example"})
    assert foreign.status_code == 403
    assert (await api.get("http://test/_nicegui_ws/socket.io/", headers={"Origin": "http://evil.example"})).status_code == 403


async def test_guessing_passwords_is_slowed_down_without_locking_the_owner_out(api, session):
    await access.add_user(session, MACHINE, "sari@example.org", "Sari", "benar-sekali", [Grant(Role.LEADER)])
    await session.commit()
    for _ in range(8):
        assert (await api.post("http://test/login", data={"email": "sari@example.org", "password": "salah"})).status_code == 401
    assert (await api.post("http://test/login", data={"email": "sari@example.org", "password": "benar-sekali"})).status_code == 429
    assert await access.sign_in(session, "sari@example.org", "benar-sekali", "10.0.0.9"), "from elsewhere the owner still gets in"

"""What comes late, or at a moment that cannot be, or fails for a reason that is ours: told, and nothing is stopped by it."""

import logging
from dataclasses import replace
from datetime import timedelta

from sqlalchemy import text

from flows.alone import finish_without_worker
from flows.deliver_handoffs import _failed
from integrations.contract import PartnerUnavailable
from models.services import handoffs
from tests.integration.conftest import in_queue
from tests.people import now, person, register
from tests.scenarios.walk import Walk

READY = {"doc_ktp": True, "doc_rt_rw": True, "doc_photo": True, "doc_form": True}
SHOP = {"zone": "yellow", "premises": "house", "floor": 1, "has_npwp": True}


async def test_a_delivery_that_failed_after_the_answer_stops_nothing(session, programme):
    walk = await Walk.beginning_at(session, programme, "p4", **READY, **SHOP)
    [item] = [due for due in await handoffs.lease_due(session, "w", 50) if due.step == "p4.apply"]
    await session.commit()
    await walk.partner("p4.apply", "returned", status="returned")
    await _failed(replace(item, tries=6), PartnerUnavailable("ptsp: ReadTimeout"), None)
    case = await walk.case()
    assert case.incidents == {}


async def test_a_lone_command_after_a_kill_finishes_its_steps(session, programme):
    await register(session, programme, person(1))
    await session.execute(
        text("INSERT INTO worker_heartbeat (worker_id, host, pid, seen_at) VALUES ('killed', 'h', 1, now() - interval '2 hours')")
    )
    await session.commit()
    assert await finish_without_worker() > 0


async def test_a_moment_before_the_registration_or_after_now_is_refused_beside_its_field(api, session, programme):
    await in_queue(session, programme, 1)
    [task] = (await api.get("/tasks")).json()["items"]
    await api.post(f"/tasks/{task['id']}/claim", json={})
    for moment, code in (("0001-01-01T08:00:00Z", "too_early"), ((await now(session) + timedelta(days=1)).isoformat(), "in_future")):
        body = {"outcome": "accept", "answers": {"identity_seen": True}, "occurred_at": moment}
        answer = await api.post(f"/tasks/{task['id']}/complete", json=body)
        assert answer.status_code == 422, answer.text
        assert [(error["field"], error["code"]) for error in answer.json()["errors"]] == [("occurred_at", code)]


async def test_a_list_in_the_order_of_opening_is_paged_to_its_end(api, session, programme):
    for n in (1, 2, 3):
        await in_queue(session, programme, n)
    whole = [item["id"] for item in (await api.get("/tasks", params={"sort": "opened"})).json()["items"]]
    seen, cursor = [], None
    while True:
        page = (await api.get("/tasks", params={"sort": "opened", "limit": 1} | ({"cursor": cursor} if cursor else {}))).json()
        seen += [item["id"] for item in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert seen == whole
    assert len(whole) == 3


async def test_a_fault_of_ours_is_noted_and_is_no_outage(api, session, programme, caplog):
    await session.execute(text("ALTER TABLE task RENAME COLUMN priority TO prio"))
    await session.commit()
    with caplog.at_level(logging.ERROR):
        answer = await api.get("/tasks")
    assert (answer.status_code, answer.headers["content-type"]) == (500, "application/problem+json")
    assert any("UndefinedColumnError" in record.getMessage() for record in caplog.records)

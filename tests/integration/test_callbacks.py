"""Partners' answers over HTTP: signed, counted once, with the contract's facts and no others."""

import base64
import json
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text
from standardwebhooks.webhooks import Webhook

from models.clock import set_programme_time
from models.services import cases, fact_words
from models.services.actor import Role
from tests.integration.conftest import at, in_queue, sent_handoff, token_for
from tests.people import differences, run_automation
from tests.scenarios.test_p4_licensing import FIT
from tests.scenarios.walk import Walk

SECRET = "whsec_" + base64.b64encode(b"0123456789abcdef01234567").decode()
OTHER = "whsec_" + base64.b64encode(b"another secret of 24 byt").decode()


@pytest.fixture(autouse=True)
def secrets(monkeypatch, programme):
    """Every partner signs with the same secret."""
    for name in programme.live.partners:
        monkeypatch.setenv(f"LANGKAH_PARTNER_{name.upper()}_WEBHOOK_SECRET", SECRET)


def signed(body, secret=SECRET, id_="m1"):
    """Headers of a signed body."""
    moment = datetime.now(UTC)
    return {
        "webhook-id": id_,
        "webhook-timestamp": str(int(moment.timestamp())),
        "webhook-signature": Webhook(secret).sign(id_, moment, body),
    }


async def licence_handoff(session, programme):
    """A case at the licence office, and its hand-off."""
    walk = await Walk.beginning_at(session, programme, "p4", **FIT)
    case = await walk.case()
    [handoff] = [h for h in case.handoffs.values() if h.step == "p4.apply"]
    return walk, handoff.id


async def test_an_unknown_hand_off_is_not_there(api):
    assert (await api.post("/handoffs/0b9f4f9e-7a53-4a63-9c7e-3f0d8a7f1c11/callback", json={})).status_code == 404
    assert (await api.post("/handoffs/nonsense/callback", json={})).status_code == 404


async def test_an_answer_without_a_right_signature_is_refused_and_changes_nothing(api, session, programme):
    case = await in_queue(session, programme)
    task = (await api.post("/tasks/claim-next", json={"queue": "p1"})).json()
    done = {"version": task["version"], "outcome": "accept", "answers": {"identity_seen": True}}
    await api.post(f"/tasks/{task['id']}/complete", json=done)
    await run_automation(session)
    handoff = await sent_handoff(session, case)
    body = json.dumps({"handoff": handoff, "status": "completed", "outcome": "delivered"})
    path, right = f"/handoffs/{handoff}/callback", signed(body)
    refused = [
        {},
        signed(body, OTHER),
        right | {"webhook-signature": "abc"},
        right | {"webhook-signature": "v1,abc"},
        right | {"webhook-signature": "v1, x,y"},
        right | {"webhook-timestamp": "1"},
        right | {"webhook-timestamp": "yesterday"},
        right | {"webhook-id": "m2"},
    ]
    for headers in refused:
        answer = await api.post(path, content=body, headers=headers)
        assert (answer.status_code, answer.headers["content-type"]) == (401, "application/problem+json"), headers
    tampered = body.replace("delivered", "undeliverable")
    assert (await api.post(path, content=tampered, headers=right)).status_code == 401
    assert (await api.post(path, content=b"\xff\xfe", headers=right)).status_code == 422
    assert (await cases.folded(session, case.id)).handoffs[handoff].state == "sent"
    assert (await api.post(path, content=body, headers=right)).json()["result"] == "accepted"
    assert (await api.post(path, content=body, headers=right)).json() == {"result": "duplicate"}


async def test_only_the_contracts_facts_come_in(api, session, programme):
    walk, handoff = await licence_handoff(session, programme)
    facts = {"licence_number": "IUMK-1", "mentor": "x", "reports_done": 3, "zone": "green", "licence_issuer": "n" * 300}
    body = json.dumps({"handoff": handoff, "status": "completed", "outcome": "issued", "facts": facts})
    answer = await api.post(f"/handoffs/{handoff}/callback", content=body, headers=signed(body))
    assert answer.json() == {"result": "accepted", "ignored": ["licence_issuer", "mentor", "reports_done", "zone"]}
    after = (await walk.case()).facts
    assert after["licence_number"] == "IUMK-1"
    assert not {"zone", "reports_done", "mentor"} & {name for name, value in after.items() if value == facts.get(name)}
    assert await differences() == []


@pytest.mark.parametrize(("after_order", "kept"), [(timedelta(minutes=5), True), (timedelta(days=-1), False), (timedelta(days=999), False)])
async def test_when_it_happened_at_the_partner_is_kept_when_that_can_be(api, session, programme, after_order, kept):
    walk, handoff = await licence_handoff(session, programme)
    ordered = (await walk.case()).handoffs[handoff].ordered_at
    await set_programme_time(session, ordered + timedelta(days=2))
    await session.commit()
    there = ordered + after_order
    body = json.dumps({"handoff": handoff, "status": "completed", "outcome": "issued", "occurred_at": there.isoformat()})
    assert (await api.post(f"/handoffs/{handoff}/callback", content=body, headers=signed(body))).json()["result"] == "accepted"
    moment = text("SELECT occurred_at = :there FROM journal WHERE type = 'handoff_completed' AND data->>'handoff' = :id")
    assert await session.scalar(moment, {"there": there, "id": handoff}) is kept


async def test_the_licence_that_the_office_tells_is_recorded_and_shown_but_no_date_that_is_none(api, session, programme):
    walk, handoff = await licence_handoff(session, programme)
    facts = {"licence_type": "IUMK", "licence_number": 77, "licence_issuer": "PTSP Gambir", "licence_issued_on": "2018-01-08"}
    body = json.dumps({"handoff": handoff, "status": "completed", "outcome": "issued", "facts": facts | {"licence_until": "besok"}})
    answer = await api.post(f"/handoffs/{handoff}/callback", content=body, headers=signed(body))
    assert answer.json() == {"result": "accepted", "ignored": ["licence_until"]}
    shown = dict(fact_words.facts(programme, (await walk.case()).facts, "en"))
    assert (shown["Licence number"], shown["Issued by"], shown["Issued on"]) == ("77", "PTSP Gambir", "2018-01-08")
    assert "Licence valid until" not in shown


@pytest.mark.parametrize(
    ("change", "field"),
    [({"outcome": "Budi says no"}, "outcome"), ({"reason": "a\x00"}, "reason"), ({"facts": {"a": "\x00"}}, "facts"), ({"x": 1}, "x")],
)
async def test_a_signed_answer_outside_the_contract_names_the_field(api, session, programme, change, field):
    _, handoff = await licence_handoff(session, programme)
    body = json.dumps({"handoff": handoff, "status": "completed", "outcome": "issued"} | change)
    answer = await api.post(f"/handoffs/{handoff}/callback", content=body, headers=signed(body))
    assert (answer.status_code, [error["field"].split(".")[0] for error in answer.json()["errors"]]) == (422, [field])


async def test_a_signed_answer_that_cannot_be_read_is_one_incident_which_a_right_answer_closes(api, session, programme):
    walk, handoff = await licence_handoff(session, programme)
    path = f"/handoffs/{handoff}/callback"
    for n, body in enumerate(("{", json.dumps({"handoff": handoff, "status": "maybe"}), "{")):
        assert (await api.post(path, content=body, headers=signed(body, id_=f"bad{n}"))).status_code == 422
    assert [(i["cause"], i["case_number"]) for i in (await api.get("/incidents")).json()["items"]] == [("unreadable_answer", walk.number)]
    assert (await api.post(path, content="{", headers=signed("{", OTHER))).status_code == 401
    right = json.dumps({"handoff": handoff, "status": "completed", "outcome": "issued", "facts": {"licence_number": "IUMK-1"}})
    assert (await api.post(path, content=right, headers=signed(right))).json()["result"] == "accepted"
    assert (await api.get("/incidents")).json()["items"] == []
    assert await differences() == []


async def test_a_partners_token_sees_its_own_hand_offs(api, session, programme):
    await licence_handoff(session, programme)
    seen = {}
    for name in ("ptsp", "messages"):
        headers = await token_for(session, Role.PARTNER, name=name)
        seen[name] = {row["partner"] for row in (await api.get("/handoffs", headers=headers)).json()["items"]}
        assert (await api.get("/cases", headers=headers)).status_code == 403
    assert seen["ptsp"] == {"ptsp"}
    assert "ptsp" not in seen["messages"]


async def test_what_arrives_is_what_the_steps_form_asks(api, session, programme):
    case = await at(session, programme, "p6")
    await run_automation(session)
    path = f"/cases/{case.number}/commands"
    version = (await api.get(f"/cases/{case.number}")).json()["version"]
    body = {"type": "receive", "version": version, "name": "monthly_report", "outcome": "received"}
    figures = {"report_income": "Rp 4.000.000", "report_goods": 2_000_000, "report_costs": 500_000}
    more = await api.post(path, json=body | {"data": figures | {"reports_done": 3, "licence_number": "x"}})
    assert (more.status_code, {e["field"] for e in more.json()["errors"]}) == (422, {"reports_done", "licence_number"})
    less = await api.post(path, json=body | {"data": {"report_income": "banyak"}})
    assert {e["field"] for e in less.json()["errors"]} == {"report_income", "report_goods", "report_costs"}
    done = await api.post(path, json=body | {"data": figures})
    assert done.status_code == 200, done.text
    assert done.json()["facts"]["report_income"] == 4_000_000


async def test_evidence_brings_the_facts_of_its_stage_alone(api, session, programme):
    case = await at(session, programme, "p4")
    path, version = f"/cases/{case.number}/commands", (await api.get(f"/cases/{case.number}")).json()["version"]
    body = {"type": "skip", "version": version, "stage": "p4", "proof": "IUMK asli dilihat"}
    wrong = await api.post(path, json=body | {"data": {"licence_number": "IUMK-7", "reports_done": 3}})
    assert (wrong.status_code, [e["field"] for e in wrong.json()["errors"]]) == (422, ["reports_done"])
    for facts, field in (
        ({"licence_number": "belum ada"}, "licence_number"),
        ({"licence_type": "SIUP"}, "licence_type"),
        ({"licence_issued_on": "09/01/2018"}, "licence_issued_on"),
        ({"licence_issued_on": "2017-06-05", "licence_until": "2017-06-05"}, "licence_until"),
    ):
        answer = await api.post(path, json=body | {"data": facts})
        assert (answer.status_code, [e["field"] for e in answer.json()["errors"]]) == (422, [field]), facts
    done = await api.post(path, json=body | {"data": {"licence_number": "IUMK-7", "licence_type": "IUMK"}})
    assert (done.json()["stage"], done.json()["facts"]["licence_number"]) == ("p5", "IUMK-7")

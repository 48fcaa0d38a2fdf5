"""Partners over real HTTP: sent once in effect, answered by signed callback, visible when it fails."""

import asyncio
import base64
import json
import socket
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import httpx
import pytest
import uvicorn
from sqlalchemy import text
from standardwebhooks.webhooks import Webhook

from flows.deliver_handoffs import deliver_handoffs
from integrations.client import build_client
from integrations.contract import Order, PartnerRefused, PartnerUnavailable
from integrations.kinds import KINDS
from integrations.registry import Address, address_of
from integrations.sandbox.app import create_app
from integrations.sandbox.script import Faults
from integrations.webhooks import read_answer
from models.errors import NotSignedIn, SettingsError
from models.services import cases
from tests.people import differences, person, register, run_automation

SECRET = "whsec_" + base64.b64encode(b"0123456789abcdef01234567").decode()
PAYLOADS = {
    "learning": {"name": "Siti", "phone": None, "class_id": None, "class_on": None, "class_kind": None},
    "messaging": {"channel": "sms", "to": "+62812", "subject": None, "body": "Halo"},
}


@asynccontextmanager
async def sandbox(folder, **faults):
    """The sandbox on a free port, with a ledger in `folder`."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = uvicorn.Server(uvicorn.Config(create_app(folder, SECRET, Faults(**faults)), port=port, log_level="error"))
    task = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.02)
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    await task


def order(kind, key="k1"):
    payload = PAYLOADS.get(kind) or dict.fromkeys(KINDS[kind].payload.model_fields)
    if kind not in PAYLOADS:
        payload |= {"name": "Siti"} | {n: [] for n in ("papers", "channels") if n in payload}
        payload |= {n: "x" for n in ("nik", "district") if n in payload} | ({"consent_given": True} if kind == "banking" else {})
    message = next(iter(KINDS[kind].messages)) if kind != "messaging" else "welcome"
    return Order(
        key=key, handoff="h1", attempt=1, message=message, case_number="OKO-2018-000001", callback_url="http://127.0.0.1:9", payload=payload
    )


@pytest.mark.parametrize("kind", sorted(KINDS))
async def test_each_kind_takes_an_order_once_and_knows_it_again(tmp_path, kind):
    async with sandbox(tmp_path, answer_after=60) as url, build_client(Address("p", kind, url, "t")) as client:
        assert await client.find("k1") is None
        first = await client.send(order(kind))
        assert (await client.send(order(kind))).reference == first.reference
        assert (await client.find("k1")).reference == first.reference
        async with httpx.AsyncClient() as http:
            [entry] = (await http.get(f"{url}/ledger")).json()
        assert entry["times"] == 2


async def test_an_order_outside_the_contract_is_refused_without_quoting_it(tmp_path):
    async with sandbox(tmp_path) as url, build_client(Address("p", "licensing", url, "t")) as client:
        wrong = order("licensing").model_copy(update={"payload": {"name": "Rahasia"}})
        with pytest.raises(PartnerRefused) as refused:
            await client.send(wrong)
        assert "Rahasia" not in str(refused.value)


async def test_of_a_partners_refusal_only_the_status_and_a_code_are_kept():
    said = [{"code": "bad_zone", "title": "Siti lives elsewhere"}, {"type": "https://x.example/problems/no-licence"}, {"title": "Siti"}, []]
    for body, words in zip(said, ("p: HTTP 422 bad_zone", "p: HTTP 422 no-licence", "p: HTTP 422", "p: HTTP 422"), strict=True):
        transport = httpx.MockTransport(lambda _request, body=body: httpx.Response(422, json=body))
        async with build_client(Address("p", "licensing", "http://partner", "t"), transport) as client:
            with pytest.raises(PartnerRefused) as refused:
                await client.send(order("licensing"))
        assert str(refused.value) == words


async def test_an_order_whose_answer_was_lost_is_found_by_its_key_and_one_that_never_arrived_is_not(tmp_path):
    async with sandbox(tmp_path, loss_after=1.0) as url, build_client(Address("p", "messaging", url, "t")) as client:
        with pytest.raises(PartnerUnavailable):
            await client.send(order("messaging"))
        assert await client.find("k1") is not None, "asked first, it turns out to have happened"
        assert await client.find("k2") is None
    async with build_client(Address("p", "messaging", "http://127.0.0.1:9", "t")) as client:
        with pytest.raises(PartnerUnavailable):
            await client.send(order("messaging"))


async def test_a_partner_that_refuses_to_say_whether_an_order_arrived_has_not_said_no():
    transport = httpx.MockTransport(lambda _: httpx.Response(401))
    async with build_client(Address("p", "messaging", "http://partner", "t"), transport) as client:
        with pytest.raises(PartnerRefused):
            await client.find("k1")


def signed(body, secret=SECRET, at=None):
    now = at or datetime.now(UTC)
    return {"webhook-id": "m1", "webhook-timestamp": str(int(now.timestamp())), "webhook-signature": Webhook(secret).sign("m1", now, body)}


def test_a_signature_of_any_current_secret_is_accepted_and_no_other():
    body = json.dumps({"handoff": "h1", "status": "completed", "outcome": "issued"})
    other = "whsec_" + base64.b64encode(b"another secret of 24 byt").decode()
    assert read_answer(body.encode(), signed(body), [other, SECRET])[1].outcome == "issued"
    with pytest.raises(NotSignedIn):
        read_answer(body.encode(), signed(body, other), [SECRET])
    with pytest.raises(NotSignedIn):
        read_answer(body.encode(), signed(body, at=datetime(2018, 1, 1, tzinfo=UTC)), [SECRET])
    with pytest.raises(NotSignedIn):
        read_answer(body.replace("issued", "refused").encode(), signed(body), [SECRET])


async def deliver(monkeypatch, url):
    for name in ("MESSAGES", "LMS"):
        monkeypatch.setenv(f"LANGKAH_PARTNER_{name}_URL", url)
    return await deliver_handoffs.fn("test")


async def test_the_outbox_delivers_once_though_the_answer_was_lost(session, programme, tmp_path, monkeypatch):
    [case] = await register(session, programme, person())
    await run_automation(session)
    async with sandbox(tmp_path, loss_after=1.0, answer_after=60) as url:
        assert await deliver(monkeypatch, url) == {"sent": 0, "failed": 3}
        await session.execute(text("UPDATE handoff SET next_try_at = now()"))
        await session.commit()
        again = await deliver(monkeypatch, url)
        assert again == {"sent": 3, "failed": 0}, list(await session.scalars(text("SELECT last_error FROM handoff")))
        async with httpx.AsyncClient() as http:
            assert [entry["times"] for entry in (await http.get(f"{url}/ledger")).json()] == [1, 1, 1]
    after = await cases.folded(session, case.id)
    assert {h.state for h in after.handoffs.values()} == {"sent"}
    assert await differences() == []


async def test_a_partner_that_stays_silent_becomes_an_incident_that_can_be_retried(session, programme, tmp_path, monkeypatch):
    [case] = await register(session, programme, person())
    await run_automation(session)
    for _ in range(6):
        await session.execute(text("UPDATE handoff SET next_try_at = now()"))
        await session.commit()
        await deliver(monkeypatch, "http://127.0.0.1:9")
    causes = list(await session.scalars(text("SELECT cause FROM incident WHERE state = 'open'")))
    assert causes == ["partner_unavailable"] * 3
    assert await deliver(monkeypatch, "http://127.0.0.1:9") == {"sent": 0, "failed": 0}, "an incident stops the outbox"
    after = await cases.folded(session, case.id)
    assert len([i for i in after.incidents.values() if i.state == "open"]) == 3
    assert await differences() == []


async def test_a_missing_setting_names_the_variable(programme, monkeypatch):
    monkeypatch.delenv("LANGKAH_PARTNER_PTSP_URL", raising=False)
    with pytest.raises(SettingsError, match="LANGKAH_PARTNER_PTSP_URL"):
        address_of(programme, "ptsp")

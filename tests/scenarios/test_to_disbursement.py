"""From registration to disbursement through HTTP: the API, the partners' sandbox, signed callbacks."""

import asyncio
import base64
import socket
from contextlib import asynccontextmanager

import httpx
import uvicorn
from sqlalchemy import text

from flows.alone import drain
from flows.deliver_handoffs import deliver_handoffs
from flows.watch_deadlines import ring_batch
from integrations.sandbox.app import create_app
from integrations.sandbox.script import Faults
from models.clock import set_programme_time
from models.db import transaction
from models.services import access
from models.services.actor import MACHINE, Grant, Role
from models.settings import get_settings
from tests.application import app
from tests.people import MONDAY, differences, staff

SECRET = "whsec_" + base64.b64encode(b"0123456789abcdef01234567").decode()
FORMS = {
    "p2.attendance": ("attended", {"sessions_attended": 1}),
    "p3.visit": ("done", {"visit_date": "2018-01-24", "premises": "home", "premises_m2": 20, "zone": "permitted"}),
    "p3.collect_papers": ("collected", {"doc_ktp": True, "doc_rt_rw": True, "doc_photo": True, "doc_form": True}),
    "p3.readiness": ("ready", {"price_calculated": True, "has_npwp": True, "wants_licence": True}),
    "p4.fix_application": ("fixed", {"fixed": "Pas foto diganti"}),
    "p5.product_card": ("filled", {"product_name": "Keripik", "product_kind": "food", "product_price": 15000}),
    "p5.curation": ("fit", {"packaging_ok": True, "label_ok": True}),
    "p5.consign": ("delivered", {"consigned_pieces": 20}),
    "p6.review": ("accepted", {"records_seen": True}),
    "p7.choose": ("apply", {"lender": "lpdb", "loan_product": "revolving", "loan_amount": 5000000, "loan_tenor": 12}),
    "p7.consent": ("answered", {"consent_given": True}),
    "p7.answer_bank": ("answered", {"bank_answered": True}),
}
RECEIVED = {
    "p5.first_sale": ("first_sale", "sold", {}),
    "p6.figures": ("monthly_report", "received", {"report_income": 4000000, "report_goods": 2000000, "report_costs": 500000}),
}


@asynccontextmanager
async def serving(application, lifespan):
    """A server on a free port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = uvicorn.Server(uvicorn.Config(application, port=port, log_level="error", lifespan=lifespan))
    task = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.02)
    yield port
    server.should_exit = True
    await task


class Everybody:
    """All who move a case: staff and participant through the API, machine, partners, clock."""

    def __init__(self, api, number):
        self.api, self.number = api, number

    async def case(self):
        return (await self.api.get(f"/cases/{self.number}")).raise_for_status().json()

    async def step(self, case):
        """Let whoever is waited for do the next thing."""
        await drain("test")
        for position in (await self.case())["positions"]:
            if position["kind"] == "task":
                await self.work(position)
            elif position["kind"] == "event":
                name, outcome, data = RECEIVED[position["step"]]
                version = (await self.case())["version"]
                body = {"type": "receive", "version": version, "name": name, "outcome": outcome, "data": data}
                (await self.api.post(f"/cases/{self.number}/commands", json=body)).raise_for_status()
            elif position["kind"] == "handoff":
                await deliver_handoffs.fn("test")
                await asyncio.sleep(0.15)
            elif position["kind"] == "timer":
                async with transaction() as session:
                    moment = await session.scalar(text("SELECT min(alarm_at) FROM position WHERE kind = 'timer'"))
                    await set_programme_time(session, moment)
                await ring_batch()

    async def work(self, position):
        task = (await self.api.get(f"/tasks/{position['id']}")).raise_for_status().json()
        if task["state"] == "claimed":
            # The mentor is away: the manager gives the task back and takes it.
            task = (await self.api.post(f"/tasks/{task['id']}/release", json={"version": task["version"]})).raise_for_status().json()
        task = (await self.api.post(f"/tasks/{task['id']}/claim", json={"version": task["version"]})).raise_for_status().json()
        outcome, answers = FORMS[task["step"]]
        body = {"version": task["version"], "outcome": outcome, "answers": answers}
        (await self.api.post(f"/tasks/{task['id']}/complete", json=body)).raise_for_status()


async def test_one_person_goes_all_seven_steps_to_the_loan(session, programme, tmp_path, monkeypatch):
    forced = {"licence_application": "issued", "product_listing": "listed", "loan_referral": "approved"}
    async with (
        serving(create_app(tmp_path, SECRET, Faults(answer_after=0.01, duplicates=0.5, forced=forced)), "on") as partner_port,
        serving(app(), "off") as port,
    ):
        for name in programme.live.partners:
            monkeypatch.setenv(f"LANGKAH_PARTNER_{name.upper()}_URL", f"http://127.0.0.1:{partner_port}")
            monkeypatch.setenv(f"LANGKAH_PARTNER_{name.upper()}_WEBHOOK_SECRET", SECRET)
        monkeypatch.setattr(get_settings(), "base_url", f"http://127.0.0.1:{port}")
        await set_programme_time(session, MONDAY)
        token = await access.add_token(session, MACHINE, "test", [Grant(Role.PROGRAMME_MANAGER)])
        await staff(session, Role.MENTOR, areas="31.71.01", name="Yuni")
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}/api/v1", headers={"Authorization": f"Bearer {token}"}) as api:
            siti = {"nik": "3171014501800001", "name": "Siti", "district": "Gambir", "birth_date": "1980-01-05", "phone": "081200000001"}
            number = (await api.post("/registrations", json=siti)).raise_for_status().json()["case_number"]
            everybody, seen = Everybody(api, number), []
            for _ in range(120):
                case = await everybody.case()
                if case["status"] != "active":
                    break
                seen += [case["stage"]] if case["stage"] not in seen else []
                await everybody.step(case)
            assert (case["status"], case["status_reason"]) == ("finished", "financed"), case["positions"]
            assert seen == ["p1", "p2", "p3", "p4", "p5", "p6", "p7"]
            assert case["facts"]["licence_type"] == "IUMK"
            assert case["facts"]["licence_issued_on"] <= case["facts"]["disbursed_on"] < case["facts"]["licence_until"]
            sent = {h["message"]: (h["partner"], h["office"]) for h in (await api.get("/handoffs")).json()["items"]}
            assert (sent["licence_application"], sent["loan_referral"]) == (("ptsp", "31.71.01"), ("lpdb", None))
            assert case["facts"]["reports_done"] == 3
            assert case["facts"]["approved_amount"] == 5000000
            told = [event["type"] for event in (await api.get(f"/cases/{number}/journal")).json()["items"]]
            assert told.count("stage_finished") == 7
            assert (await api.get("/incidents")).json()["items"] == []
        assert await differences() == []

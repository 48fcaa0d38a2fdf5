"""Free text is erasable: never in the journal, never in the rows that follow from it. Masked values are shown for a reason."""

from sqlalchemy import text

from flows.payloads import payload_for
from models.services import case_view, import_jobs, intake, participants, reveal
from models.services.actor import MACHINE, Role
from models.services.handoffs import Due
from tests.integration.conftest import at, in_queue, token_for
from tests.people import MONDAY, differences, person, staff
from tests.scenarios.walk import Walk

SECRET = "Ibu Siti dirawat di RS"


async def everything(session):
    """The whole journal and all rows that follow from it, as text."""
    tables = ("journal", "cases", "position", "task", "handoff", "incident")
    found = [str(row[0]) for table in tables for row in await session.execute(text(f"SELECT to_jsonb(t)::text FROM {table} t"))]
    return "\n".join(found)


async def test_reasons_and_proofs_are_notes_that_readers_of_the_case_see(api, session, programme):
    case = await at(session, programme, "p3")
    path = f"/cases/{case.number}/commands"

    async def command(type_, **body):
        version = (await api.get(f"/cases/{case.number}")).json()["version"]
        answer = await api.post(path, json={"type": type_, "version": version} | body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    held = await command("hold", reason=SECRET)
    assert held["status_note"] == SECRET
    assert held["status_reason"].startswith("note:")
    assert held["explanation"]["text"]["id"] == f"Ditunda: {SECRET}"
    await command("resume")
    await command("skip", stage="p3", proof=f"{SECRET} (bukti)")
    await command("withdraw", reason=f"{SECRET} (mundur)")
    await command("reopen", stage="p3", reason=f"{SECRET} (kembali)")
    assert SECRET not in await everything(session)
    sari = await staff(session, stages="p3")
    told = [item["note"] for item in await case_view.history(session, sari, case.number, "id") if item["note"]]
    assert told == [f"{SECRET} (kembali)", f"{SECRET} (mundur)", f"{SECRET} (bukti)", SECRET]
    assert await differences() == []


async def test_what_a_list_says_as_proof_is_a_note_and_a_number_is_just_the_number(session, programme):
    rows = "Nama;NIK;Kelurahan;Kecamatan;Tgl Lahir;HP;No IUMK\n"
    rows += f"Uji Bukti;3171014501800055;Gambir;Gambir;05/01/1980;081200000055;12/IUMK/2017 untuk {SECRET}\n"
    report = intake.judge(programme, rows.encode(), "a.csv", MONDAY)
    [case] = await intake.register_rows(session, MACHINE, programme, report, MONDAY)
    await session.commit()
    assert (case.stages["p4"], case.facts["licence_number"]) == ("skipped", "12/IUMK/2017")
    assert SECRET not in await everything(session)
    told = await case_view.history(session, MACHINE, case.number, "id")
    assert any("No IUMK" in (item["note"] or "") for item in told)


async def test_a_job_keeps_what_it_quotes_sealed(session, programme):
    report = intake.judge(programme, b"Nama;NIK;Kecamatan\nUji Sel;31710145018000;Gambir\n", "a.csv", MONDAY)
    job = await import_jobs.queue_import(session, MACHINE, b"x", "a.csv")
    await import_jobs.finish_import(session, job, report)
    kept = (await session.execute(text("SELECT to_jsonb(t) - 'body' FROM job_item t"))).scalar_one()
    assert kept["message"] is None
    assert (await intake.items(session, MACHINE, job))[0]["messages"]["id"]


async def test_an_answer_that_is_kept_for_its_key_is_sealed_and_given_again(api, session, programme):
    case = await in_queue(session, programme)
    path, key = f"/cases/{case.number}/commands", {"Idempotency-Key": "tunda"}
    body = {"type": "hold", "version": (await api.get(f"/cases/{case.number}")).json()["version"], "reason": SECRET}
    first = await api.post(path, json=body, headers=key)
    assert SECRET in first.text
    kept = await session.scalar(text("SELECT body FROM idempotency_key"))
    assert SECRET.encode() not in kept
    assert case.number.encode() not in kept
    assert (await api.post(path, json=body, headers=key)).json() == first.json()


async def test_free_text_of_a_form_goes_to_the_person_and_on_to_the_partner_that_needs_it(session, programme):
    walk = await Walk.beginning_at(session, programme, "p5")
    await walk.do("p5.product_card", "filled", product_name=SECRET, product_kind="food", product_price="Rp 15.000")
    assert SECRET not in await everything(session)
    assert (await participants.answers_of(session, [walk.id]))[walk.id] == {"product_name": SECRET}
    await walk.do("p5.curation", "fit", packaging_ok=True, label_ok=True)
    [handoff] = [h for h in (await walk.case()).handoffs.values() if h.step == "p5.list_product"]
    due = Due(handoff.id, walk.id, walk.number, "", handoff.kind, handoff.message, handoff.partner, handoff.step, "p5", 1, 0)
    people = await participants.of_cases(session, [walk.id])
    assert payload_for(programme, due, await walk.case(), people[walk.id])["product_name"] == SECRET


async def test_a_nik_is_shown_for_a_reason_that_auditors_see(api, session, programme):
    case = await in_queue(session, programme)
    path = f"/cases/{case.number}/reveal"
    without = await api.post(path, json={"reason": " "})
    assert (without.status_code, without.json()["errors"][0]["field"]) == (422, "reason")
    assert (await api.post(path, json={"reason": "ingin tahu"}, headers=await token_for(session, Role.AUDITOR))).status_code == 403
    shown = await api.post(path, json={"reason": "dicocokkan dengan KTP"})
    assert (shown.json()["nik"], shown.headers["cache-control"]) == (person(1).nik, "no-store")
    auditor = await staff(session, Role.AUDITOR)
    [seen] = await reveal.of_case(session, auditor, case.number)
    assert (seen["reason"], seen["what"]) == ("dicocokkan dengan KTP", "nik")
    assert await reveal.of_case(session, await staff(session, stages="p1"), case.number) == []

"""My case: who gets in, what can be tried from outside, and what a participant does there."""

import re
import time
from datetime import timedelta

import pytest
from sqlalchemy import text

from models.clock import set_programme_time
from models.engine.commands import AnswerHandoff, MarkSent, Merge
from models.services import cases, participant_access
from models.services.actor import MACHINE
from tests.integration.conftest import at
from tests.integration.walk_public import Visitor, code_for, messages
from tests.people import MONDAY, differences, now, person, register, run_automation, staff
from ui.public import visit
from ui.public.signing_in import CASE_COOKIE

BORN = "2/2/1980"  # of tests.people.person(1)


@pytest.fixture
async def visitor(database, session, programme):
    """Somebody with a phone, on a Monday."""
    await set_programme_time(session, MONDAY)
    await session.commit()
    return Visitor()


@pytest.fixture
async def case(visitor, session, programme):
    """A case that waits for its class."""
    [case] = await register(session, programme, person(1))
    await run_automation(session)
    return case


async def told(session, case):
    """The journal of a case from its last event on backwards: (type, actor, channel, data)."""
    rows = await session.execute(
        text("SELECT type, actor, channel, data FROM journal WHERE case_id = CAST(:c AS uuid) ORDER BY sequence DESC LIMIT 40"),
        {"c": case.id},
    )
    return rows.all()


async def test_number_birth_date_and_code_open_the_case_in_plain_words(visitor, session, case):
    page = await visitor.sign_in(session, case.number, BORN)
    assert all(words in page for words in ("Siti Uji 1", "Pelatihan", "Sedang berjalan", "Anda ikut kelas di kantor kecamatan"))
    assert "31710" not in page
    assert await messages(session, case.number) == ["class_invitation", "enrolment", "sign_in_code", "welcome"]
    code = await session.scalar(text("SELECT code FROM one_time_code"))
    assert code is None, "a code that was used is gone"
    assert [row for row in await told(session, case) if re.search(r'"\d{6}"', str(row.data))] == []
    assert await differences() == []


@pytest.mark.parametrize(("number", "born"), [("OKO-2018-009999", BORN), (None, "3/2/1980")])
async def test_a_wrong_number_or_birth_date_looks_like_a_right_one(visitor, session, case, number, born):
    def neutral(page):
        return re.sub(r'value="[^"]*"', "", page)

    began = time.monotonic()
    right = await visitor.ask_code(case.number, BORN)
    took = time.monotonic() - began
    other = Visitor()
    began = time.monotonic()
    assert neutral(await other.ask_code(number or case.number, born)) == neutral(right)
    assert abs(time.monotonic() - began - took) < visit.PACE_SECONDS < min(took, time.monotonic() - began)
    assert (await messages(session, case.number)).count("sign_in_code") == 1
    wrong = await visitor.send("/status/code", code="0000")
    assert neutral(await other.send("/status/code", code="0000")) == neutral(wrong)
    assert visitor.errors == other.errors == ["Kode salah. Periksa pesan terakhir dari kami."]


async def test_a_code_cannot_be_guessed_it_dies_after_five_tries(visitor, session, case):
    await visitor.ask_code(case.number, BORN)
    code = await code_for(session, case.number)
    for _ in range(participant_access.TRIES):
        await visitor.send("/status/code", code="12345x")
        assert visitor.page.status_code == 422
    await visitor.send("/status/code", code=code)
    assert visitor.page.status_code == 429
    assert CASE_COOKIE not in visitor.http.cookies


async def test_an_old_cookie_does_not_give_more_tries(visitor, session, case):
    await visitor.ask_code(case.number, BORN)
    code, kept, token = await code_for(session, case.number), visitor.http.cookies[visit.COOKIE], visitor.token
    for _ in range(participant_access.TRIES):
        again = Visitor()
        again.http.cookies.set(visit.COOKIE, kept)
        await again.http.post("/status/code", data={"token": token, "code": "x"})
    again = Visitor()
    again.http.cookies.set(visit.COOKIE, kept)
    assert (await again.http.post("/status/code", data={"token": token, "code": code})).status_code == 429


async def test_a_code_works_once_and_only_for_the_visit_that_asked_for_it(visitor, session, case):
    await visitor.ask_code(case.number, BORN)
    code, kept, token = await code_for(session, case.number), visitor.http.cookies[visit.COOKIE], visitor.token
    thief = Visitor()
    await thief.ask_code("OKO-2018-000777", BORN)
    await thief.send("/status/code", code=code)
    assert thief.errors
    assert "Siti Uji 1" in await visitor.send("/status/code", code=code)
    replay = Visitor()
    replay.http.cookies.set(visit.COOKIE, kept)
    late = await replay.http.post("/status/code", data={"token": token, "code": code})
    assert "Kode sudah dipakai" in late.text
    assert CASE_COOKIE not in replay.http.cookies


async def test_a_code_past_its_time_opens_nothing(visitor, session, case):
    await visitor.ask_code(case.number, BORN)
    code = await code_for(session, case.number)
    await session.execute(text("UPDATE one_time_code SET expires_at = now() - interval '1 second'"))
    await session.commit()
    assert "lewat waktunya" in await visitor.send("/status/code", code=code)


async def test_five_codes_an_hour_are_sent_for_a_case_and_forty_asked_for_from_an_address(visitor, session, case):
    for _ in range(participant_access.CODES_FOR_A_CASE + 1):
        assert "Masukkan kode" in await visitor.ask_code(case.number, BORN)
    assert (await messages(session, case.number)).count("sign_in_code") == participant_access.CODES_FOR_A_CASE
    for _ in range(participant_access.AT_ONE_ADDRESS - participant_access.CODES_FOR_A_CASE - 1):
        await participant_access.count_visit(session, "ask a code", "127.0.0.1")
    await session.commit()
    await visitor.ask_code(case.number, BORN)
    assert visitor.page.status_code == 429


@pytest.mark.parametrize("whose", ["another participant", "a second number", "staff"])
async def test_a_number_on_several_files_or_of_staff_gets_no_code_and_it_shows_nowhere(visitor, session, programme, case, whose):
    shared = person(1).phone
    if whose == "staff":
        sari = await staff(session)
        await session.execute(text("UPDATE user_account SET phone = :phone WHERE id::text = :id"), {"phone": shared, "id": sari.id})
        await session.commit()
    else:
        other = {"phone": shared} if whose == "another participant" else {"phone2": shared}
        await register(session, programme, person(2, **other))
    assert "Masukkan kode" in await visitor.ask_code(case.number, BORN)
    assert "sign_in_code" not in await messages(session, case.number)
    await visitor.send("/status/code", code="-")
    assert visitor.errors


async def test_a_file_that_was_merged_is_the_same_persons_and_its_number_leads_to_the_one_that_goes_on(visitor, session, programme, case):
    [double] = await register(session, programme, person(2, phone=person(1).phone, birth_date=person(1).birth_date))
    await cases.command_case(session, MACHINE, double.number, Merge(case.number), await now(session))
    await session.commit()
    await visitor.ask_code(double.number, BORN)
    await visitor.send("/status/code", code=await code_for(session, case.number))
    assert f'<b class="nowrap">{case.number}</b>' in visitor.page.text


async def test_who_registered_twice_gets_in_with_the_second_number_too(visitor, session):
    first = await visitor.register()
    second = await Visitor().register()
    assert f">{first}<" in await visitor.sign_in(session, second)


async def test_a_session_ends_by_sign_out_by_time_and_by_a_changed_cookie(visitor, session, case):
    await visitor.sign_in(session, case.number, BORN)
    token = visitor.http.cookies[CASE_COOKIE]
    await visitor.send("/status/out")
    assert "Siti Uji" not in await visitor.get("/status")
    stranger = Visitor()
    for bad in (token, token[:-1] + ("A" if token[-1] != "A" else "B"), ""):
        stranger.http.cookies.set(CASE_COOKIE, bad, path="/status")
        for path in ("/status", "/status/data", "/status/withdraw"):
            assert "Siti Uji" not in await stranger.get(path)
    await visitor.sign_in(session, case.number, BORN)
    await session.execute(text("UPDATE participant_session SET expires_at = now() - interval '1 second'"))
    await session.commit()
    assert "Demi keamanan Anda sudah keluar" in await visitor.get("/status")


async def test_a_forged_form_changes_nothing(visitor, session, case):
    await visitor.sign_in(session, case.number, BORN)
    for path in ("/status/withdraw", "/status/data", "/status/reply/class_declined", "/status/out"):
        await visitor.http.post(path, data={"token": "x", "phone": "081299998888"})
        assert (await visitor.http.post(path, headers={"Origin": "https://evil.example"})).status_code == 403
    assert (await cases.folded(session, case.id)).status == "active"
    assert "Siti Uji 1" in await visitor.get("/status")
    assert "+6281200000001" in await visitor.get("/status/data")


async def test_monthly_figures_are_checked_as_at_the_desk_and_move_the_case_on(visitor, session, programme):
    case = await at(session, programme, "p6")
    assert "Giliran Anda: Angka bulanan" in await visitor.sign_in(session, case.number, BORN)
    [link] = re.findall(r'href="(/status/answer/[^"]+)"', visitor.page.text)
    await visitor.get(link)
    await visitor.send(f"{link}/received", report_income="dua juta", report_goods="Rp 1.200.000", report_costs="")
    assert visitor.errors == ["Isi jumlah dalam rupiah, misalnya 2.500.000.", "Isi bagian ini."]
    assert 'value="Rp 1.200.000"' in visitor.page.text
    for outcome in ("late", "nothing"):
        await visitor.http.post(f"{link}/{outcome}", data={"token": visitor.token})
    figures = {"report_income": "2.500.000", "report_goods": "Rp 1.200.000", "report_costs": "300.000"}
    assert "sudah kami terima" in await visitor.send(f"{link}/received", **figures)
    received = next(row for row in await told(session, case) if row.type == "event_received")
    assert (received.actor, received.channel) == (case.participant, "public")
    folded = await cases.folded(session, case.id)
    assert [folded.facts[name] for name in figures] == [2_500_000, 1_200_000, 300_000]
    await visitor.get("/status")
    await visitor.send(f"{link}/received", **figures)
    assert "Sudah tercatat" in visitor.page.text
    assert await differences() == []


async def test_nobody_answers_for_another_case(visitor, session, programme, case):
    other = await at(session, programme, "p6", 2)
    position = next(iter((await cases.folded(session, other.id)).positions))
    await visitor.sign_in(session, case.number, BORN)
    figures = {"report_income": "1", "report_goods": "1", "report_costs": "1"}
    await visitor.send(f"/status/answer/{position}/received", **figures)
    assert "report_income" not in (await cases.folded(session, other.id)).facts
    await visitor.get(f"/status/answer/{position}")
    assert visitor.page.status_code == 404


async def waits_for_class(session, case):
    """Let the training centre's time to confirm pass: the case waits for its class."""
    folded = await cases.folded(session, case.id)
    return [p.step for p in folded.positions.values()], folded.facts.get("class_on")


async def enrolled(session, case):
    """The training centre confirms the seat."""
    handoff = next(h for h in (await cases.folded(session, case.id)).handoffs.values() if h.kind == "learning" and h.state == "queued")
    for command in (MarkSent(handoff.id, handoff.attempt), AnswerHandoff(handoff.id, f"m-{handoff.id}", "completed", "enrolled")):
        await cases.execute(session, MACHINE, case.id, command, await now(session))
    await session.commit()


async def test_a_class_is_accepted_or_a_later_one_asked_for(visitor, session, case):
    await enrolled(session, case)
    steps, first = await waits_for_class(session, case)
    assert steps == ["p2.class_day"]
    page = await visitor.sign_in(session, case.number, BORN)
    assert "Ya, saya akan datang" in page
    assert "Walked in" not in page
    assert "jawaban Anda kami catat" in await visitor.send("/status/reply/class_accepted")
    assert await waits_for_class(session, case) == (["p2.class_day"], first)
    await visitor.http.post("/status/reply/walk_in", data={"token": visitor.token})
    assert await waits_for_class(session, case) == (["p2.class_day"], first)
    await visitor.get("/status")
    await visitor.send("/status/reply/class_declined")
    await run_automation(session)
    steps, second = await waits_for_class(session, case)
    assert steps == ["p2.enrol"]
    assert second > first
    assert await differences() == []


async def test_who_withdraws_is_asked_once_more_and_may_still_look(visitor, session, case):
    await visitor.sign_in(session, case.number, BORN)
    assert "Yakin ingin mundur" in await visitor.get("/status/withdraw")
    assert "Anda sudah mundur dari program" in await visitor.send("/status/withdraw", reason="Pindah kota")
    folded = await cases.folded(session, case.id)
    assert folded.status == "withdrawn"
    kept = await session.scalar(text("SELECT text FROM note WHERE case_id = CAST(:c AS uuid)"), {"c": case.id})
    assert kept == "Pindah kota"
    assert "Mundur dari program</a>" not in await visitor.get("/status")
    assert "Anda sudah mundur" in await Visitor().sign_in(session, case.number, BORN)
    assert await differences() == []


async def test_one_corrects_how_to_be_reached_and_nothing_that_the_card_says(visitor, session, case):
    await visitor.sign_in(session, case.number, BORN)
    await visitor.get("/status/data")
    await visitor.send("/status/data", phone="12", email="siti", business_type="Katering")
    assert len(visitor.errors) == 2
    assert 'value="siti"' in visitor.page.text
    await visitor.send("/status/data", phone="", business_type="Katering")
    assert visitor.errors == ["Isi nomor HP"]
    done = await visitor.send("/status/data", phone="0813 7777 0001", business_type="Katering", name="Orang Lain", nik="3171010101800009")
    assert "Data Anda sudah diperbaiki" in done
    row = await session.execute(text("SELECT name, phone, business_type, nik_last4 FROM participant"))
    assert row.one() == ("Siti Uji 1", "+6281377770001", "Katering", person(1).nik[-4:])
    corrected = next(row for row in await told(session, case) if row.type == "data_corrected")
    assert (corrected.channel, corrected.data["fields"]) == ("public", ["business_type", "phone"])


async def test_a_visit_to_ones_case_is_over_after_some_hours_whatever_one_does(visitor, session, case):
    await visitor.sign_in(session, case.number, BORN)
    hours = timedelta(hours=participant_access.LONGEST_HOURS)
    await session.execute(text("UPDATE participant_session SET created_at = now() - CAST(:h AS interval)"), {"h": hours})
    await session.commit()
    await visitor.get("/status")
    assert "Demi keamanan Anda sudah keluar" in await visitor.get("/status")

"""Registering on the public pages: what people see, and what nobody can find out or force."""

import re
import time

import pytest
from sqlalchemy import text

from models.clock import set_programme_time
from models.services import access, case_view, registration
from models.services.actor import MACHINE
from tests.integration.walk_public import NUMBER, PAGES, SITI, Visitor, messages
from tests.people import MONDAY, PASSWORD, differences, person, register, run_automation
from ui.public import visit


@pytest.fixture
async def visitor(database, session, programme):
    """Somebody at the front page, on a Monday."""
    await set_programme_time(session, MONDAY)
    await session.commit()
    return Visitor()


async def case_of(session, number):
    """What a case's row and its opening say."""
    row = await session.execute(
        text(
            "SELECT c.id::text, c.number, c.district, c.village, c.state->'facts' AS facts, p.name, p.phone, p.rt, p.rw, p.sex, j.channel"
            " FROM cases c JOIN participant p ON p.id = c.participant_id JOIN journal j ON j.case_id = c.id AND j.sequence = 1"
            " WHERE c.number = :number"
        ),
        {"number": number},
    )
    return row.one()


async def test_who_answers_the_questions_is_registered_with_the_version_of_the_consent(visitor, session):
    assert "Daftar sekarang" in await visitor.get("/")
    number = await visitor.register()
    case = await case_of(session, number)
    assert (case.name, case.phone, case.district, case.village) == ("Siti Aminah", "+6281200000001", "31.71.01", "31.71.01.1002")
    assert (case.rt, case.rw, case.sex, case.channel) == ("004", "007", "P", "public")
    assert (case.facts["consent_version"], case.facts["business_months"]) == ("2018-1", 14)
    assert "<svg" in visitor.page.text
    await run_automation(session)
    assert await messages(session, number) == ["class_invitation", "enrolment", "welcome"]
    assert await differences() == []


async def test_an_answer_that_does_not_fit_is_told_beside_its_field_and_kept(visitor):
    await visitor.get("/register")
    await visitor.send("/register/name", name="Siti Aminah")
    await visitor.send("/register/nik", nik="3171")
    assert visitor.page.status_code == 422
    assert visitor.errors == ["NIK 4 angka; harus 16 angka."]
    assert 'value="3171"' in visitor.page.text
    await visitor.http.post("/locale", data={"locale": "en", "back": "/register/nik"})
    await visitor.get("/register/nik")
    await visitor.send("/register/nik", nik="3171")
    assert visitor.errors == ["The NIK has 4 digits; it must have 16."]


async def test_a_village_that_may_be_several_is_asked_back_and_chosen_with_one_touch(visitor):
    await visitor.get("/register")
    for page in ("name", "nik", "born"):
        await visitor.send(f"/register/{page}", **SITI)
    await visitor.send("/register/place", village="Cipinang Bsr")
    assert visitor.errors == ["“Cipinang Bsr” tidak ada. Maksudnya Cipinang Besar Utara atau Cipinang Besar Selatan atau Cipinang?"]
    await visitor.send("/register/place", village="Cipinang Bsr", meant="Cipinang Besar Utara")
    assert visitor.seen[-1].endswith("/register/phone")


async def test_one_may_go_back_and_change_and_the_review_shows_all_before_it_is_sent(visitor, session):
    review = await visitor.answer()
    assert all(words in review for words in ("Siti Aminah", "Cideng, Kec. Gambir", "0812 0000 0001", "Warung nasi"))
    assert await session.scalar(text("SELECT count(*) FROM cases")) == 0
    await visitor.get("/register/name")
    assert "Siti Aminah" in visitor.page.text
    assert "Siti Rahma" in await visitor.send("/register/name", name="Siti Rahma")
    assert visitor.seen[-1].endswith("/register/review")


async def test_nobody_is_registered_without_consent_or_with_a_question_open(visitor, session):
    await visitor.get("/register")
    for page in PAGES[:-1]:
        await visitor.send(f"/register/{page}", **SITI)
    await visitor.send("/register/consent")
    assert visitor.errors == ["Centang bila Anda setuju. Tanpa persetujuan kami tidak dapat mendaftarkan Anda."]
    assert "Bolehkah kami" in await visitor.send("/register/review")
    await visitor.send("/register/consent", agree="2017-9")
    assert visitor.page.status_code == 422
    assert await session.scalar(text("SELECT count(*) FROM cases")) == 0


async def test_a_birth_date_that_does_not_fit_the_nik_is_asked_about_and_not_refused(visitor, session):
    assert "Tanggal lahir tidak cocok dengan NIK" in await visitor.answer(**{"birth_date.y": "1981"})
    await visitor.send("/register/review")
    assert await session.scalar(text("SELECT count(*) FROM cases")) == 1


async def test_a_known_nik_sees_what_a_new_one_sees_and_the_phone_on_file_is_told(visitor, session):
    def neutral(page, number):
        page = re.sub(r"<svg.*?</svg>", "", page)
        return re.sub(r'value="[^"]{20,}"', "", page).replace(number, "NUMBER")

    await visitor.answer()
    began = time.monotonic()
    await visitor.send("/register/review")
    took = time.monotonic() - began
    [first] = NUMBER.findall(visitor.page.text)
    shown = neutral(visitor.page.text, first)
    other = Visitor()
    await other.answer(phone="0813 9999 9999", name="Orang Lain")
    began = time.monotonic()
    await other.send("/register/review")
    again = time.monotonic() - began
    [second] = NUMBER.findall(other.page.text)
    assert neutral(other.page.text, second) == shown
    assert second != first
    assert abs(took - again) < visit.PACE_SECONDS < min(took, again)
    assert await session.scalar(text("SELECT count(*) FROM cases")) == 1
    assert await messages(session, first) == ["registered_again"]
    case = await case_of(session, first)
    assert (case.name, case.phone) == ("Siti Aminah", "+6281200000001")
    assert [row["number"] for row in await case_view.found(session, MACHINE, q=second)] == [first], "the desk finds it by either number"
    assert [url for url in [*visitor.seen, *other.seen] if "?" in url or first in url or SITI["nik"] in url] == []
    await run_automation(session)
    assert await differences() == []


async def test_the_phone_on_file_is_told_three_times_a_day_at_most(visitor, session):
    first = await visitor.register()
    for _ in range(4):
        await Visitor().register()
    assert await messages(session, first) == ["registered_again"] * 3
    assert await session.scalar(text("SELECT count(*) FROM other_number")) == 4


async def test_sending_the_same_review_again_with_an_old_cookie_adds_nobody(visitor, session):
    await visitor.answer()
    old, token = visitor.http.cookies[visit.COOKIE], visitor.token
    await visitor.send("/register/review")
    replay = Visitor()
    replay.http.cookies.set(visit.COOKIE, old)
    await replay.http.post("/register/review", data={"token": token})
    assert await session.scalar(text("SELECT count(*) FROM cases")) == 1


@pytest.mark.parametrize("whose", ["another participant", "staff"])
async def test_a_number_that_is_not_ones_own_alone_cannot_consent(visitor, session, programme, whose):
    if whose == "staff":
        await access.add_user(session, MACHINE, "sari@example.org", "Sari", PASSWORD, [], phone="0812 0000 0001")
    else:
        await register(session, programme, person(7, phone="+6281200000001"))
    await session.commit()
    number = await visitor.register()
    assert "Pendaftaran diterima" in visitor.page.text
    case = await case_of(session, number)
    assert "consent_version" not in case.facts
    assert case.facts["consent_needed"] is True
    await run_automation(session)
    step = await session.scalar(text("SELECT step FROM position WHERE case_id = CAST(:c AS uuid)"), {"c": case.id})
    assert step == "p1.review"


async def test_a_form_without_its_token_does_nothing(visitor, session):
    await visitor.answer()
    for token in ("", "x" * 22, "é"):
        refused = await visitor.http.post("/register/review", data={"token": token})
        assert refused.status_code == 403
        assert "Silakan ulangi" in refused.text
    foreign = await visitor.http.post("/register/review", data={"token": visitor.token}, headers={"Origin": "https://evil.example"})
    assert foreign.status_code == 403
    assert await session.scalar(text("SELECT count(*) FROM cases")) == 0
    await visitor.get("/register/review")
    assert "Siti Aminah" in visitor.page.text


async def test_too_many_registrations_from_one_address_are_asked_to_wait(visitor, session):
    await visitor.answer()
    for _ in range(registration.AT_ONE_ADDRESS):
        await registration.count_visit(session, "127.0.0.1")
    await session.commit()
    await visitor.send("/register/review")
    assert visitor.page.status_code == 429
    assert "Terlalu banyak percobaan" in visitor.page.text
    assert await session.scalar(text("SELECT count(*) FROM cases")) == 0
    assert await session.scalar(text("SELECT count(*) FROM public_attempt WHERE position('127.0.0.1'::bytea in key_hash) > 0")) == 0


async def test_the_cookie_hides_the_answers_and_a_changed_one_is_worth_nothing(visitor):
    await visitor.answer()
    sealed = visitor.http.cookies[visit.COOKIE]
    assert len(sealed) < 4096
    assert "Siti" not in sealed
    middle = len(sealed) // 2
    changed = sealed[:middle] + ("A" if sealed[middle] != "A" else "B") + sealed[middle + 1 :]
    for bad in (changed, sealed[:-8], sealed[:5], "", "%%%", "A" * 5000):
        other = Visitor()
        other.http.cookies.set(visit.COOKIE, bad)
        assert "Siapa nama lengkap Anda?" in await other.get("/register/review")
        assert "Siti" not in other.page.text


async def test_answers_that_fit_no_cookie_are_refused_beside_the_field(visitor):
    await visitor.get("/register")
    long, gap = "".join(chr(0x20000 + n * 37) for n in range(199)), " " * 180
    await visitor.send("/register/name", name=long)
    await visitor.send("/register/nik", nik=f"3171{gap}014501800001")
    await visitor.send("/register/born", **SITI)
    await visitor.send("/register/place", village=f"Petojo{gap}Utara", address=long)
    await visitor.send("/register/phone", **SITI)
    assert visitor.seen[-1].endswith("/register/business")
    await visitor.send("/register/business", business_type=long, business_months="3")
    assert visitor.errors == ["Jawaban Anda terlalu panjang; singkatkan sedikit."]
    assert len(visitor.http.cookies[visit.COOKIE]) <= visit.LONGEST


async def test_after_half_an_hour_the_answers_are_gone_and_one_is_told_kindly(visitor, monkeypatch):
    await visitor.answer()
    token = visitor.token
    monkeypatch.setattr(visit.time, "time", lambda began=time.time(): began + visit.MINUTES * 60 + 1)
    late = await visitor.http.post("/register/review", data={"token": token})
    assert "Waktu habis" in late.text
    assert "Siti" not in late.text
    assert "Siapa nama lengkap Anda?" in await visitor.get("/register")


async def test_pages_hold_no_script_and_no_style_of_their_own_and_the_policy_forbids_both(visitor):
    for path in ("/", "/register", "/status", "/login", "/nowhere"):
        await visitor.get(path)
        policy = visitor.page.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert re.findall(r"<script|<style|\sstyle=|\son[a-z]+=", visitor.page.text) == []
    await visitor.answer()
    assert visitor.page.headers["cache-control"] == "no-store"
    assert re.findall(r"<script|<style|\sstyle=|\son[a-z]+=", visitor.page.text) == []


async def test_a_page_that_there_is_not_is_told_in_a_page(visitor):
    for path in ("/register/shoe-size", "/status/nothing"):
        await visitor.get(path)
        assert visitor.page.status_code == 404
        assert visitor.page.headers["content-type"].startswith("text/html")


async def test_a_body_that_no_form_needs_is_refused(visitor):
    await visitor.get("/register")
    await visitor.send("/register/name", name="x" * 70_000)
    assert visitor.page.status_code == 413

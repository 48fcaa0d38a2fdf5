"""Whatever the API refuses, it says so in Indonesian and in English, field by field."""

import pytest

from tests.integration.conftest import SITI, in_queue


def assert_both(answer, *fields):
    body = answer.json()
    assert {error["field"] for error in body["errors"]} == set(fields), body
    for words in [body["detail"], *(error["message"] for error in body["errors"])]:
        indonesian, english = words.split(" / ")
        assert indonesian.strip() != english.strip(), words


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "x" * 121}, "name"),
        ({"name": 5}, "name"),
        ({"nik": "12"}, "nik"),
        ({"colour": "blue"}, "colour"),
        ({"business_months": "many"}, "business_months"),
        ({"business_months": -1}, "business_months"),
        ({"monthly_turnover": 1.5}, "monthly_turnover"),
        ({"monthly_turnover": "5.000.000"}, "monthly_turnover"),
        ({"monthly_turnover": "5000000"}, "monthly_turnover"),
        ({"monthly_turnover": 10**13}, "monthly_turnover"),
        ({"monthly_turnover": 10**26}, "monthly_turnover"),
        ({"business_months": True}, "business_months"),
        ({"name": "   "}, "name"),
        ({"name": "12345"}, "name"),
        ({"name": "=1+1"}, "name"),
        ({"name": "+Siti"}, "name"),
        ({"name": "-Siti"}, "name"),
        ({"name": "@Siti"}, "name"),
        ({"name": "Siti \u202eanimA"}, "name"),
        ({"sex": "X"}, "sex"),
        ({"rt": "abc"}, "rt"),
        ({"rw": "1a"}, "rw"),
        ({"email": "foo"}, "email"),
        ({"birth_date": "2018-01-09"}, "birth_date"),
        ({"birth_date": "1899-12-31"}, "birth_date"),
        ({"birth_date": 5}, "birth_date"),
        ({"birth_date": "5"}, "birth_date"),
        ({"birth_date": "kemarin"}, "birth_date"),
        ({"district": "Bekasi"}, "district"),
        ({"address": "a\x00"}, "address"),
    ],
)
async def test_a_wrong_registration(api, change, field):
    assert_both(await api.post("/registrations", json=SITI | change), field)


async def test_a_missing_field_a_body_that_is_none_and_a_known_nik(api):
    assert_both(await api.post("/registrations", json={"nik": SITI["nik"], "name": "Siti"}), "district")
    assert_both(await api.post("/registrations", content="{", headers={"Content-Type": "application/json"}), "body")
    assert (await api.post("/registrations", json=SITI)).status_code == 201
    assert_both(await api.post("/registrations", json=SITI), "nik")


async def test_a_tasks_form_and_a_wrong_outcome(api, session, programme):
    await in_queue(session, programme)
    task = (await api.post("/tasks/claim-next", json={"queue": "p1"})).json()
    path = f"/tasks/{task['id']}/complete"
    assert_both(await api.post(path, json={"outcome": "accept", "answers": {"identity_seen": "x", "x": 1}}), "identity_seen", "x")
    assert_both(await api.post(path, json={"answers": {}}), "outcome")
    assert_both(await api.post(path, json={"outcome": "accept", "occurred_at": "2018-01-01T00:00:00"}), "occurred_at")
    assert_both(await api.post(path, json={"outcome": "accept", "occurred_at": "2099-01-01T00:00:00Z"}), "occurred_at")
    assert_both(await api.post("/tasks/claim-next", json={"queue": "p9"}), "queue")
    assert_both(await api.post("/tasks/claim-next", json={}), "queue")
    assert_both(await api.get("/tasks?state=done"), "state")
    assert_both(await api.get("/tasks?cursor=x"), "cursor")
    assert_both(await api.get("/tasks/17"), "id")


async def test_a_command_a_correction_and_a_week(api, session, programme):
    case = await in_queue(session, programme)
    version = (await api.get(f"/cases/{case.number}")).json()["version"]
    path, body = f"/cases/{case.number}/commands", {"version": version}
    assert_both(await api.post(path, json=body | {"type": "hold"}), "reason")
    assert_both(await api.post(path, json=body | {"type": "dance"}), "type")
    assert_both(await api.post(path, json=body | {"type": "skip", "stage": "p4", "proof": "x", "data": {"colour": 1}}), "colour")
    wrong = {"birth_date": "kemarin", "sex": "X", "rt": "abc", "colour": "blue"}
    assert_both(await api.post(path, json=body | {"type": "correct", "data": wrong}), *wrong)
    assert_both(await api.get("/weekly-updates/winter"), "week")
    assert_both(await api.get("/weekly-updates/2018-W01?format=doc"), "format")
    assert_both(await api.get("/nothing"))
    assert_both(await api.put("/tasks"))


async def test_a_birth_date_that_was_not_sent_is_read_from_the_nik(api, session, programme):
    """Nothing is left to review then; a date that was sent and differs is still looked at."""
    from tests.people import run_automation

    sent = {name: value for name, value in SITI.items() if name not in ("birth_date", "nik")}
    alone = (await api.post("/registrations", json=sent | {"nik": "3171014501800001"})).json()["case_number"]
    differs = sent | {"nik": "3171014501800002", "birth_date": "1980-01-06", "name": "Rina", "phone": "0812 0000 0002"}
    other = (await api.post("/registrations", json=differs)).json()["case_number"]
    await run_automation(session)
    facts = [(await api.get(f"/cases/{number}")).json()["facts"] for number in (alone, other)]
    assert [f["identity_findings"] for f in facts] == [[], ["nik_dob_mismatch"]]


@pytest.mark.parametrize("typed", ["%", "_", "\\", "-", "%%%"])
async def test_signs_that_are_no_words_find_nobody(api, session, programme, typed):
    await in_queue(session, programme)
    found = (await api.get("/cases", params={"q": typed})).json()["items"]
    assert found == []


async def test_names_and_numbers_are_found_whatever_separates_their_parts(api, session, programme):
    from tests.people import person, register

    await register(session, programme, person(1, name="Siti Nur Aini"), person(2, name="Sitinur Ayu"))
    numbers = {row["person"]: row["number"] for row in (await api.get("/cases")).json()["items"]}
    for typed in ("siti nur", "SITI-NUR", "Siti  nur a"):
        assert [row["person"] for row in (await api.get("/cases", params={"q": typed})).json()["items"]] == ["Siti Nur Aini"], typed
    for typed in (numbers["Siti Nur Aini"], numbers["Siti Nur Aini"].lower(), numbers["Siti Nur Aini"].replace("-", " ")):
        assert [row["person"] for row in (await api.get("/cases", params={"q": typed})).json()["items"]] == ["Siti Nur Aini"], typed

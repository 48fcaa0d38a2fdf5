"""What is wrong with a request is a 4xx that names the field, never a 500 or a database that "does not answer"."""

import asyncio
import io
import json

import pytest
from sqlalchemy import text

from models.services import access
from models.services.actor import MACHINE, Grant, Role
from tests.integration.conftest import SITI, in_queue, token_for
from tests.people import person
from ui import body_limit


def told(answer):
    return answer.status_code, [error["field"] for error in answer.json()["errors"]]


@pytest.mark.parametrize("word", ["Siti\x00", "Siti\ud800"])
async def test_text_that_cannot_be_kept_is_refused_by_field(api, session, programme, word):
    def as_json(body):
        return {"content": json.dumps(body).encode(), "headers": {"Content-Type": "application/json"}}

    assert told(await api.post("/registrations", **as_json(SITI | {"name": word}))) == (422, ["name"])
    case = await in_queue(session, programme, 2)
    version = (await api.get(f"/cases/{case.number}")).json()["version"]
    held = await api.post(f"/cases/{case.number}/commands", **as_json({"type": "hold", "version": version, "reason": word}))
    assert told(held) == (422, ["reason"])
    task = (await api.post("/tasks/claim-next", json={"queue": "p1"})).json()
    done = {"version": task["version"], "outcome": "accept", "answers": {"identity_seen": word}}
    assert told(await api.post(f"/tasks/{task['id']}/complete", **as_json(done))) == (422, ["answers.identity_seen"])


async def test_an_address_with_a_nul_byte_is_refused_by_name(api):
    assert told(await api.get("/cases?q=%00")) == (422, ["q"])
    assert told(await api.get("/cases/%00")) == (422, ["number"])
    assert (await api.post("http://test/login", data={"email": "a\x00", "password": "b\x00"})).status_code == 401


@pytest.mark.parametrize("path", ["handoffs", "incidents", "tasks"])
@pytest.mark.parametrize("cursor", ["abc", "~", "2018-01-08~x", "2018-01-08T00:00:00~0b9f4f9e-7a53-4a63-9c7e-3f0d8a7f1c11"])
async def test_a_cursor_that_no_list_gave_is_refused(api, path, cursor):
    assert told(await api.get(f"/{path}", params={"cursor": cursor})) == (422, ["cursor"])


async def test_a_value_that_the_database_cannot_take_is_a_422(api):
    assert (await api.get(f"/events?after={10**30}")).status_code == 422


async def test_claim_next_wants_a_queue_or_view_that_there_is(api, session, programme):
    await in_queue(session, programme)
    for body, field in (({"queue": "p9"}, "queue"), ({"view": "all"}, "view"), ({}, "queue")):
        assert told(await api.post("/tasks/claim-next", json=body)) == (422, [field])
    assert (await api.post("/tasks/claim-next", json={"view": "unassigned"})).json()["state"] == "claimed"


async def test_claiming_next_twice_with_one_key_claims_once_also_when_nothing_was_there(api, session, programme):
    assert (await api.post("/tasks/claim-next", json={"queue": "p1"}, headers={"Idempotency-Key": "none"})).json() is None
    await in_queue(session, programme, 1)
    await in_queue(session, programme, 2)
    assert (await api.post("/tasks/claim-next", json={"queue": "p1"}, headers={"Idempotency-Key": "none"})).json() is None
    first = (await api.post("/tasks/claim-next", json={"queue": "p1"}, headers={"Idempotency-Key": "k"})).json()
    assert (await api.post("/tasks/claim-next", json={"queue": "p1"}, headers={"Idempotency-Key": "k"})).json() == first
    assert await session.scalar(text("SELECT count(*) FROM task WHERE state = 'claimed'")) == 1


async def test_nothing_happens_in_the_future_and_no_hold_ends_in_the_past(api, session, programme):
    case = await in_queue(session, programme)
    task = (await api.post("/tasks/claim-next", json={"queue": "p1"})).json()
    done = {"version": task["version"], "outcome": "accept", "answers": {"identity_seen": True}}
    for moment in ("2018-02-01T00:00:00+07:00", "2018-01-01T00:00:00"):
        answer = await api.post(f"/tasks/{task['id']}/complete", json=done | {"occurred_at": moment})
        assert told(answer) == (422, ["occurred_at"])
    version = (await api.get(f"/cases/{case.number}")).json()["version"]
    hold = {"type": "hold", "version": version, "reason": "sakit", "until": "2018-01-02T00:00:00+07:00"}
    assert told(await api.post(f"/cases/{case.number}/commands", json=hold)) == (422, ["until"])


async def test_a_list_that_is_too_large_is_a_413_that_names_the_limit(api, monkeypatch):
    big = await api.post("/imports", files={"file": ("a.csv", io.BytesIO(b"x" * (20 * 1024**2 + 1)))})
    assert told(big) == (413, ["file"])
    assert "20 MB" in big.json()["detail"]
    declared = await api.post("/imports", headers={"Content-Length": str(10**9)}, content=b"x")
    assert (declared.status_code, "20 MB" in declared.json()["detail"]) == (413, True)
    monkeypatch.setattr(body_limit, "JSON_LIMIT", 1000)

    async def endless():
        for _ in range(100):
            yield b" " * 100

    streamed = await api.post("/registrations", content=endless(), headers={"Content-Type": "application/json"})
    assert (streamed.status_code, streamed.headers["content-type"]) == (413, "application/problem+json")


async def test_an_upload_with_the_same_key_is_one_job_and_names_who_sent_it(api):
    sends = [await api.post("/imports", files={"file": ("a.csv", b"Nama;NIK\nA;1\n")}, headers={"Idempotency-Key": "up"}) for _ in range(2)]
    assert [answer.status_code for answer in sends] == [202, 202]
    assert sends[0].json() == sends[1].json()
    assert (await api.get(f"/jobs/{sends[0].json()['job']}")).json()["actor"] == "test"
    other = await api.post("/imports", files={"file": ("a.csv", b"other")}, headers={"Idempotency-Key": "up"})
    assert other.status_code == 409


async def test_lists_of_incidents_and_hand_offs_lose_no_row_between_pages(api, session, programme):
    for n in range(1, 6):
        await in_queue(session, programme, n)
    await session.execute(
        text(
            "INSERT INTO incident (id, case_id, cause, state, stage, district, raised_at)"
            " SELECT gen_random_uuid(), id, 'no_way', 'open', 'p1', district, now() - (random() * 9)::int * interval '1 day' FROM cases"
        )
    )
    await session.execute(text("UPDATE handoff SET ordered_at = now() - (random() * 9)::int * interval '1 day'"))
    await session.commit()
    for path, moment in (("incidents", "raised_at"), ("handoffs", "ordered_at")):
        whole = (await api.get(f"/{path}")).json()["items"]
        seen, cursor = [], None
        while True:
            part = (await api.get(f"/{path}", params={"limit": 2} | ({"cursor": cursor} if cursor else {}))).json()
            seen += part["items"]
            cursor = part["next"]
            if not cursor:
                break
        assert [row["id"] for row in seen] == [row["id"] for row in whole], path
        assert [row[moment] for row in whole] == sorted((row[moment] for row in whole), reverse=True)


async def test_a_journal_is_read_page_by_page(api, session, programme):
    case = await in_queue(session, programme)
    whole = (await api.get(f"/cases/{case.number}/journal")).json()
    assert whole["next"] is None
    part = (await api.get(f"/cases/{case.number}/journal?limit=3")).json()
    rest = (await api.get(f"/cases/{case.number}/journal", params={"cursor": part["next"]})).json()
    assert part["items"] + rest["items"] == whole["items"]


async def test_guesses_that_come_at_once_are_counted_in_turn(api, session):
    await access.add_user(session, MACHINE, "sari@example.org", "Sari", "benar-sekali", [Grant(Role.LEADER)])
    await session.commit()
    wrong = {"email": "sari@example.org", "password": "salah"}
    answers = await asyncio.gather(*(api.post("http://test/login", data=wrong) for _ in range(14)))
    assert sorted(answer.status_code for answer in answers) == [401] * 8 + [429] * 6


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"name": 5}, "name"),
        ({"name": None}, "name"),
        ({"name": " . "}, "name"),
        ({"phone": "rubbish"}, "phone"),
        ({"birth_date": "kemarin"}, "birth_date"),
        ({"birth_date": "2030-01-01"}, "birth_date"),
        ({"email": "nobody"}, "email"),
        ({"sex": "X"}, "sex"),
        ({"rt": "abc"}, "rt"),
        ({"colour": "blue"}, "colour"),
        ({}, "data"),
    ],
)
async def test_a_correction_is_checked_like_a_registration(api, session, programme, data, field):
    case = await in_queue(session, programme)
    version = (await api.get(f"/cases/{case.number}")).json()["version"]
    answer = await api.post(f"/cases/{case.number}/commands", json={"type": "correct", "version": version, "data": data})
    assert told(answer) == (422, [field])


async def test_a_nik_is_corrected_by_the_desk_alone_once_and_the_wrong_one_is_free_again(api, session, programme):
    case = await in_queue(session, programme)
    first = (await api.post("/registrations", json=SITI)).json()["case_number"]
    path, version = f"/cases/{case.number}/commands", (await api.get(f"/cases/{case.number}")).json()["version"]
    body = {"type": "correct", "version": version}
    assert (await api.post(path, json=body | {"data": {"nik": "3171014501800022"}})).status_code == 403
    desk = await token_for(session, Role.DESK, areas="31.71.01")
    assert told(await api.post(path, json=body | {"data": {"nik": "12"}}, headers=desk)) == (422, ["nik"])
    taken = await api.post(path, json=body | {"data": {"nik": SITI["nik"]}}, headers=desk)
    assert (*told(taken), first in taken.text) == (409, ["nik"], False)
    was = (await session.execute(text("SELECT nik_last4 FROM participant ORDER BY created_at LIMIT 1"))).scalar_one()
    done = await api.post(path, json=body | {"data": {"nik": "3171014501800022", "phone": "0812 3456 7890"}}, headers=desk)
    assert done.status_code == 200, done.text
    assert done.json()["facts"]["has_phone"] is True
    corrected = (await api.get(f"/cases/{case.number}/journal")).json()["items"][-1]
    assert corrected["data"]["fields"] == ["nik", "phone"]
    assert "0022" not in json.dumps(corrected)
    again = SITI | {"nik": person(1).nik, "name": "Orang lain"}
    assert was == person(1).nik[-4:]
    assert (await api.post("/registrations", json=again)).status_code == 201, "the NIK that was typed wrongly belongs to somebody"

"""Filters of lists: any level of the tree, stages large or small, and what nobody knows is refused by name."""

import pytest

from models.clock import set_programme_time
from models.services import weekly
from models.services.actor import MACHINE
from tests.people import MONDAY, person, register, run_automation


@pytest.fixture
async def of_two_cities(session, programme):
    """A case to review in Gambir (31.71.01) and one in Cakung (31.75.06)."""
    await register(session, programme, person(1, sex="L"), person(2, sex="L", district="31.75.06"))
    await run_automation(session)


async def test_a_city_stands_for_its_districts(api, session, programme, of_two_cities):
    await set_programme_time(session, MONDAY.replace(day=16))
    await weekly.freeze_closed_weeks(session, MACHINE, programme)
    await session.commit()
    for path in ("cases", "tasks"):
        for asked, found in (("31.75", ["31.75.06"]), ("31.75.06", ["31.75.06"]), ("31.72", [])):
            items = (await api.get(f"/{path}", params={"district": asked})).json()["items"]
            assert [item["district"] for item in items] == found, (path, asked)
    whole, rows = [(await api.get("/figures", params=asked)).json()["items"] for asked in ({}, {"district": "31.75", "stage": "P1"})]
    assert {row["district"] for row in rows} == {area.code for area in programme.areas.districts("31.75")}
    assert rows == [row for row in whole if row["district"].startswith("31.75.") and row["stage"] == "p1"]
    assert sum(row["present"] for row in rows) == 1


async def test_a_stage_is_known_large_and_small(api, of_two_cities):
    for path in ("cases", "tasks"):
        large, small = [(await api.get(f"/{path}", params={"stage": stage})).json()["items"] for stage in ("P1", "p1")]
        assert large == small
        assert len(large) == 2


async def test_what_nobody_knows_is_refused_with_what_is_known(api):
    job = (await api.post("/imports", files={"file": ("a.csv", b"Nama;NIK\nA;1\n")})).json()["job"]
    for address, named, known in (
        ("cases?stage=p9", "stage", "p7"),
        ("cases?status=foo", "status", "on_hold"),
        ("cases?district=99.99", "district", "31."),
        ("cases?cursor=zzz", "cursor", "next"),
        ("cases?foo=1", "foo", "status"),
        ("cases/OKO-2018-000001?foo=1", "foo", "–"),
        ("tasks?queue=foo", "queue", "p1"),
        ("tasks?stage=p9", "stage", "p7"),
        ("tasks?district=foo", "district", "31."),
        ("tasks?assignee=foo", "assignee", "id"),
        ("tasks?sort=foo", "sort", "urgency"),
        ("handoffs?state=foo", "state", "acknowledged"),
        ("handoffs?partner=foo", "partner", "ptsp"),
        ("incidents?state=foo", "state", "resolved"),
        ("figures?from=x", "from", "2018-W03"),
        ("figures?to=2018-W99", "to", "2018-W03"),
        ("figures?stage=p9", "stage", "p7"),
        (f"jobs/{job}/items?state=ok,foo", "state", "warn"),
        ("events?foo=1", "foo", "after"),
        ("weekly-updates?stage=p1", "stage", "–"),
    ):
        answer = await api.get(f"/{address}")
        assert answer.status_code == 422, address
        [error] = answer.json()["errors"]
        indonesian, english = error["message"].split(" / ")
        assert (error["field"], known in indonesian, known in english) == (named, True, True), error


async def test_an_empty_filter_asks_for_nothing(api, of_two_cities):
    assert len((await api.get("/cases?stage=&district=&status=&cursor=")).json()["items"]) == 2

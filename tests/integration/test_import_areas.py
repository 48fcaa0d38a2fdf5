"""Lists know districts: rows outside the sender's area are refused one by one, and who works elsewhere reads no one's list."""

import pytest
from sqlalchemy import text

from flows.imports import import_registrations
from models.clock import set_programme_time
from models.errors import NotFound
from models.services import access, import_jobs, intake
from models.services.actor import Role
from tests.integration.conftest import token_for
from tests.people import MONDAY, staff

LIST = (
    b"Nama;NIK;Kecamatan;HP;Tgl Daftar\n"
    b"Siti Aminah;3171014501800001;Gambir;081200000001;02/01/2018\n"
    b"Wati Lestari;3175034501800002;Jatinegara;081200000002;02/01/2018\n"
)


async def imported(session, actor):
    """The id of a list that was sent by somebody and read by the worker."""
    job = await import_jobs.queue_import(session, actor, LIST, "daftar.csv")
    await session.commit()
    await import_registrations.fn()
    return job


async def test_rows_outside_the_senders_area_are_refused_and_the_others_become_cases(api, session, programme):
    headers = await token_for(session, Role.SERVICE, areas="31.75.03", name="Jatinegara")
    sent = await api.post("/imports", files={"file": ("daftar.csv", LIST)}, headers=headers)
    await import_registrations.fn()
    [gambir, jatinegara] = (await api.get(f"/jobs/{sent.json()['job']}/items", headers=headers)).json()["items"]
    assert (gambir["state"], gambir["code"], gambir["values"]) == ("rejected", "OUTSIDE_YOUR_AREA", {})
    assert "Gambir" in gambir["messages"]["id"]
    assert "outside your area" in gambir["messages"]["en"]
    assert jatinegara["state"] == "ok"
    assert (await session.execute(text("SELECT number, district FROM cases"))).all() == [(jatinegara["case_number"], "31.75.03")]
    [told] = (await session.execute(text("SELECT actor, on_behalf_of FROM journal WHERE type = 'case_opened'"))).all()
    token = await access.actor_of_token(session, headers["Authorization"].split()[1])
    assert told == ("machine", token.id)


async def test_a_dry_run_refuses_the_same_rows_and_tells_nothing_of_cases_elsewhere(session, programme):
    await set_programme_time(session, MONDAY)
    await imported(session, await staff(session, Role.PROGRAMME_MANAGER))
    east = await staff(session, Role.PROGRAMME_MANAGER, areas="31.75", name="Timur")
    report = intake.judge(programme, LIST, "daftar.csv", MONDAY)
    await intake.check_rows(session, east, programme, report)
    assert [row.codes for row in report.rows] == [["OUTSIDE_YOUR_AREA"], ["NIK_DUPLICATE"]]
    assert "case_number" not in report.rows[0].references


async def test_a_list_whose_sender_left_meanwhile_registers_nobody_and_says_so(session, programme):
    manager = await staff(session, Role.PROGRAMME_MANAGER)
    job = await import_jobs.queue_import(session, manager, LIST, "daftar.csv")
    await session.execute(text("UPDATE user_account SET active = false"))
    await session.commit()
    await import_registrations.fn()
    view = await intake.job(session, manager, job)
    assert (view.state, view.total, "not active" in str(view.error)) == ("failed", 0, True)
    assert await session.scalar(text("SELECT count(*) FROM cases")) == 0


async def test_a_list_is_read_by_who_sent_it_and_by_those_who_work_everywhere(session, programme):
    cities = " ".join(city.code for city in programme.areas.cities())
    east = await staff(session, Role.PROGRAMME_MANAGER, areas="31.75", name="Timur")
    job = await imported(session, east)
    for reader in (
        east,
        await staff(session, Role.PROGRAMME_MANAGER, name="Semua"),
        await staff(session, Role.ADMINISTRATOR, name="Admin"),
        await staff(session, Role.PROGRAMME_MANAGER, areas=cities, name="Semuakota"),
    ):
        assert len(await intake.items(session, reader, job)) == 2
        assert [found.id for found in await intake.jobs(session, reader)] == [job]
    for stranger in (
        await staff(session, Role.PROGRAMME_MANAGER, areas="31.71", name="Pusat"),
        await staff(session, Role.ADMINISTRATOR, areas=cities[6:], name="Hampir"),
        await staff(session, Role.SERVICE, name="Mesin"),
    ):
        for read in (intake.job, intake.items, import_jobs.rejected_rows):
            with pytest.raises(NotFound):
                await read(session, stranger, job)
        assert await intake.jobs(session, stranger) == []

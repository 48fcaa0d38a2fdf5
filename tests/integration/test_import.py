"""Lists become cases: all or none, twice adds nobody, people who are further come in further."""

import asyncio
import io
import zipfile

import pytest
import xlsxwriter
from sqlalchemy import text

from flows.imports import import_registrations
from models.clock import set_programme_time
from models.db import is_outage, transaction
from models.errors import Invalid
from models.services import cases, import_jobs, intake
from models.services.actor import MACHINE, Role
from tests.people import MONDAY, differences, run_automation, staff

HEAD = "Nama;No. KTP;Kelurahan;Kecamatan;Tanggal Lahir;HP;Sudah Pelatihan;No. IUMK;Tgl Daftar\n"
ROWS = (
    "Siti Aminah;3171014501800001;Gambir;Gambir;05/01/1980;081200000001;;;02/01/2018\n"
    "Budi Raharjo;'3171010502800002;Cideng;Gambir;5 Februari 1980;0812 0000 0002;ya;;2 Jan 2018\n"
    "Tuti Herawati;3171014503800003;Duri Pulo;gambir;05-03-1980;081200000003;ya;503/IUMK/2017;03/01/2018\n"
    "Tanpa Nik;;Gambir;Gambir;05/01/1980;081200000004;;;02/01/2018\n"
    "JUMLAH;4;;;;;;;\n"
)


async def load(session, programme, content=(HEAD + ROWS).encode("cp1252"), name="daftar.csv"):
    await set_programme_time(session, MONDAY)
    report = intake.judge(programme, content, name, MONDAY)
    await intake.register_rows(session, MACHINE, programme, report, MONDAY)
    await session.commit()
    return report


async def test_people_who_are_further_come_in_at_the_right_stage(session, programme):
    report = await load(session, programme)
    assert [row.outcome for row in report.rows] == ["ok", "ok", "ok", "rejected"]
    await run_automation(session)
    stages = {}
    for row in report.rows[:3]:
        found = await cases.find(session, MACHINE, row.references["case_number"])
        stages[row.values["nama"]] = found.stage
    assert stages == {"Siti Aminah": "p2", "Budi Raharjo": "p3", "Tuti Herawati": "p5"}
    licensed = await session.scalar(text("SELECT state->'facts'->>'licence_number' FROM cases WHERE stage = 'p5'"))
    assert licensed == "503/IUMK/2017"
    assert await differences() == []


async def test_the_same_list_twice_adds_nobody(session, programme):
    await load(session, programme)
    again = await load(session, programme)
    assert again.summary == {"ok": 0, "warn": 0, "rejected": 1, "duplicate": 3}
    assert await session.scalar(text("SELECT count(*) FROM cases")) == 3


async def test_what_happened_earlier_keeps_its_own_time(session, programme):
    await load(session, programme)
    row = (await session.execute(text("SELECT occurred_at, recorded_at FROM journal WHERE type = 'case_opened' LIMIT 1"))).one()
    assert row.occurred_at.isoformat() == "2018-01-02T02:00:00+00:00"
    assert row.recorded_at == MONDAY


async def test_no_personal_data_reaches_the_journal(session, programme):
    await load(session, programme)
    await run_automation(session)
    told = await session.scalar(text("SELECT string_agg(data::text, ' ') FROM journal"))
    assert not [word for word in ("Siti", "3171014501800001", "081200000001", "+62812", "1980-01-05") if word in told]


def workbook(rows):
    """An XLSX file with one sheet."""
    target = io.BytesIO()
    with xlsxwriter.Workbook(target) as book:
        page = book.add_worksheet()
        for number, row in enumerate(rows):
            page.write_row(number, 0, row)
    return target.getvalue()


@pytest.mark.parametrize(
    ("content", "name", "code"),
    [
        (b"", "kosong.csv", "file_empty"),
        (b"%PDF-1.7 bla", "daftar.xlsx", "file_is_pdf"),
        (b"\xd0\xcf\x11\xe0" + b"x" * 100 + "EncryptedPackage".encode("utf-16-le"), "rahasia.xlsx", "file_protected"),
        (b"\xd0\xcf\x11\xe0" + b"x" * 100, "lama.xls", "file_is_xls"),
        (b"PK\x03\x04 broken", "rusak.xlsx", "file_unreadable"),
        (b"x" * (21 * 1024 * 1024), "besar.csv", "file_too_large"),
        (b"a;b;c\n1;2;3\n", "lain.csv", "no_list"),
        (workbook([["a", "b"], [1, 2]]), "lain.xlsx", "no_list"),
    ],
)
async def test_a_file_that_is_no_list_gives_one_clear_error(session, programme, content, name, code):
    with pytest.raises(Invalid) as refused:
        intake.judge(programme, content, name, MONDAY)
    assert [problem.code for problem in refused.value.problems] == [code]
    assert await session.scalar(text("SELECT count(*) FROM cases")) == 0


async def test_an_uploaded_list_is_a_job_with_a_result_for_each_row(session, programme):
    await set_programme_time(session, MONDAY)
    manager = await staff(session, Role.PROGRAMME_MANAGER)
    job = await import_jobs.queue_import(session, manager, (HEAD + ROWS).encode(), "daftar.csv")
    await session.commit()
    assert await import_registrations.fn() == 1
    assert await import_registrations.fn() == 0
    view = await intake.job(session, manager, job)
    assert (view.state, view.total, view.failed, view.summary["ok"]) == ("done", 4, 1, 3)
    rows = await intake.items(session, manager, job, states=("rejected",))
    assert rows[0]["messages"]["id"] == "NIK kosong."
    [rejected] = await import_jobs.rejected_rows(session, manager, job)
    assert rejected.cells[0] == "Tanpa Nik"
    stored = await session.scalar(text("SELECT payload FROM job"))
    assert stored is None, "the list itself is not kept"


async def test_a_broken_upload_ends_as_a_failed_job_with_the_reason(session, programme):
    manager = await staff(session, Role.PROGRAMME_MANAGER)
    job = await import_jobs.queue_import(session, manager, b"PK\x03\x04 broken", "daftar.xlsx")
    await session.commit()
    await import_registrations.fn()
    view = await intake.job(session, manager, job)
    assert view.state == "failed"
    assert "rusak" in str(view.error)


def test_a_workbook_that_unpacks_to_gigabytes_is_refused_before_it_is_unpacked(ok_oce):
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/worksheets/sheet1.xml", b"0" * (320 * 1024 * 1024))
    with pytest.raises(Invalid, match="besar"):
        intake.judge(ok_oce, target.getvalue(), "bom.xlsx", MONDAY)


async def test_the_same_people_in_another_order_and_under_another_name_add_nobody(session, programme):
    await load(session, programme)
    people = [line.split(";") for line in ROWS.splitlines()[:4]]
    order = [8, 3, 1, 0, 2, 5, 4]
    titles = ["TGL REGISTRASI", "Kec.", "NIK", "Nama Peserta", "Kel.", "No. Telp", "Tgl. Lhr"]
    lines = [titles, *([person[column] for column in order] for person in reversed(people))]
    again = await load(session, programme, workbook(lines), "salinan.xlsx")
    assert again.summary == {"ok": 0, "warn": 0, "rejected": 1, "duplicate": 3}
    assert all(row.references["case_number"] for row in again.rows if row.outcome == "duplicate")
    assert await session.scalar(text("SELECT count(*) FROM cases")) == 3


async def test_somebody_who_looks_like_a_person_with_a_case_is_told(session, programme):
    await load(session, programme)
    rows = (
        "SITI AMINAH;3171014501800932;Gambir;Gambir;05/01/1980;+62 812 0000 0001;;;\n"
        "Rudi Hartono;3171010502800002;Cideng;Gambir;09/09/1970;081299999999;;;\n"
    )
    report = await load(session, programme, (HEAD + rows).encode())
    alike, conflict = report.rows
    assert (alike.outcome, alike.codes) == ("warn", ["POSSIBLE_DUPLICATE"])
    assert alike.references["possible_duplicate_case"] in alike.messages["id"]
    assert (conflict.outcome, conflict.codes) == ("rejected", ["NIK_CONFLICT"])
    assert await session.scalar(text("SELECT count(*) FROM cases")) == 4


async def test_a_list_that_meets_a_passing_trouble_waits_and_says_that_it_is_being_read(session, programme, monkeypatch):
    manager = await staff(session, Role.PROGRAMME_MANAGER)
    job = await import_jobs.queue_import(session, manager, (HEAD + ROWS).encode(), "daftar.csv")
    await session.commit()
    await session.execute(text("SELECT 1 FROM job WHERE id = CAST(:id AS uuid) FOR UPDATE"), {"id": job})
    async with transaction() as other:
        assert not await import_jobs.begin_next(other), "somebody else reads it"
    await session.rollback()
    async with transaction() as other:
        assert await import_jobs.begin_next(other)
    assert (await intake.job(session, manager, job)).state == "running"
    await session.execute(text("SELECT pg_advisory_xact_lock(hashtext('intake:' || 'ok-oce'))"))
    reading = asyncio.create_task(import_registrations.fn())
    cut_off = text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event = 'advisory' AND pid <> pg_backend_pid()")
    while not reading.done():
        async with transaction() as other:
            await other.execute(cut_off)
        await asyncio.sleep(0.05)
    await session.rollback()
    assert is_outage(reading.exception())
    assert await import_registrations.fn() == 1
    view = await intake.job(session, manager, job)
    assert (view.state, view.started_at < view.finished_at) == ("done", True)

"""Files of a case: who may add and open them, what is refused, and where they leave no trace."""

import logging
import struct
import zlib
from io import BytesIO

import pytest
from PIL import Image
from sqlalchemy import text

from models.errors import Invalid, NotFound
from models.services import attachments, cases, files, participants, tasks
from models.services.actor import Role
from models.services.tasks import Completion
from tests.integration.conftest import at, token_for
from tests.people import differences, now, person, register, run_automation, staff
from tests.scenarios.walk import Walk

PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
PLACE = b"Jalan Rahasia 7"


def picture(kind="PNG", size=(64, 48), **how):
    written = BytesIO()
    Image.new("RGB", size, "orange").save(written, kind, **how)
    return written.getvalue()


def with_place():
    """A photo that says where it was taken, with a page hidden behind it."""
    exif = Image.Exif()
    exif[0x010E] = PLACE.decode()
    exif[0x0112] = 6
    return picture("JPEG", exif=exif) + b"<script>alert(1)</script>"


def bomb(width=60_000, height=60_000):
    """A PNG of a few bytes that says it has 3.6 thousand million pixels."""

    def part(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + part(b"IHDR", head) + part(b"IDAT", zlib.compress(b"\0" * 1000)) + part(b"IEND", b"")


async def send(api, number, content, name="ktp.jpg", headers=None, **form):
    return await api.post(f"/cases/{number}/documents", files={"file": (name, content)}, data=form, headers=headers)


async def test_a_document_is_sent_listed_and_opened_and_who_opened_it_is_kept(api, session, programme):
    case = await at(session, programme, "p4")
    sent = await send(api, case.number, PDF, "Surat RT 05.pdf", field="doc_rt_rw")
    assert sent.status_code == 201, sent.text
    told = sent.json()
    assert (told["media_type"], told["name"], told["field"], told["size"]) == ("application/pdf", "Surat RT 05", "doc_rt_rw", len(PDF))
    [listed] = (await api.get(f"/cases/{case.number}/documents")).json()["items"]
    assert listed == told
    opened = await api.get(f"/cases/{case.number}/documents/{told['id']}")
    assert (opened.content, opened.headers["content-type"], opened.headers["cache-control"]) == (PDF, "application/pdf", "no-store")
    assert opened.headers["content-disposition"].startswith("attachment;")
    assert await session.scalar(text("SELECT count(*) FROM reveal WHERE what = :what"), {"what": f"document:{told['id']}"}) == 1


async def test_what_is_kept_can_be_read_with_the_key_only_and_the_journal_and_logs_know_nothing(api, session, programme, caplog):
    caplog.set_level(logging.DEBUG)
    case = await at(session, programme, "p4")
    await send(api, case.number, PDF, "Siti Aminah KTP.pdf")
    row = (await session.execute(text("SELECT * FROM attachment"))).one()
    kept = b"".join(bytes(value) for value in row if isinstance(value, bytes | memoryview)) + str(row).encode()
    assert b"Siti" not in kept
    assert PDF not in kept
    journal = "\n".join(str(r[0]) for r in await session.execute(text("SELECT data FROM journal")))
    assert "Siti Aminah" not in journal + caplog.text
    assert await differences() == []


@pytest.mark.parametrize(
    ("content", "name", "code"),
    [
        (b"MZ\x90\0 a program", "ktp.jpg", "wrong_type"),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "ktp.png", "wrong_type"),
        (b"<html><script>alert(1)</script></html>", "ktp.pdf", "wrong_type"),
        (b"", "ktp.jpg", "wrong_type"),
        (b"GIF89a" + b"\0" * 40, "ktp.jpg", "wrong_type"),
        (b"RIFF\x00\x00\x00\x00WAVEfmt ", "ktp.webp", "broken_file"),
        (picture()[:60], "ktp.png", "broken_file"),
        (b"\xff\xd8\xff" + b"\0" * 500, "ktp.jpg", "broken_file"),
        (PDF[:20], "surat.pdf", "broken_file"),
        (bomb(), "ktp.png", "too_many_pixels"),
        (bomb(9_000, 9_000), "ktp.png", "too_many_pixels"),
    ],
)
async def test_a_file_is_what_its_content_is_whatever_it_is_called(api, session, programme, content, name, code):
    case = await at(session, programme, "p4")
    refused = await send(api, case.number, content, name)
    assert (refused.status_code, [e["code"] for e in refused.json()["errors"]]) == (422, [code])
    assert (await api.get(f"/cases/{case.number}/documents")).json()["items"] == []


async def test_a_file_that_is_too_large_is_refused_with_the_limit(api, session, programme):
    case = await at(session, programme, "p4")
    for extra in (1, 300_000):
        refused = await send(api, case.number, b"%PDF-" + b"\0" * (files.LARGEST_BYTES + extra))
        assert refused.status_code == 413, extra
        assert "8 MB" in refused.text


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/passwd.png", "passwd"),
        ("C:\\Users\\siti\\foto.PNG", "foto"),
        ('a"\r\nSet-Cookie: x=1.png', "a Set-Cookie x 1"),
        ("‮gnp.exe.png", "gnp exe"),
        (".png", "png"),
        ("x" * 300 + ".png", "x" * 80),
    ],
)
async def test_a_name_is_only_a_name(api, session, programme, name, kept):
    prepared = await files.prepare(picture(), name)
    assert prepared.name == kept


async def test_a_picture_is_drawn_anew_upright_and_says_nothing_but_itself():
    prepared = await files.prepare(with_place(), "toko.jpg")
    assert PLACE not in prepared.content
    assert b"script" not in prepared.content
    with Image.open(BytesIO(prepared.content)) as image:
        assert (image.format, image.size, dict(image.getexif())) == ("JPEG", (48, 64), {})
    large = await files.prepare(picture("JPEG", (6000, 3000)), "besar.jpg")
    with Image.open(BytesIO(large.content)) as image:
        assert image.size == (3000, 1500)


async def test_a_document_of_another_district_or_stage_is_not_there(api, session, programme):
    case = await at(session, programme, "p4")
    other = (await register(session, programme, person(2, district="31.75.03")))[0]
    key = (await send(api, case.number, PDF)).json()["id"]
    for scope in ({"areas": "31.75"}, {"stages": "p2"}):
        stranger = await token_for(session, Role.STAGE_OWNER, **scope)
        assert (await api.get(f"/cases/{case.number}/documents", headers=stranger)).status_code == 404
        assert (await api.get(f"/cases/{case.number}/documents/{key}", headers=stranger)).status_code == 404
        assert (await send(api, case.number, PDF, headers=stranger)).status_code == 404
    neighbour = await staff(session, areas="31.75")
    with pytest.raises(NotFound):
        await attachments.opened(session, neighbour, key, await now(session))
    # Nor under the number of a case that may be read.
    assert (await api.get(f"/cases/{other.number}/documents/{key}")).status_code == 404


async def test_who_only_reads_adds_nothing(api, session, programme):
    case = await at(session, programme, "p4")
    auditor = await token_for(session, Role.AUDITOR)
    assert (await send(api, case.number, PDF, headers=auditor)).status_code == 403
    assert (await api.get(f"/cases/{case.number}/documents", headers=auditor)).status_code == 200


async def test_a_mentor_adds_to_the_own_task_and_not_to_anothers(session, programme):
    walk = await Walk.beginning_at(session, programme, "p3")
    case = await walk.case()
    visit = next(t for t in case.tasks.values() if t.step == "p3.visit")
    mentor = await staff(session, Role.MENTOR, areas="31.71.01", name="Rini")
    photo, moment = await files.prepare(picture(), "toko.png"), await now(session)
    with pytest.raises(NotFound):
        await attachments.add(session, mentor, case.number, photo, moment, task_id=visit.id)
    await tasks.assign(session, walk.manager, visit.id, mentor.id, moment)
    added = await attachments.add(session, mentor, case.number, photo, moment, task_id=visit.id, field="visit_photo")
    assert (added.step, added.author_name) == ("p3.visit", "Rini")
    await attachments.remove(session, mentor, added.id)
    assert await attachments.of_case(session, mentor, case.number) == []


async def test_an_answer_names_a_file_of_the_own_case_and_a_photo_is_a_picture(session, programme):
    walk = await Walk.beginning_at(session, programme, "p5")
    [other] = await register(session, programme, person(7))
    await run_automation(session)
    moment, manager = await now(session), walk.manager
    letter = await attachments.add(session, manager, walk.number, await files.prepare(PDF, "surat.pdf"), moment)
    theirs = await attachments.add(session, manager, other.number, await files.prepare(picture(), "foto.png"), moment)
    own = await attachments.add(session, manager, walk.number, await files.prepare(picture(), "foto.png"), moment)
    task = next(t for t in (await walk.case()).tasks.values() if t.step == "p5.product_card")
    await tasks.assign(session, manager, task.id, manager.id, moment)

    def card(photo):
        return Completion("filled", {"product_name": "Keripik", "product_kind": "food", "product_price": "15.000", "product_photo": photo})

    for wrong, code in ((letter.id, "not_photo"), (theirs.id, "no_such_file")):
        with pytest.raises(Invalid) as refused:
            await tasks.complete(session, manager, task.id, card(wrong), moment)
        assert [(p.field, p.code) for p in refused.value.problems] == [("product_photo", code)]
    await tasks.complete(session, manager, task.id, card(own.id), moment)
    assert (await cases.folded(session, walk.id)).facts["product_photo"] is True
    assert await participants.answers_of(session, [walk.id]) == {walk.id: {"product_name": "Keripik"}}

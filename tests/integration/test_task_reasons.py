"""Whoever opens a task reads why it is there: what was flagged, which rule failed, what the office wrote."""

from models.engine.commands import AnswerHandoff, Reopen, Withdraw
from models.services import case_view, handoffs, notes, task_reasons, tasks
from models.services.actor import MACHINE, Role
from tests.people import now, person, register, staff
from tests.scenarios.test_p4_licensing import FIT
from tests.scenarios.walk import Walk


async def why(session, walk, step, who=None, locale="id"):
    """What the panel says above the form of a step's task."""
    who = who or walk.manager
    task_id = next(t.id for t in (await walk.case()).tasks.values() if t.step == step and t.state in ("open", "claimed"))
    opened = await tasks.opened(session, who, task_id)
    return await task_reasons.of_task(session, who, opened, await notes.of_case(session, walk.id), locale)


async def returned(session, walk, words):
    """The licence office sends the application back with a reason."""
    handoff = next(h for h in (await walk.case()).handoffs.values() if h.step == "p4.apply")
    answer = AnswerHandoff(handoff.id, "msg-returned", "returned", "returned")
    assert await handoffs.answer(session, MACHINE, answer, words, await now(session)) == "accepted"
    await walk.settle()


async def test_a_reviewer_reads_what_was_flagged_and_compares_the_two_cases(session, programme):
    await register(session, programme, person(1, address="Jalan Melati 1"))
    walk = await Walk.beginning_at(session, programme, "p1", who=person(1, nik="3171014202800077", sex="L"))
    read = await why(session, walk, "p1.review")
    assert read.facts == [("Temuan identitas", ["jenis kelamin berbeda dari NIK", "mungkin sudah terdaftar"])]
    assert read.double.number == "OKO-2018-000001"
    assert (read.double.mine["nik"], read.double.other["nik"]) == ("•••• •••• •••• 0077", "•••• •••• •••• 0002")
    assert (read.double.mine["name"], read.double.other["address"]) == ("Siti Uji 1", "Jalan Melati 1")
    assert (await why(session, walk, "p1.review", locale="en")).facts[0][0] == "Identity findings"


async def test_of_a_case_elsewhere_a_reviewer_learns_the_number_alone(session, programme):
    await register(session, programme, person(1))
    walk = await Walk.beginning_at(session, programme, "p1", who=person(1, nik="3171014202800077", district="31.71.02"))
    there = await staff(session, Role.STAGE_OWNER, stages="p1", areas="31.71.02", name="Budi")
    read = await why(session, walk, "p1.review", there)
    assert (read.double.number, read.double.other) == ("OKO-2018-000001", None)


async def test_the_finding_is_still_told_after_a_call_that_nobody_answered(session, programme):
    walk = await Walk.beginning_at(session, programme, "p1", who=person(1, sex="L"))
    await walk.do("p1.review", "contact", "tidak diangkat")
    await walk.wait("p1.try_again_later")
    read = await why(session, walk, "p1.review")
    assert (read.before, read.facts) == (None, [("Temuan identitas", ["jenis kelamin berbeda dari NIK"])])


async def test_who_chooses_a_way_out_reads_which_rules_failed(session, programme):
    walk = await Walk.beginning_at(session, programme, "p4", **FIT | {"has_npwp": False, "zone": "green"})
    assert (await why(session, walk, "p4.choose_way_out")).facts == [("Syarat yang tidak terpenuhi", ["zona usaha", "NPWP"])]


async def test_what_the_office_wrote_stands_at_the_task_and_only_its_reference_in_the_journal(session, programme):
    walk = await Walk.beginning_at(session, programme, "p4", **FIT)
    await returned(session, walk, "Foto Ibu Siti buram")
    assert (await why(session, walk, "p4.fix_application")).before == ("Permohonan izin: Dikembalikan", "Foto Ibu Siti buram")
    assert "buram" not in str(await journal(session, walk))
    await walk.do("p4.fix_application", "cannot", "Pemohon tidak punya kamera")
    read = await why(session, walk, "p4.choose_way_out")
    assert read.before == ("Perbaiki permohonan: Tidak dapat diperbaiki", "Pemohon tidak punya kamera")


async def test_after_reopening_an_old_answer_is_no_reason(session, programme):
    walk = await Walk.beginning_at(session, programme, "p5")
    await walk.do("p5.product_card", "unreachable", "tidak diangkat")
    await walk.command(Withdraw("pindah"))
    await walk.command(Reopen("p5", "kembali"))
    assert (await why(session, walk, "p5.product_card")).before is None


async def journal(session, walk):
    """Everything that a case's journal holds."""
    return await case_view.journal_of(session, MACHINE, walk.number)

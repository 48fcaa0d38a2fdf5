"""Drafts, comments and undo: what stands beside a case, and who may see it."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from models.engine.commands import Withdraw
from models.errors import Conflict, Invalid, NotAllowed, NotFound
from models.services import case_view, comments, drafts, tasks, undo
from models.services.actor import Role
from models.services.tasks import Completion
from tests.integration.conftest import at
from tests.people import differences, now, staff
from tests.scenarios.walk import Walk

SECRET = "Ibu Siti dirawat di RS"
CARD = {"product_name": "Keripik", "product_kind": "food", "product_price": "15.000"}


async def claimed(session, programme, name="Sari"):
    """A product card that Sari has claimed: (walk, Sari, the task's id)."""
    walk = await Walk.beginning_at(session, programme, "p5")
    sari = await staff(session, stages="p5", name=name)
    task = next(t for t in (await walk.case()).tasks.values() if t.step == "p5.product_card")
    await tasks.claim(session, sari, task.id, await now(session))
    return walk, sari, task.id


async def test_a_draft_is_kept_sealed_for_its_writer_and_gone_with_the_task(session, programme):
    walk, sari, task = await claimed(session, programme)
    moment = await now(session)
    revision = await drafts.save(session, sari, task, CARD | {"product_name": SECRET}, "catatan", moment)
    kept = bytes(await session.scalar(text("SELECT body FROM task_draft")))
    assert SECRET.encode() not in kept
    found = await drafts.of_task(session, sari, task)
    assert (found.answers["product_name"], found.note, found.revision) == (SECRET, "catatan", revision)
    assert await drafts.of_task(session, walk.manager, task) is None
    await tasks.complete(session, sari, task, Completion("filled", CARD), moment)
    assert await session.scalar(text("SELECT count(*) FROM task_draft")) == 0


async def test_a_draft_is_gone_too_when_the_task_is_cancelled_by_what_happens_to_the_case(session, programme):
    walk, sari, task = await claimed(session, programme)
    await drafts.save(session, sari, task, CARD, "", await now(session))
    await walk.command(Withdraw("tidak lanjut"))
    assert await session.scalar(text("SELECT count(*) FROM task_draft")) == 0
    with pytest.raises(NotFound):
        await drafts.save(session, sari, task, CARD, "", await now(session))


async def test_a_second_screen_is_told_and_a_changed_task_makes_the_draft_old(session, programme):
    _, sari, task = await claimed(session, programme)
    moment = await now(session)
    first = await drafts.save(session, sari, task, {"product_name": "a"}, "", moment)
    second = await drafts.save(session, sari, task, {"product_name": "b"}, "", moment, revision=first)
    with pytest.raises(Conflict):
        await drafts.save(session, sari, task, {"product_name": "c"}, "", moment, revision=first)
    assert (await drafts.of_task(session, sari, task)).answers == {"product_name": "b"}
    await tasks.release(session, sari, task, moment)
    with pytest.raises(NotFound):
        await drafts.save(session, sari, task, {}, "", moment, revision=second)
    await tasks.claim(session, sari, task, moment)
    opened = await tasks.opened(session, sari, task)
    assert (await drafts.of_task(session, sari, task)).task_version < opened.version


async def test_a_draft_has_an_end_and_other_people_s_tasks_take_none(session, programme):
    _, sari, task = await claimed(session, programme)
    with pytest.raises(Invalid):
        await drafts.save(session, sari, task, {"product_name": "x" * 300_000}, "", await now(session))
    with pytest.raises(NotFound):
        await drafts.save(session, await staff(session, stages="p5", name="Dimas"), task, {}, "", await now(session))


async def test_whoever_is_mentioned_and_may_read_the_case_is_told_until_it_is_put_away(session, programme):
    case = await at(session, programme, "p4")
    sari, moment = await staff(session, stages="p4", name="Sari"), await now(session)
    wulan = await staff(session, stages="p4", name="Sari Wulandari")
    far = await staff(session, stages="p4", areas="31.75", name="Dimas")
    told = await comments.write(session, sari, case.number, f"@Sari Wulandari tolong lihat, {SECRET}. @Dimas @Sari", moment)
    assert told == ["Sari Wulandari"], "not herself, and nobody who may not read the case"
    [seen] = await comments.mentioning(session, wulan)
    assert (seen.case_number, seen.author_name, SECRET in seen.words) == (case.number, "Sari", True)
    assert await comments.mentioning(session, far) == []
    await comments.put_away(session, far, seen.id)
    assert len(await comments.mentioning(session, wulan)) == 1, "nobody puts away what is another's"
    await comments.put_away(session, wulan, seen.id)
    assert await comments.mentioning(session, wulan) == []
    assert [c.id for c in await comments.of_case(session, wulan, case.number)] == [seen.id]
    with pytest.raises(NotFound):
        await comments.of_case(session, far, case.number)
    journal = "\n".join(str(r[0]) for r in await session.execute(text("SELECT data FROM journal")))
    assert SECRET not in journal


async def test_a_name_that_is_the_beginning_of_another_is_meant_only_when_it_stands_alone(session, programme):
    case, moment = await at(session, programme, "p4"), await now(session)
    people = [await staff(session, stages="p4", name=name) for name in ("Yuni", "Sari", "Sari Wulandari")]
    assert await comments.write(session, people[0], case.number, "@Sari Wulandari?", moment) == ["Sari Wulandari"]
    assert await comments.write(session, people[0], case.number, "@Sari dan @Sari Wulandari?", moment) == ["Sari", "Sari Wulandari"]


async def test_names_are_offered_as_they_are_typed_and_only_of_those_who_may_read(session, programme):
    case = await at(session, programme, "p4")
    sari = await staff(session, stages="p4", name="Sari")
    await staff(session, stages="p4", name="Rini Dwi")
    await staff(session, stages="p2", name="Rina")
    assert await comments.mentionable(session, sari, case.number, "ri") == ["Rini Dwi"]
    assert await comments.mentionable(session, sari, case.number, "dwi") == ["Rini Dwi"]
    for trick in ("", "%", "_", "\\", "' OR 1=1"):
        assert await comments.mentionable(session, sari, case.number, trick) == []


async def test_who_only_reads_does_not_write_and_nothing_empty_is_kept(session, programme):
    case, moment = await at(session, programme, "p4"), await now(session)
    with pytest.raises(NotAllowed):
        await comments.write(session, await staff(session, Role.AUDITOR, name="Audi"), case.number, "halo", moment)
    sari = await staff(session, stages="p4")
    for words, code in (("  ", "required"), ("x" * 2001, "too_long"), ("a\x00b", "too_long")):
        with pytest.raises(Invalid) as refused:
            await comments.write(session, sari, case.number, words, moment)
        assert refused.value.problems[0].code == code


async def test_a_completion_is_taken_back_by_its_person_and_told_in_the_history(session, programme):
    walk, sari, task = await claimed(session, programme)
    moment = await now(session)
    await tasks.complete(session, sari, task, Completion("filled", CARD), moment)
    with pytest.raises(Conflict):
        await undo.undo_completion(session, walk.manager, task, moment)
    case = await undo.undo_completion(session, sari, task, moment)
    await session.commit()
    assert (case.tasks[task].state, case.tasks[task].assignee) == ("claimed", sari.id)
    assert (await case_view.history(session, sari, walk.number, "id"))[0]["words"] == "Isi kartu produk: penyelesaian diurungkan"
    assert await differences() == []
    with pytest.raises(Conflict):
        await undo.undo_completion(session, sari, task, moment)
    await tasks.complete(session, sari, task, Completion("filled", CARD), moment)
    assert await walk.at() == {"p5.curation"}


async def test_it_is_refused_with_a_reason_when_somebody_took_the_next_task_or_the_right_is_gone(session, programme):
    walk, sari, task = await claimed(session, programme)
    moment = await now(session)
    await tasks.complete(session, sari, task, Completion("filled", CARD), moment)
    elsewhere = await staff(session, stages="p2", name="Rina")
    with pytest.raises(NotAllowed):
        await undo.undo_completion(session, elsewhere, task, moment)
    following = next(t for t in (await walk.case()).tasks.values() if t.step == "p5.curation")
    await tasks.assign(session, walk.manager, following.id, walk.manager.id, moment + timedelta(seconds=5))
    with pytest.raises(Conflict, match="something has followed"):
        await undo.undo_completion(session, sari, task, moment)

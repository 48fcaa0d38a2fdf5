"""Lists of tasks: every order can be paged to its end, views are one's own or a group's, a claim left alone goes back."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from flows.watch_deadlines import ring_batch
from models.clock import set_programme_time
from models.errors import Invalid, NotAllowed, NotFound
from models.services import filter_words, left_claims, programmes, queue_counts, queues, searches, task_order, tasks, views
from models.services.actor import Role
from models.services.queues import Filter
from tests.integration.conftest import in_queue
from tests.people import differences, now, person, register, run_automation, staff


async def several(session, programme, count=5):
    """So many people whose registration somebody has to look at."""
    await register(session, programme, *[person(n, birth_date=None) for n in range(1, count + 1)])
    await run_automation(session)


@pytest.mark.parametrize("sort", task_order.ORDERS)
async def test_every_order_is_paged_to_its_end_and_shows_each_task_once(session, programme, sort):
    await several(session, programme)
    await session.execute(text("UPDATE task SET due_at = NULL WHERE id = (SELECT min(id::text)::uuid FROM task)"))
    manager, moment = await staff(session, Role.PROGRAMME_MANAGER), await now(session)
    seen, place = [], None
    for _ in range(9):
        page = await queues.page(session, manager, Filter(), moment, sort=sort, limit=2, after=place)
        seen += [line.id for line in page.lines]
        if len(page.lines) < 2:
            break
        written = task_order.written(task_order.after(sort, page.lines[-1]))
        place = task_order.read(sort, written)
        assert place is not None
    whole = await queues.page(session, manager, Filter(), moment, sort=sort, limit=500)
    assert seen == [line.id for line in whole.lines]
    assert len(set(seen)) == 5


@pytest.mark.parametrize("wrong", ["", "x", "~", "2018-01-08T00:00:00~x", "1~99999999999999999999~~x", "2018-01-08T00:00:00~0b9f4f9e"])
def test_a_place_that_no_list_has_given_is_none(wrong):
    assert [task_order.read(sort, wrong) for sort in task_order.ORDERS] == [None, None, None]


async def test_a_view_is_ones_own_or_a_groups_and_opens_nothing(session, programme):
    await several(session, programme, 2)
    sari, moment = await staff(session, stages="p1", areas="31.71"), await now(session)
    colleague = await staff(session, stages="p1", areas="31.75", name="Rina")
    stranger = await staff(session, stages="p4", name="Dewi")
    group = views.groups_of(await programmes.current(session), sari)[0]
    own = await views.save(session, sari, " Milik  saya ", {"queue": "p1", "due": "late", "sort": "drop table", "city": "99"})
    assert (own.name, own.words) == ("Milik saya", {"queue": "p1", "due": "late"})
    shared = await views.save(session, sari, "Bersama", {"queue": "p1"}, group=group)
    assert [view.name for view in await views.seen_by(session, colleague)] == ["Bersama"]
    assert await views.seen_by(session, stranger) == []
    chosen = filter_words.filter_of(shared.words, programme, colleague, moment)
    assert (await queues.page(session, colleague, chosen, moment)).total == 0, "another city's tasks stay hers"
    assert (await queues.page(session, sari, chosen, moment)).total == 2
    with pytest.raises(NotAllowed):
        await views.remove(session, colleague, shared.id)
    with pytest.raises(NotFound):
        await views.remove(session, stranger, shared.id)
    with pytest.raises(Invalid):
        await views.save(session, sari, "x", {}, group="nobody")
    await views.remove(session, sari, own.id)
    assert [view.name for view in await views.seen_by(session, sari)] == ["Bersama"]


async def test_the_next_task_of_a_saved_view_is_claimed_over_the_api_by_those_whose_view_it_is(api, session, programme):
    await in_queue(session, programme)
    manager = await staff(session, Role.PROGRAMME_MANAGER)
    own = await views.save(session, manager, "Semua", {"queue": "p1"})
    shared = await views.save(session, manager, "Bersama", {"queue": "p1"}, group="registration-desk")
    await session.commit()
    assert [view["name"] for view in (await api.get("/views")).json()["items"]] == ["Bersama"]
    refused = await api.post("/tasks/claim-next", json={"view": own.id})
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "view")
    assert (await api.post("/tasks/claim-next", json={"view": shared.id})).json()["queue"] == "p1"


async def test_what_was_searched_for_stays_with_the_session_and_is_unreadable_in_the_database(session, programme):
    sari = await staff(session)
    token = "a token"
    session_row = text(
        "INSERT INTO sign_in (token_hash, user_id, expires_at) VALUES (sha256(CAST(:t AS bytea)), CAST(:u AS uuid), now() + interval '1 h')"
    )
    await session.execute(session_row, {"t": token.encode(), "u": sari.id})
    await searches.keep(session, token, "/staff/queues/p1", "Siti Aminah")
    assert await searches.kept(session, token, "/staff/queues/p1") == "Siti Aminah"
    assert await searches.kept(session, token, "/staff/queues/p2") == ""
    assert b"Siti" not in await session.scalar(text("SELECT searches FROM sign_in"))


async def test_the_rails_numbers_are_those_of_ones_own_area(session, programme):
    await register(session, programme, person(1, birth_date=None), person(2, birth_date=None, district="31.75.03"))
    await run_automation(session)
    moment = await now(session)
    here, everywhere = await staff(session, stages="p1", areas="31.71"), await staff(session, Role.PROGRAMME_MANAGER)
    [line] = (await queues.page(session, here, Filter(), moment)).lines
    await tasks.claim(session, here, line.id, moment)
    await session.commit()
    mine = await queue_counts.rail_counts(session, here, moment)
    assert (mine["mine"], mine["unassigned"], mine["queue:p1"]) == (1, 0, 1)
    all_of_them = await queue_counts.rail_counts(session, everywhere, moment)
    assert (all_of_them["mine"], all_of_them["unassigned"], all_of_them["queue:p1"]) == (0, 1, 2)


async def test_a_claim_that_is_left_alone_goes_back_and_one_that_is_worked_on_does_not(session, programme, monkeypatch):
    await several(session, programme, 2)
    sari, moment = await staff(session), await now(session)
    monkeypatch.setitem(programme.live.queues, "p1", programme.live.queues["p1"].model_copy(update={"claim_lasts": "2 hours"}))
    monkeypatch.setattr(left_claims.programmes, "current", lambda _session: _given(programme))
    first, second = [line.id for line in (await queues.page(session, sari, Filter(), moment)).lines]
    for task in (first, second):
        await tasks.claim(session, sari, task, moment)
    await session.commit()
    await set_programme_time(session, moment + timedelta(hours=1))
    await left_claims.touch(session, sari, second, moment + timedelta(hours=1))
    await session.commit()
    assert await ring_batch() == 0
    await set_programme_time(session, moment + timedelta(hours=2, minutes=1))
    await session.commit()
    assert await ring_batch() == 1
    held = {line.id: line.assignee for line in (await queues.page(session, sari, Filter(), moment)).lines}
    assert held == {first: None, second: sari.id}
    assert await differences() == []


async def _given(programme):
    return programme

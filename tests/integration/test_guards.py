"""Single checks that are easily lost, each seen from the person or worker whom it stops."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from models.clock import system_now
from models.db import transaction
from models.engine.commands import AnswerHandoff, CorrectData, RaiseIncident
from models.engine.decide import decide
from models.errors import Conflict, NotAllowed, TooMany
from models.services import access, automation, cases, handoffs, incidents, store
from models.services.actor import MACHINE, Role
from models.services.store import Change
from tests.integration.conftest import at, token_for
from tests.people import PASSWORD, differences, now, person, register, staff


async def test_an_incident_is_closed_by_those_who_manage_incidents_of_its_stage_and_district(api, session, programme):
    case = await at(session, programme, "p4")
    position = next(iter((await cases.folded(session, case.id)).positions))
    await cases.execute(session, MACHINE, case.id, RaiseIncident("no_way", position=position), await now(session))
    await session.commit()
    [incident] = await incidents.listed(session, MACHINE)
    for stranger in (
        await staff(session, stages="p4", areas="31.75", name="Jauh"),
        await staff(session, stages="p2", areas="31.71", name="Pelatihan"),
        await staff(session, Role.DESK, name="Meja"),
        await staff(session, Role.AUDITOR, name="Audit"),
    ):
        for retry in (True, False):
            with pytest.raises(NotAllowed):
                await incidents.resolve(session, stranger, incident["id"], await now(session), retry=retry)
    far = await token_for(session, Role.STAGE_OWNER, "p4", "31.75", name="jauh")
    assert (await api.post(f"/incidents/{incident['id']}/retry", json={}, headers=far)).status_code == 403
    assert [open_["id"] for open_ in await incidents.listed(session, MACHINE)] == [incident["id"]]
    here = await staff(session, stages="p4", areas="31.71", name="Sini")
    await incidents.resolve(session, here, incident["id"], await now(session), retry=True)
    assert await incidents.listed(session, MACHINE) == []


async def test_who_signed_in_this_morning_has_to_sign_in_again_after_twelve_hours(session, monkeypatch):
    sari = await staff(session)
    token = await access.sign_in(session, "sari.stage_owner@example.org", PASSWORD, "10.0.0.1")
    began = system_now()
    monkeypatch.setattr(access, "system_now", lambda: began + timedelta(hours=access.SESSION_HOURS, minutes=-1))
    assert (await access.actor_of_session(session, token)).id == sari.id
    monkeypatch.setattr(access, "system_now", lambda: began + timedelta(hours=access.SESSION_HOURS, minutes=1))
    assert await access.actor_of_session(session, token) is None


async def test_one_address_that_tries_many_accounts_has_to_wait_and_others_need_not(session, monkeypatch):
    for number in range(access.TRIES_ADDRESS):
        await access.count_attempt(session, f"orang{number}@example.org", "10.0.0.1")
    with pytest.raises(TooMany):
        await access.count_attempt(session, "sari@example.org", "10.0.0.1")
    await access.count_attempt(session, "sari@example.org", "10.0.0.2")
    later = system_now() + access.WINDOW + timedelta(seconds=5)
    monkeypatch.setattr(access, "system_now", lambda: later)
    await access.count_attempt(session, "sari@example.org", "10.0.0.1")


async def test_a_worker_goes_on_with_and_gives_back_only_what_it_holds_itself(session, programme):
    await register(session, programme, person(1), person(2))
    [mine] = await automation.lease(session, "mine", 1)
    [other] = await automation.lease(session, "other", 1)
    both = [mine.position, other.position]
    assert await automation.still_mine(session, "mine", both) == {mine.position}
    assert await automation.still_mine(session, "nobody", both) == set()
    await automation.give_back(session, "mine", both, -1)
    await session.commit()
    assert [ready.position for ready in await automation.lease(session, "third", 9)] == [mine.position]
    assert await automation.still_mine(session, "mine", both) == set()
    assert await automation.still_mine(session, "other", both) == {other.position}


async def test_a_case_that_was_written_meanwhile_is_a_conflict_and_nothing_of_the_second_is_kept(session, programme):
    [case] = await register(session, programme, person())
    moment = await now(session)
    seen = (await store.load(session, [case.id]))[case.id]
    await session.commit()
    async with transaction() as faster:
        await cases.execute(faster, MACHINE, case.id, CorrectData(("email",)), moment)
    await _refused(session, programme, seen, moment)
    assert (await cases.folded(session, case.id)).version == seen.version + 1
    assert await differences() == []


async def test_a_row_whose_version_is_not_the_one_that_was_read_is_not_written_over(session, programme):
    [case] = await register(session, programme, person())
    await session.execute(text("UPDATE cases SET version = version + 1"))
    await session.commit()
    await _refused(session, programme, await cases.folded(session, case.id), await now(session))
    assert await session.scalar(text("SELECT max(sequence) FROM journal")) == case.version


async def _refused(session, programme, seen, moment):
    decision = decide(programme, seen, CorrectData(("phone",)), moment)
    with pytest.raises(Conflict):
        await store.append(session, [Change(seen, decision.case, decision.events, MACHINE)], moment)
    await session.rollback()


async def test_the_news_that_an_older_order_left_changes_nothing_about_the_newer_one(session, programme):
    case = await at(session, programme, "p2")
    moment = await now(session)
    [old] = [due for due in await handoffs.lease_due(session, "slow", 50) if due.kind == "learning"]
    await handoffs.sent(session, MACHINE, [old], {old.id: "first"}, moment)
    await handoffs.answer(session, MACHINE, AnswerHandoff(old.id, "m1", "completed", "nonsense"), None, moment)
    [incident] = await incidents.listed(session, MACHINE)
    await incidents.resolve(session, MACHINE, incident["id"], moment, retry=True)
    [new] = [due for due in await handoffs.lease_due(session, "quick", 50) if due.id == old.id]
    assert new.attempt == old.attempt + 1
    await handoffs.sent(session, MACHINE, [old], {old.id: "late"}, moment)
    assert (await cases.folded(session, case.id)).handoffs[old.id].state == "queued"
    row = text("SELECT state, partner_reference, lease_owner FROM handoff WHERE id = CAST(:id AS uuid)")
    assert tuple((await session.execute(row, {"id": old.id})).one()) == ("queued", "first", "quick")
    await handoffs.sent(session, MACHINE, [new], {new.id: "second"}, moment)
    assert tuple((await session.execute(row, {"id": old.id})).one()) == ("sent", "second", None)


async def test_an_order_that_is_sent_anew_waits_for_nobody_who_still_holds_the_one_before(session, programme):
    await at(session, programme, "p2")
    moment = await now(session)
    [old] = [due for due in await handoffs.lease_due(session, "slow", 50) if due.kind == "learning"]
    await handoffs.answer(session, MACHINE, AnswerHandoff(old.id, "m1", "completed", "nonsense"), None, moment)
    [incident] = await incidents.listed(session, MACHINE)
    await incidents.resolve(session, MACHINE, incident["id"], moment, retry=True)
    assert [due.attempt for due in await handoffs.lease_due(session, "quick", 50) if due.id == old.id] == [old.attempt + 1]

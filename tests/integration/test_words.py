"""The case page speaks words, not keys: reasons, partners, in both languages."""

import pytest

from models.engine.commands import AnswerHandoff, Merge
from models.services import case_view, handoffs
from models.services.actor import MACHINE, Actor
from tests.people import now, person, register
from tests.scenarios.test_p4_licensing import FIT
from tests.scenarios.walk import Walk


async def history(session, walk, locale):
    """What the case page tells, as (who, words)."""
    return [(item["who"], item["words"]) for item in await case_view.history(session, MACHINE, walk.number, locale)]


@pytest.mark.parametrize(("locale", "left"), [("id", "Keluar dari tahap P1 Pendaftaran: digabungkan ke berkas lain"), ("en", None)])
async def test_why_a_stage_was_left_is_said_in_words(session, programme, locale, left):
    [first] = await register(session, programme, person(2))
    walk = await Walk.beginning_at(session, programme, "p1", who=person(1, sex="L"))
    await walk.command(Merge(first.number))
    told = [words for _, words in await history(session, walk, locale)]
    assert (left or "Left stage P1 Registration: merged into another case") in told


async def test_how_a_case_ended_is_said_in_the_words_of_the_programme(session, programme):
    walk = await Walk.beginning_at(session, programme, "p1", who=person(1, sex="L"))
    await walk.do("p1.review", "refuse", "bukan warga", identity_seen=True)
    said = case_view.explanation(programme, await walk.case(), await now(session))["text"]
    assert said == {"id": "Berkas selesai: tidak memenuhi syarat", "en": "Case ended: not eligible"}


async def test_partners_are_called_by_their_names(session, programme):
    walk = await Walk.beginning_at(session, programme, "p4", **FIT)
    handoff = next(h for h in (await walk.case()).handoffs.values() if h.step == "p4.apply")
    for n, (key, status, outcome) in enumerate((("ptsp", "acknowledged", None), ("sandbox", "completed", "refused"))):
        signed = Actor(key, key, "partner", channel="partner")
        assert (
            await handoffs.answer(session, signed, AnswerHandoff(handoff.id, f"m-{n}", status, outcome), None, await now(session))
            == "accepted"
        )
    await walk.settle()
    who = {name for name, _ in await history(session, walk, "id")}
    assert "PTSP kecamatan Gambir" in who
    assert not {"ptsp", "sandbox"} & who

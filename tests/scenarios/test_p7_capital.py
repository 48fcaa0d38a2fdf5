"""P7: eligibility with reasons, consent, the referral to the bank and what the bank decides."""

import pytest

from models.errors import Conflict, Invalid
from tests.people import differences
from tests.scenarios.walk import Walk

LICENSED = {"licence_type": "IUMK", "licence_number": "IUMK-1"}
LOAN = {"lender": "bank_dki", "loan_product": "micro", "loan_amount": "5.000.000", "loan_tenor": 12}


async def _referred(session, programme):
    walk = await Walk.beginning_at(session, programme, "p7", **LICENSED)
    await walk.do("p7.choose", "apply", **LOAN)
    await walk.do("p7.consent", "answered", consent_given=True)
    return walk


async def test_an_approved_and_disbursed_loan_ends_the_programme(session, programme):
    walk = await _referred(session, programme)
    assert (await walk.case()).facts["recommendation_letter_written"] is True
    await walk.partner("p7.refer", "approved", approved_amount=5_000_000, approved_tenor=12)
    await walk.partner("p7.disbursement", "disbursed", disbursed_on="2018-02-01")
    case = await walk.case()
    assert (case.status, case.status_reason) == ("finished", "financed")
    assert case.facts["approved_amount"] == 5_000_000
    assert await differences() == []


async def test_the_banks_question_is_answered_on_the_same_thread(session, programme):
    walk = await _referred(session, programme)
    await walk.partner("p7.refer", "more_information", status="returned")
    await walk.do("p7.answer_bank", "answered", bank_answered=True)
    [thread] = [handoff for handoff in (await walk.case()).handoffs.values() if handoff.step == "p7.refer"]
    assert (thread.state, thread.attempt) == ("queued", 2)


def _referrals(case):
    return sorted((h.partner, h.state) for h in case.handoffs.values() if h.step == "p7.refer")


async def test_a_declined_loan_goes_to_another_lender_and_not_to_the_same_one_again(session, programme):
    walk = await _referred(session, programme)
    assert _referrals(await walk.case()) == [("bank_dki", "queued")]
    await walk.partner("p7.refer", "declined")
    assert (await walk.case()).facts["lenders_declined"] == ["bank_dki"]
    await walk.do("p7.after_decline", "other_lender")
    with pytest.raises(Invalid) as refused:
        await walk.do("p7.choose", "apply", **LOAN)
    assert [problem.field for problem in refused.value.problems] == ["lender"]
    await session.rollback()
    await walk.do("p7.choose", "apply", **LOAN | {"lender": "bri", "loan_product": "kur"})
    await walk.do("p7.consent", "answered", consent_given=True)
    assert _referrals(await walk.case()) == [("bank_dki", "completed"), ("bri", "queued")]
    await walk.partner("p7.refer", "approved", approved_amount=5_000_000, approved_tenor=12)
    [paying] = [h.partner for h in (await walk.case()).handoffs.values() if h.step == "p7.disbursement"]
    assert paying == "bri"
    await walk.partner("p7.disbursement", "declined")
    assert (await walk.case()).facts["lenders_declined"] == ["bank_dki", "bri"]
    assert await differences() == []


async def test_a_lender_that_declined_is_asked_again_only_for_a_reason(session, programme):
    walk = await _referred(session, programme)
    await walk.partner("p7.refer", "rejected", status="rejected")
    await walk.do("p7.after_decline", "other_lender")
    with pytest.raises(Conflict, match="alasan"):
        await walk.do("p7.choose", "ask_again")
    await session.rollback()
    await walk.do("p7.choose", "ask_again", note="Usaha sudah untung")
    await walk.do("p7.choose", "apply", **LOAN)
    await walk.do("p7.consent", "answered", consent_given=True)
    assert _referrals(await walk.case()) == [("bank_dki", "queued"), ("bank_dki", "rejected")]
    assert await differences() == []


async def test_a_decline_leads_back_to_mentoring(session, programme):
    walk = await _referred(session, programme)
    await walk.partner("p7.refer", "declined")
    await walk.do("p7.after_decline", "other_lender")
    assert await walk.at() == {"p7.choose"}
    await walk.do("p7.choose", "mentoring")
    case = await walk.case()
    assert case.stage == "p3"
    assert await walk.at() == {"p3.readiness"}
    assert await differences() == []


async def test_without_consent_nothing_leaves_and_no_loan_is_a_good_end(session, programme):
    walk = await Walk.beginning_at(session, programme, "p7", **LICENSED)
    await walk.do("p7.choose", "apply", **LOAN)
    await walk.do("p7.consent", "answered", consent_given=False)
    case = await walk.case()
    assert (case.status, case.status_reason) == ("finished", "no_financing_wanted")
    assert not [handoff for handoff in case.handoffs.values() if handoff.kind == "banking"]
    assert await differences() == []


async def test_without_a_licence_the_reason_is_told(session, programme):
    walk = await Walk.beginning_at(session, programme, "p7")
    case = await walk.case()
    assert (case.facts["passed"], case.facts["reasons"]) == (False, ["licensed"])

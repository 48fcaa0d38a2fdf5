"""P6: a monthly reminder, the participant's figures, arithmetic, three reviewed reports."""

from tests.people import differences
from tests.scenarios.walk import Walk

FIGURES = {"report_income": 4_000_000, "report_goods": 2_000_000, "report_costs": 500_000}


async def test_three_reviewed_months_lead_to_capital(session, programme):
    walk = await Walk.beginning_at(session, programme, "p6")
    for month in (1, 2, 3):
        await walk.participant("monthly_report", "received", **FIGURES)
        assert (await walk.case()).facts["report_profit"] == 1_500_000
        await walk.do("p6.review", "accepted", records_seen=True)
        if month < 3:
            await walk.wait("p6.next_month")
    case = await walk.case()
    assert (case.stage, case.facts["reports_done"]) == ("p7", 3)
    assert [handoff.message for handoff in case.handoffs.values()].count("report_reminder") == 3
    assert await differences() == []


async def test_figures_that_do_not_add_up_are_asked_again_and_do_not_count(session, programme):
    walk = await Walk.beginning_at(session, programme, "p6")
    await walk.participant("monthly_report", "received", **FIGURES, report_stated_profit=9_000_000)
    assert (await walk.case()).facts["report_findings"] == ["profit_differs"]
    await walk.do("p6.review", "questions", note="laba berbeda dari hitungan", records_seen=True)
    assert await walk.at() == {"p6.figures"}
    assert "reports_done" not in (await walk.case()).facts


async def test_one_month_asked_about_again_and_again_counts_once_when_it_is_accepted(session, programme):
    walk = await Walk.beginning_at(session, programme, "p6")
    for _ in range(3):
        await walk.participant("monthly_report", "received", **FIGURES)
        await walk.do("p6.review", "questions", note="bukti mana", records_seen=True)
    await walk.participant("monthly_report", "received", **FIGURES)
    await walk.do("p6.review", "accepted", records_seen=True)
    assert (await walk.case()).facts["reports_done"] == 1
    assert await walk.at() == {"p6.next_month"}


async def test_late_figures_bring_help_and_silence_at_last_lapses(session, programme):
    walk = await Walk.beginning_at(session, programme, "p6")
    for _ in range(4):
        await walk.wait("p6.figures")
        await walk.wait("p6.figures")
        await walk.do("p6.help", "unreachable", call_result="no_answer")
    case = await walk.case()
    assert (case.status, case.status_reason) == ("lapsed", "unreachable")
    assert await differences() == []

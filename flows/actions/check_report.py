"""Check a month's figures: arithmetic and a simple profit and loss."""

from collections.abc import Sequence
from typing import Any

from flows.actions.registry import Item, Outcome, Work

GIVES = {"report_ok", "report_profit", "report_findings"}
NEEDS: dict[str, Any] = {}


def profit_and_loss(facts: dict[str, Any]) -> tuple[int, list[str]]:
    """Profit in rupiah and what is doubtful. Profit = income - cost of goods - other costs; no figure is negative."""
    income, goods, other = (int(facts.get(name) or 0) for name in ("report_income", "report_goods", "report_costs"))
    findings = []
    if income <= 0:
        findings.append("no_income")
    if min(income, goods, other) < 0:
        findings.append("negative")
    stated = facts.get("report_stated_profit")
    if stated is not None and int(stated) != income - goods - other:
        findings.append("profit_differs")
    turnover = int(facts.get("monthly_turnover") or 0)
    if turnover and income > 10 * turnover:
        findings.append("far_above_turnover")
    return income - goods - other, findings


async def run(_work: Work, items: Sequence[Item]) -> dict[str, Outcome]:
    """Give profit, findings, and whether there are none."""
    outcomes = {}
    for item in items:
        profit, findings = profit_and_loss(item.case.facts)
        facts = {"report_ok": not findings, "report_profit": profit, "report_findings": findings}
        outcomes[item.case.id] = Outcome(facts=facts)
    return outcomes

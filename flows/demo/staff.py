"""What the demo's people do with their tasks: mostly what is expected, sometimes not, the same for the same seed."""

import random
from datetime import date, timedelta
from typing import Any

from flows.demo.roster import Roster
from models.engine.case import Case
from models.engine.commands import ClaimTask, Command, CompleteTask
from models.services.actor import Actor

# step: (share done each working day, [(weight, outcome, answers)]); each human step of the programme has one.
HABITS: dict[str, tuple[float, list[tuple[int, str, dict[str, Any]]]]] = {
    "p1.review": (0.45, [(88, "accept", {"identity_seen": True}), (9, "contact", {"identity_seen": False})]),
    "p2.attendance": (0.6, [(63, "attended", {"sessions_attended": 1}), (37, "absent", {"sessions_attended": 0})]),
    "p2.mentor_calls": (0.3, [(60, "will_come", {"call_result": "reached"}), (40, "unreachable", {"call_result": "no_answer"})]),
    "p3.visit": (
        0.13,
        [
            (70, "done", {"premises": "home", "premises_m2": 20, "zone": "permitted"}),
            (8, "done", {"premises": "stall", "zone": "green"}),
            (12, "again", {"premises": "stall", "zone": "unknown"}),
            (10, "unreachable", {"premises": "home", "premises_m2": 12, "zone": "unknown"}),
        ],
    ),
    "p3.call_back": (0.3, [(70, "reached", {"call_result": "reached"}), (30, "gone", {})]),
    "p3.collect_papers": (
        0.14,
        [
            (65, "collected", {"doc_ktp": True, "doc_rt_rw": True, "doc_photo": True, "doc_form": True}),
            (35, "later", {"doc_ktp": True, "doc_form": True}),
        ],
    ),
    "p3.readiness": (
        0.3,
        [
            (80, "ready", {"price_calculated": True, "has_npwp": True, "wants_licence": True}),
            (20, "not_yet", {"price_calculated": False, "has_npwp": False, "wants_licence": True}),
        ],
    ),
    "p4.collect_papers": (0.3, [(80, "complete", {"doc_rt_rw": True, "doc_photo": True}), (20, "unreachable", {})]),
    "p4.fix_application": (0.35, [(95, "fixed", {}), (5, "cannot", {})]),
    "p4.choose_way_out": (
        0.25,
        [
            (35, "sku", {"discussed": True}),
            (57, "tax_number_done", {"discussed": True}),
            (4, "other_premises", {"discussed": True}),
            (4, "has_licence", {"discussed": True}),
        ],
    ),
    "p4.ask_premises": (
        0.3,
        [
            (80, "answered", {"premises": "home", "zone": "permitted", "has_npwp": True}),
            (10, "answered", {"premises": "stall", "zone": "permitted", "has_npwp": False}),
            (10, "unreachable", {}),
        ],
    ),
    "p4.new_premises": (0.2, [(100, "visited", {"premises": "home", "premises_m2": 18, "zone": "permitted"})]),
    "p4.sku": (0.2, [(85, "received", {"licence_type": "SKU", "licence_issuer": "kelurahan"}), (15, "denied", {})]),
    "p4.record_licence": (0.3, [(90, "recorded", {"licence_type": "IUMK", "licence_issuer": "kecamatan"}), (10, "none", {})]),
    "p5.product_card": (0.3, [(100, "filled", {"product_kind": "food", "product_price": 15000})]),
    "p5.curation": (
        0.3,
        [(75, "fit", {"packaging_ok": True, "label_ok": True}), (25, "improve", {"packaging_ok": False, "label_ok": True})],
    ),
    "p5.consign": (0.3, [(100, "delivered", {"consigned_pieces": 40})]),
    "p5.ask_seller": (0.3, [(60, "sold", {}), (25, "other_channel", {}), (15, "go_on", {})]),
    "p6.help": (0.3, [(100, "will_send", {"call_result": "reached"})]),
    "p6.review": (0.4, [(100, "accepted", {"records_seen": True})]),
    "p7.choose": (
        0.12,
        [
            (45, "apply", {"lender": "bank_dki", "loan_product": "micro", "loan_amount": 5_000_000, "loan_tenor": 12}),
            (20, "apply", {"lender": "bri", "loan_product": "kur", "loan_amount": 5_000_000, "loan_tenor": 12}),
            (5, "apply", {"lender": "lpdb", "loan_product": "revolving", "loan_amount": 10_000_000, "loan_tenor": 24}),
            (30, "not_wanted", {}),
        ],
    ),
    "p7.consent": (0.4, [(100, "answered", {"consent_given": True})]),
    "p7.after_decline": (0.3, [(70, "other_lender", {}), (20, "mentoring", {}), (10, "stop", {})]),
    "p7.answer_bank": (0.3, [(100, "answered", {"bank_answered": True})]),
}


def work_on(case: Case, roster: Roster, chance: random.Random, day: date) -> tuple[Actor | None, list[Command]]:
    """Who works on a case on one day, and the commands; nobody and none when nobody gets to it.

    One person works on a case in a day: what waits for others waits on.
    """
    person: Actor | None = None
    commands: list[Command] = []
    for task in case.tasks.values():
        if task.state not in ("open", "claimed"):
            continue
        share, known = HABITS[task.step]
        if chance.random() > share:
            continue
        declined = case.facts.get("lenders_declined") or []
        ways = [way for way in known if way[2].get("lender") not in declined]
        _, outcome, usual = chance.choices(ways, [way[0] for way in ways])[0]
        answers = usual | _dated(task.step, usual, chance, day)
        worker = roster.worker(case, task)
        if worker != (person or worker):
            continue
        person = worker
        if task.state == "open":
            commands.append(ClaimTask(task.id, worker.id))
        commands.append(CompleteTask(task.id, worker.id, outcome, answers))
    return person, commands


def _dated(step: str, usual: dict[str, Any], chance: random.Random, day: date) -> dict[str, Any]:
    """What depends on the day: when a visit was, which licence was brought."""
    if step in ("p3.visit", "p4.new_premises"):
        return {"visit_date": (day - timedelta(days=chance.randint(0, 2))).isoformat()}
    if "licence_type" in usual:
        number = f"{chance.randint(100, 999)}/{usual['licence_type']}/{day:%m}/{day.year}"
        return {"licence_number": number, "licence_issued_on": (day - timedelta(days=chance.randint(0, 5))).isoformat()}
    return {}

"""What the demo's people do with their tasks: mostly what is expected, sometimes not, the same for the same seed."""

import random
from datetime import date, timedelta
from typing import Any

from flows.demo.roster import Roster
from models.engine.case import Case
from models.engine.commands import ClaimTask, Command, CompleteTask
from models.services.actor import Actor

# step: (share done each working day, [(weight, outcome, answers)])
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
    "p4.choose_way_out": (0.25, [(40, "sku", {"discussed": True}), (60, "tax_number_done", {"discussed": True})]),
    "p4.sku": (0.2, [(85, "received", {}), (15, "denied", {})]),
    "p5.product_card": (0.3, [(100, "filled", {"product_kind": "food", "product_price": 15000})]),
    "p5.curation": (
        0.3,
        [(75, "fit", {"packaging_ok": True, "label_ok": True}), (25, "improve", {"packaging_ok": False, "label_ok": True})],
    ),
    "p5.consign": (0.3, [(100, "delivered", {"consigned_pieces": 40})]),
    "p6.help": (0.3, [(100, "will_send", {"call_result": "reached"})]),
    "p6.review": (0.4, [(100, "accepted", {"records_seen": True})]),
    "p7.choose": (
        0.12,
        [
            (70, "apply", {"loan_product": "micro", "loan_amount": 5_000_000, "loan_tenor": 12}),
            (30, "not_wanted", {"loan_product": "micro", "loan_amount": 500_000, "loan_tenor": 3}),
        ],
    ),
    "p7.consent": (0.4, [(100, "answered", {"consent_given": True})]),
    "p7.answer_bank": (0.3, [(100, "answered", {"bank_answered": True})]),
}


def work_on(case: Case, roster: Roster, chance: random.Random, day: date) -> tuple[Actor | None, list[Command]]:
    """Who works on a case on one day, and the commands; nobody and none when nobody gets to it.

    One person works on a case in a day: what waits for others waits on.
    """
    person: Actor | None = None
    commands: list[Command] = []
    for task in case.tasks.values():
        if task.state not in ("open", "claimed") or task.step not in HABITS:
            continue
        share, ways = HABITS[task.step]
        if chance.random() > share:
            continue
        _, outcome, answers = chance.choices(ways, [way[0] for way in ways])[0]
        answers = dict(answers)
        if task.step == "p3.visit":
            answers["visit_date"] = (day - timedelta(days=chance.randint(0, 2))).isoformat()
        worker = roster.worker(case, task)
        if worker != (person or worker):
            continue
        person = worker
        if task.state == "open":
            commands.append(ClaimTask(task.id, worker.id))
        commands.append(CompleteTask(task.id, worker.id, outcome, answers))
    return person, commands

"""Why a task is there, above its form: the answer before it, the facts that its step shows, the case to compare with."""

from models.services.task_reasons import Double, Reasons
from ui.components.elements import cell, el, link, table, words
from ui.desk import Desk
from ui.formatters import fact


def draw_reasons(desk: Desk, reasons: Reasons) -> None:
    """Draw what is known; nothing when there is none."""
    if not (reasons.before or reasons.facts or reasons.double):
        return
    with el("div", "why").props("id=task-reasons"):
        words(desk.t("why_task"), "b")
        if reasons.before:
            said, note = reasons.before
            words(said, "div")
            if note:
                words(f"“{note}”", "div")
        for label, value in reasons.facts:
            words(f"{label}: {fact(value, desk.locale)}", "div")
        if reasons.double:
            _double(desk, reasons.double)


def _double(desk: Desk, double: Double) -> None:
    if double.other is None:
        words(desk.t("not_to_see", number=double.number), "div")
        return
    link(desk.t("compare", number=double.number), f"/staff/cases/{double.number}")
    _, body = table([("", False), (desk.t("this_case"), False), (double.number, False)])
    with body:
        for name, value in double.mine.items():
            with el("tr"):
                cell(desk.t(name))
                cell(fact(value, desk.locale) if value else "–", desk.t("this_case"), "wrap")
                cell(fact(double.other[name], desk.locale) if double.other[name] else "–", double.number, "wrap")

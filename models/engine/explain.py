"""Why is this case where it is? One blocker, who owns it, since when, until when, and what frees it. Pure."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from models.definitions.definition import Definition
from models.engine.case import Case, Incident, Position
from models.engine.events import REASON_WORDS

Blocker = Literal["person", "partner", "participant", "automation", "capacity", "date", "hold", "none"]
# What stops most comes first: where several positions wait, the case's answer is the first of these.
ORDER: tuple[Blocker, ...] = ("person", "partner", "participant", "automation", "capacity", "date", "none")


@dataclass(frozen=True, slots=True)
class Explanation:
    """One sentence about a case, in both languages; `command` is what frees it."""

    blocker: Blocker
    owner: str
    since: datetime | None
    until: datetime | None
    text_id: str
    text_en: str
    step: str = ""
    command: str | None = None


def explain(definition: Definition, case: Case, _now: datetime) -> Explanation:
    """Exactly one answer for every case."""
    if case.status == "on_hold":
        return Explanation(
            "hold",
            "",
            case.held_since,
            case.hold_until,
            f"Ditunda: {case.status_reason}",
            f"On hold: {case.status_reason}",
            "",
            "resume",
        )
    if case.status == "merged":
        number = case.status_reason or ""
        return Explanation("none", "", case.ended_at, None, f"Digabungkan ke berkas {number}", f"Merged into case {number}")
    if not case.live:
        reason = case.status_reason or case.status
        said = reason_words(definition, reason, "id"), reason_words(definition, reason, "en")
        return Explanation("none", "", case.ended_at, None, f"Berkas selesai: {said[0]}", f"Case ended: {said[1]}")
    for incident in case.incidents.values():
        stopped = _stopped_by(case, incident)
        if incident.state == "open" and stopped is not None:
            name_id, name_en = _names(definition, stopped.step)
            return Explanation(
                "person",
                definition.stages[stopped.stage].owner,
                incident.raised_at,
                None,
                f"Gangguan pada {name_id} ({incident.cause})",
                f"Incident at {name_en} ({incident.cause})",
                stopped.step,
                "retry",
            )
    waiting = [_of_position(definition, case, position) for position in case.positions.values() if position.kind != "join"]
    if not waiting:
        return Explanation("none", "", None, None, "Tidak ada yang ditunggu", "Nothing is waited for")
    return min(waiting, key=lambda item: (ORDER.index(item.blocker), item.since.timestamp() if item.since else 0.0))


def _stopped_by(case: Case, incident: Incident) -> Position | None:
    """The position that cannot go on for an incident: its own, or the one that waits for the hand-off that it stops."""
    handoff = case.handoffs.get(incident.handoff or "")
    return case.positions.get(incident.position or "") or (case.positions.get(handoff.position or "") if handoff else None)


def reason_words(definition: Definition, reason: str, locale: str) -> str:
    """What people read for a reason: the programme's word, else the engine's, else the code with blanks; other words stay."""
    own = REASON_WORDS.get(reason)
    known = definition.word(reason, locale) or (own[1 if locale == "en" else 0] if own else None)
    return known or reason.replace("_", " ")


def _of_position(definition: Definition, case: Case, position: Position) -> Explanation:
    owner = definition.stages[position.stage].owner
    name_id, name_en = _names(definition, position.step)
    answer: tuple[Blocker, str, str, str, str | None]
    if position.kind == "task":
        task = case.tasks[position.id]
        who = task.assignee or owner
        claimed = "sudah diambil" if task.assignee else "belum diambil"
        answer = ("person", who, f"Menunggu petugas: {name_id} ({claimed})", f"Waits for staff: {name_en}", "claim")
    elif position.kind == "handoff":
        handoff = next((h for h in case.handoffs.values() if h.position == position.id), None)
        partner, office = (handoff.partner, handoff.office) if handoff else ("", None)
        called = definition.partner_name(partner, office, "id"), definition.partner_name(partner, office, "en")
        answer = ("partner", partner, f"Menunggu {called[0]}: {name_id}", f"Waits for {called[1]}: {name_en}", None)
    elif position.kind == "event":
        answer = ("participant", "", f"Menunggu peserta: {name_id}", f"Waits for the participant: {name_en}", "receive")
    elif position.kind == "timer":
        wait = definition.steps[position.step].wait
        answer = (wait.because if wait else "date", owner, name_id, name_en, None)
    else:
        answer = ("automation", "Langkah", f"Dikerjakan mesin: {name_id}", f"The machine is at work: {name_en}", None)
    blocker, who, text_id, text_en, command = answer
    return Explanation(blocker, who, position.since, position.due_at, text_id, text_en, position.step, command)


def _names(definition: Definition, name: str) -> tuple[str, str]:
    step = definition.steps[name]
    called = step.ask or step.name
    return (called.id, called.en) if called else (name, name)

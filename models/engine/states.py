"""The one transition table: who may be told what, and what becomes of it.

The engine asks it before it decides, the pages ask it which buttons to show, and docs/transitions.md is printed from it.
"""

from dataclasses import dataclass
from typing import Final, Literal

Subject = Literal["case", "task", "handoff"]


@dataclass(frozen=True, slots=True)
class Rule:
    """In one of `states`, `command` is permitted: it writes `event` and leads to `becomes` ("=" stays)."""

    subject: Subject
    states: tuple[str, ...]
    command: str
    permission: str
    event: str
    becomes: str


# A hold stops people, machine and clock, not partners: their answer moves a case on hold and may even end it.
LIVE = ("active", "on_hold")
ENDED = ("finished", "withdrawn", "lapsed", "rejected")
OUT = ("queued", "sent", "acknowledged", "returned", "expired")

TABLE: Final[tuple[Rule, ...]] = (
    Rule("case", ("new",), "open", "register", "case_opened", "active"),
    Rule("case", ("active",), "hold", "command_case", "case_held", "on_hold"),
    Rule("case", ("on_hold",), "resume", "command_case", "case_resumed", "active"),
    Rule("case", LIVE, "withdraw", "command_case", "case_withdrawn", "withdrawn"),
    Rule("case", ("active",), "skip", "command_case", "stage_skipped", "="),
    Rule("case", LIVE, "move_district", "command_case", "district_moved", "="),
    Rule("case", (*LIVE, *ENDED), "correct", "command_case", "data_corrected", "="),
    Rule("case", LIVE, "merge", "command_case", "case_merged", "merged"),
    Rule("case", LIVE, "take_double", "command_case", "double_merged", "="),
    Rule("case", (*LIVE, *ENDED), "register_again", "register", "registered_again", "="),
    Rule("case", (*LIVE, *ENDED), "tell", "the machine", "handoff_ordered", "="),
    Rule("case", ("active",), "receive", "command_case", "event_received", "="),
    Rule("case", (*ENDED, "merged"), "reopen", "command_case", "case_reopened", "active"),
    Rule("case", LIVE, "finish", "the definition", "case_finished", "finished"),
    Rule("case", LIVE, "lapse", "the definition", "case_lapsed", "lapsed"),
    Rule("case", LIVE, "reject", "the definition", "case_rejected", "rejected"),
    Rule("task", ("open",), "claim", "work_task", "task_claimed", "claimed"),
    Rule("task", ("open", "claimed"), "assign", "assign_task", "task_assigned", "claimed"),
    Rule("task", ("claimed",), "release", "work_task", "task_released", "open"),
    Rule("task", ("claimed",), "return", "the machine", "task_returned", "open"),
    Rule("task", ("claimed",), "complete", "work_task", "task_completed", "done"),
    Rule("task", ("done",), "undo", "work_task", "completion_undone", "claimed"),
    Rule("task", ("open", "claimed"), "cancel", "the engine", "task_cancelled", "cancelled"),
    Rule("handoff", ("queued",), "readdress", "the engine", "handoff_readdressed", "="),
    Rule("handoff", ("queued",), "send", "the machine", "handoff_sent", "sent"),
    Rule("handoff", ("queued", "sent"), "acknowledge", "the partner", "handoff_acknowledged", "acknowledged"),
    Rule("handoff", OUT, "complete", "the partner", "handoff_completed", "completed"),
    Rule(
        "handoff",
        ("queued", "sent", "acknowledged", "expired"),
        "return",
        "the partner",
        "handoff_returned",
        "returned",
    ),
    Rule(
        "handoff",
        ("queued", "sent", "acknowledged", "expired"),
        "reject",
        "the partner",
        "handoff_rejected",
        "rejected",
    ),
    Rule("handoff", OUT, "keep", "the partner", "handoff_answered", "="),
    Rule("handoff", ("queued", "sent", "acknowledged"), "expire", "the clock", "handoff_expired", "expired"),
    Rule("handoff", ("returned", "expired"), "resend", "the definition", "handoff_resent", "queued"),
    Rule("handoff", ("queued", "sent", "acknowledged"), "ask_again", "manage_incidents", "handoff_resent", "queued"),
    Rule("handoff", OUT, "cancel", "the engine", "handoff_cancelled", "cancelled"),
)

_BY_KEY: Final = {(rule.subject, state, rule.command): rule for rule in TABLE for state in rule.states}


def states_of(subject: Subject) -> list[str]:
    """All states that the table knows of a subject, in its order."""
    found = [state for rule in TABLE if rule.subject == subject for state in (*rule.states, rule.becomes)]
    return [state for state in dict.fromkeys(found) if state != "="]


REASONS: Final[dict[str, tuple[str, str]]] = {
    "not_now": ("Tidak dapat dilakukan pada status ini", "Not possible in the present state"),
    "no_such_task": ("Tugas ini tidak ada", "There is no such task"),
    "no_such_handoff": ("Rujukan ini tidak ada", "There is no such hand-off"),
    "no_such_incident": ("Gangguan ini tidak ada atau sudah selesai", "No such open incident"),
    "no_such_stage": ("Tahap ini tidak ada", "There is no such stage"),
    "taken": ("Sudah diambil orang lain", "Somebody else has taken it"),
    "not_yours": ("Tugas ini bukan milik Anda", "This task is not yours"),
    "stale": ("Sudah berubah sejak Anda membukanya", "It has changed since you opened it"),
    "unknown_outcome": ("Hasil ini tidak dikenal langkah ini", "The step does not know this outcome"),
    "note_needed": ("Hasil ini wajib disertai alasan", "This outcome needs a reason"),
    "duplicate": ("Jawaban ini sudah diterima", "This answer was received before"),
    "not_reached": (
        "Tahap itu belum pernah dicapai: buka kembali tahap yang sudah dicapai, lalu lewati dengan bukti",
        "That stage was never reached: reopen one that was, then skip ahead on evidence",
    ),
    "behind": ("Tahap itu sudah lewat", "That stage is already behind"),
    "on_hold": ("Berkas sedang ditunda", "The case is on hold"),
    "nothing_waits": ("Tidak ada yang menunggu ini", "Nothing waits for this"),
    "no_way": ("Definisi tidak punya jalan keluar di langkah ini", "The definition has no way out of this step"),
    "retry_only": ("Langkah mesin hanya dapat dicoba lagi", "A step of the machine can only be tried again"),
    "no_target": ("Isi nomor berkas orang yang sama", "Enter the number of the same person's case"),
    "followed": (
        "Tidak dapat diurungkan: sudah ada yang terjadi sesudahnya",
        "It cannot be undone: something has followed from it",
    ),
    "same": ("Tidak ada yang berubah", "Nothing would change"),
}


def rule(subject: Subject, state: str, command: str) -> Rule | None:
    """The rule for a command in a state, None when it is not permitted."""
    return _BY_KEY.get((subject, state, command))


def permitted(subject: Subject, state: str) -> list[Rule]:
    """All rules that hold in a state, in table order: the buttons that a person may see."""
    return [row for row in TABLE if row.subject == subject and state in row.states]

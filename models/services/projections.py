"""The rows that a folded case stands for. Written with the events, compared again by `langkah verify`."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from models.engine.case import Case, encode

Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Projection:
    """A table that follows the journal: its columns with PostgreSQL types (the first is the key), rows of a case."""

    table: str
    columns: tuple[tuple[str, str], ...]
    rows: Callable[[Case], dict[str, Row]]
    vanishes: bool = False

    @property
    def names(self) -> list[str]:
        """The column names in order."""
        return [name for name, _ in self.columns]


def case_row(case: Case, now: datetime) -> Row:
    """The row of `cases`, columns as in CASE_COLUMNS."""
    return (
        case.id,
        case.number,
        case.programme,
        case.definition,
        case.participant,
        case.district,
        case.village,
        case.stage,
        case.status,
        case.status_reason,
        case.version,
        case.opened_at,
        case.ended_at,
        case.due_at,
        case.hold_until,
        now,
        encode(case).decode(),
    )


CASE_COLUMNS = (
    ("id", "uuid"),
    ("number", "text"),
    ("programme", "text"),
    ("definition", "text"),
    ("participant_id", "uuid"),
    ("district", "text"),
    ("village", "text"),
    ("stage", "text"),
    ("status", "text"),
    ("status_reason", "text"),
    ("version", "int"),
    ("opened_at", "timestamptz"),
    ("ended_at", "timestamptz"),
    ("due_at", "timestamptz"),
    ("hold_until", "timestamptz"),
    ("updated_at", "timestamptz"),
    ("state", "json"),
)


def _positions(case: Case) -> dict[str, Row]:
    runs = case.status == "active"
    return {
        p.id: (
            p.id,
            case.id,
            p.step,
            p.kind,
            p.stage,
            case.district,
            p.attempt,
            p.since,
            p.due_at,
            p.alarm_at if runs and p.incident is None else None,
            runs and p.kind == "action" and p.incident is None,
        )
        for p in case.positions.values()
    }


def _tasks(case: Case) -> dict[str, Row]:
    return {
        t.id: (
            t.id,
            case.id,
            t.step,
            t.stage,
            t.queue,
            case.district,
            t.state,
            t.version,
            t.priority,
            t.escalated,
            t.assignee,
            t.outcome,
            t.due_at,
            case.status == "on_hold",
            t.opened_at,
            t.closed_at,
        )
        for t in case.tasks.values()
    }


def _handoffs(case: Case) -> dict[str, Row]:
    stopped = {i.handoff for i in case.incidents.values() if i.state == "open" and i.handoff}
    return {
        h.id: (
            h.id,
            case.id,
            h.kind,
            h.message,
            h.partner,
            h.stage,
            h.step,
            case.district,
            h.state,
            h.attempt,
            h.position,
            h.due_at,
            h.outcome,
            h.ordered_at,
            h.sent_at,
            h.id in stopped or (case.status == "on_hold" and h.position is not None),
        )
        for h in case.handoffs.values()
    }


def _incidents(case: Case) -> dict[str, Row]:
    return {
        i.id: (i.id, case.id, i.cause, i.state, case.stage, case.district, i.position, i.handoff, i.raised_at)
        for i in case.incidents.values()
    }


POSITIONS = Projection(
    "position",
    (
        ("id", "uuid"),
        ("case_id", "uuid"),
        ("step", "text"),
        ("kind", "text"),
        ("stage", "text"),
        ("district", "text"),
        ("attempt", "int"),
        ("since", "timestamptz"),
        ("due_at", "timestamptz"),
        ("alarm_at", "timestamptz"),
        ("ready", "bool"),
    ),
    _positions,
    vanishes=True,
)
TASKS = Projection(
    "task",
    (
        ("id", "uuid"),
        ("case_id", "uuid"),
        ("step", "text"),
        ("stage", "text"),
        ("queue", "text"),
        ("district", "text"),
        ("state", "text"),
        ("version", "int"),
        ("priority", "int"),
        ("escalated", "bool"),
        ("assignee", "text"),
        ("outcome", "text"),
        ("due_at", "timestamptz"),
        ("held", "bool"),
        ("opened_at", "timestamptz"),
        ("closed_at", "timestamptz"),
    ),
    _tasks,
)
HANDOFFS = Projection(
    "handoff",
    (
        ("id", "uuid"),
        ("case_id", "uuid"),
        ("kind", "text"),
        ("message", "text"),
        ("partner", "text"),
        ("stage", "text"),
        ("step", "text"),
        ("district", "text"),
        ("state", "text"),
        ("attempt", "int"),
        ("position_id", "uuid"),
        ("due_at", "timestamptz"),
        ("outcome", "text"),
        ("ordered_at", "timestamptz"),
        ("sent_at", "timestamptz"),
        ("blocked", "bool"),
    ),
    _handoffs,
)
INCIDENTS = Projection(
    "incident",
    (
        ("id", "uuid"),
        ("case_id", "uuid"),
        ("cause", "text"),
        ("state", "text"),
        ("stage", "text"),
        ("district", "text"),
        ("position_id", "uuid"),
        ("handoff_id", "uuid"),
        ("raised_at", "timestamptz"),
    ),
    _incidents,
)
ALL = (POSITIONS, TASKS, HANDOFFS, INCIDENTS)

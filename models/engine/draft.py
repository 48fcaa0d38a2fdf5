"""The working copy of a decision: the case as it becomes, and the events that make it so."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from models.definitions.definition import Definition
from models.engine.case import Case, copy
from models.engine.events import Event
from models.engine.evolve import apply


class Refused(Exception):
    """A command that may not be carried out; `code` is one of states.REASONS."""

    def __init__(self, code: str, **detail: Any) -> None:
        super().__init__(code)
        self.code, self.detail = code, detail


class NoWay(Exception):
    """No transition of a step is true, or its steps run in a circle: the definition has a hole at `step`."""

    def __init__(self, step: str) -> None:
        super().__init__(step)
        self.step = step


class Draft:
    """A case being decided on. `emit` both records an event and applies it, so the two can never disagree."""

    def __init__(self, definition: Definition, case: Case, now: datetime) -> None:
        self.definition, self.now = definition, now
        self.before = case
        self.case = copy(case)
        self.events: list[Event] = []
        self.passed: list[str] = []
        self.move_reason: str | None = None
        self._boundary: int | None = None
        self._entered = 0

    def emit(self, type_: str, **data: Any) -> None:
        """Record an event and apply it; moments become ISO text."""
        event = Event(type_, {key: _plain(value) for key, value in data.items()})
        apply(self.case, event)
        self.events.append(event)

    def make_id(self, *parts: object) -> str:
        """An id that depends on nothing but the case and `parts`."""
        return str(uuid5(UUID(self.case.id), ":".join(str(part) for part in parts)))

    def mark_boundary(self) -> None:
        """Remember that the next event belongs to another stage, so that the journal tells the stage change first."""
        if self._boundary is None:
            self._boundary = len(self.events)

    def count_entry(self, step: str) -> None:
        """Guard against steps that run in a circle within one decision. Raises NoWay."""
        self._entered += 1
        if self._entered > 100:
            raise NoWay(step)

    def variables(self, answers: dict[str, Any] | None = None) -> dict[str, Any]:
        """What a condition may read."""
        case = self.case
        return {
            "case": {
                "district": case.district,
                "village": case.village or "",
                "stage": case.stage or "",
                "today": self.definition.calendar.local_date(self.now).isoformat(),
                "attempts": case.attempts,
            },
            "facts": {**case.facts, **(answers or {})},
            "answers": answers or {},
        }

    def derived_stage(self) -> str | None:
        """The earliest stage in which a position stands; None when the case is not under way."""
        if not self.case.live:
            return None
        order = self.definition.stage_order
        return min((p.stage for p in self.case.positions.values()), key=lambda s: order.get(s, 0), default=None)

    def settle(self) -> None:
        """Write the stage events: a case is present in exactly one stage and district while it is under way."""
        before, case = self.before, self.case
        old = before.stage if before.live else None
        new = self.derived_stage()
        if old == new and (old is None or before.district == case.district):
            return
        reason = self.move_reason or "flow"
        moves: list[tuple[str, str, str, str]] = []
        if old is not None:
            order = self.definition.stage_order
            if new is None:
                kind = "stage_finished" if case.status == "finished" else "stage_left"
                reason = case.status_reason or reason if kind == "stage_finished" else case.status
            elif old == new:
                kind, reason = "stage_left", "moved"
            else:
                kind = "stage_finished" if order[new] > order[old] else "stage_left"
                reason = reason if kind == "stage_finished" else "loop"
            moves.append((kind, old, before.district, reason))
        for stage in self.passed:
            moves += [("stage_entered", stage, case.district, "skip"), ("stage_finished", stage, case.district, "skip")]
        if new is not None:
            moves.append(("stage_entered", new, case.district, reason))
        self._insert(moves)

    def _insert(self, moves: list[tuple[str, str, str, str]]) -> None:
        place = len(self.events) if self._boundary is None else self._boundary
        for offset, (kind, stage, district, why) in enumerate(moves):
            event = Event(kind, {"stage": stage, "district": district, "reason": why})
            apply(self.case, event)
            self.events.insert(place + offset, event)


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value

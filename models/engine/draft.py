"""The working copy of a decision: the case as it becomes, and the events that make it so."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from models.definitions.definition import Definition
from models.definitions.schema import Step
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
        self.trail: list[tuple[str, str]] = []
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

    def pass_into(self, stage: str, reason: str = "flow") -> None:
        """Remember that the case came into a stage, though it may leave it again within this decision."""
        last = self.trail[-1][0] if self.trail else self.before.stage if self.before.live else None
        if stage != last:
            self.mark_boundary()
            self.trail.append((stage, reason))

    def count_entry(self, step: str) -> None:
        """Guard against steps that run in a circle within one decision. Raises NoWay."""
        self._entered += 1
        if self._entered > 100:
            raise NoWay(step)

    def variables(self, answers: dict[str, Any] | None = None) -> dict[str, Any]:
        """What a condition may read now."""
        return variables(self.definition, self.case, self.now, answers)

    def address(self, kind: str, step: Step | None = None) -> tuple[str, str | None]:
        """Whom a hand-off of this kind goes to today: (partner, area of its office); the partner is "" when there is none.

        A step that says `to:` goes to the partner that the fact names and to no other; else area and date decide.
        """
        case, definition = self.case, self.definition
        if step is not None and step.to is not None and step.hand_off == kind:
            named = str(case.facts.get(step.to) or "")
            known = definition.live.partners.get(named)
            partner = named if known is not None and known.kind == kind else ""
        else:
            today = definition.calendar.local_date(self.now)
            partner = definition.partner_for(kind, case.village or case.district, today) or ""
        return partner, definition.office_of(partner, case.district, case.village)

    def derived_stage(self) -> str | None:
        """The earliest stage in which a position stands; None when the case is not under way."""
        if not self.case.live:
            return None
        order = self.definition.stage_order
        return min((p.stage for p in self.case.positions.values()), key=lambda s: order.get(s, 0), default=None)

    def settle(self) -> None:
        """Write the stage events: a case is present in exactly one stage and district while it is under way.

        A stage that was crossed within the decision is entered and finished (or left) like any other.
        """
        before, case = self.before, self.case
        old, new = before.stage if before.live else None, self.derived_stage()
        moved = old is not None and before.district != case.district
        trail = list(self.trail)
        if new is not None and ((trail[-1][0] if trail else old) != new or (moved and not trail)):
            trail.append((new, "flow"))
        at, district, why = old, before.district, self.move_reason or "flow"
        moves: list[tuple[str, str, str, str]] = []
        begun = self.move_reason if self.move_reason in ("opened", "reopened") else None
        for stage, reason in trail:
            entered = reason
            if begun is not None and reason != "skip":
                entered, begun = begun, None
            if at is not None:
                kind, word = self._leaving(at, stage, why)
                moves.append((kind, at, district, word))
                entered = word if kind == "stage_left" else entered
            moves.append(("stage_entered", stage, case.district, entered))
            at, district, why = stage, case.district, reason
        if new is None and at is not None:
            done = case.status == "finished"
            word = (why if why == "skip" else case.status_reason or why) if done else case.status
            moves.append(("stage_finished" if done else "stage_left", at, district, word))
        self._insert(moves)

    def _leaving(self, at: str, to: str, why: str) -> tuple[str, str]:
        """How a stage is left for another one, and the word for it."""
        order = self.definition.stage_order
        if at == to:
            return "stage_left", "moved"
        return ("stage_finished", why) if order[to] > order[at] else ("stage_left", "loop")

    def _insert(self, moves: list[tuple[str, str, str, str]]) -> None:
        place = len(self.events) if self._boundary is None else self._boundary
        for offset, (kind, stage, district, why) in enumerate(moves):
            event = Event(kind, {"stage": stage, "district": district, "reason": why})
            apply(self.case, event)
            self.events.insert(place + offset, event)


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


def variables(definition: Definition, case: Case, now: datetime, answers: dict[str, Any] | None = None) -> dict[str, Any]:
    """What a condition may read about a case at a moment."""
    return {
        "case": {
            "district": case.district,
            "village": case.village or "",
            "stage": case.stage or "",
            "today": definition.calendar.local_date(now).isoformat(),
            "attempts": case.attempts,
        },
        "facts": {**case.facts, **(answers or {})},
        "answers": answers or {},
    }

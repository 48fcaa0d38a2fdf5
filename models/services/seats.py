"""Which seats the journals tell of, and which of them are not there or too many."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from models.engine.case import Case

LIVE = ("active", "on_hold")
People = Mapping[tuple[str, str, str], str]


@dataclass(slots=True)
class Told:
    """What a journal tells of a case's seats, by resource: those it has, and those that are freed only at the next count."""

    seated: str | None = None
    begins: datetime | None = None
    people: dict[str, str] = field(default_factory=dict)
    over: set[str] = field(default_factory=set)

    def must(self) -> set[str]:
        """The resources in which the case has a seat."""
        return set(self.people.values()) | ({self.seated} if self.seated else set())


def told(programme: str, journal: Iterable[Mapping[str, Any]], people: People) -> Told:
    """Read a case's journal rows (type, data as a dict, stage, status, recorded_at) in order.

    A class is what an event gives as `class_id` and `class_at` with `placed`; whoever leaves a stage before it begins does
    not sit there any more (`store.append`). A person keeps the place of a case until it has ended (`caseload`).
    """
    seats, facts_of_people = Told(), {fact for at, fact, _ in people if at == programme}
    stage, live = None, False
    for number, row in enumerate(journal):
        # An answer that is only kept changes no fact yet.
        facts = {} if row["type"] == "handoff_answered" else row["data"].get("facts") or {}
        if "placed" in facts:
            seats.seated = str(facts["class_id"]) if facts["placed"] and "class_id" in facts else None
            seats.begins = datetime.fromisoformat(facts["class_at"]) if seats.seated else None
        for fact in facts_of_people & facts.keys():
            seats.people.pop(fact, None)
            if place := people.get((programme, fact, str(facts[fact]))):
                seats.people[fact] = place
                seats.over.discard(place)
        lives = row["status"] in LIVE
        left = number > 0 and (row["stage"] != stage or (live and not lives))
        if left and seats.begins and seats.begins > row["recorded_at"]:
            seats.seated, seats.begins = None, None
        if live and not lives:
            seats.over |= set(seats.people.values())
            seats.people.clear()
        stage, live = row["stage"], lives
    return seats


async def differing(
    connection: Any, cases: Mapping[str, Case], journals: Mapping[str, Sequence[Mapping[str, Any]]]
) -> list[tuple[str, str, bool]]:
    """Seats of the cases that are missing (False) or that no journal tells of (True): (case id, resource id, whether there)."""
    rows = await connection.fetch("SELECT id::text, programme, substr(kind, 8) AS fact, name FROM resource WHERE kind LIKE 'person:%'")
    people = {(row["programme"], row["fact"], row["name"]): row["id"] for row in rows}
    there: dict[str, set[str]] = {case: set() for case in cases}
    for row in await connection.fetch("SELECT case_id::text, resource_id::text FROM seat WHERE case_id = ANY($1::uuid[])", list(cases)):
        there[row["case_id"]].add(row["resource_id"])
    found = []
    for case in cases.values():
        seats = told(case.programme, journals[case.id], people)
        found += [(case.id, place, False) for place in sorted(seats.must() - there[case.id])]
        found += [(case.id, place, True) for place in sorted(there[case.id] - seats.must() - seats.over)]
    return found

"""An actor's stages and areas as a condition in SQL, so that lists and counts can never show more than allowed."""

from collections.abc import Iterable
from typing import Any

from models.services.actor import Action, Actor


def where(actor: Actor, action: Action, *, stage: str, district: str) -> tuple[str, dict[str, Any]]:
    """A condition over the columns `stage` and `district` that is true where the actor may do `action`, and its values."""
    clauses: list[str] = []
    values: dict[str, Any] = {}
    for number, grant in enumerate(actor.grants_for(action)):
        parts = []
        if grant.stages:
            parts.append(f"{stage} = ANY(:{action}_stages_{number})")
            values[f"{action}_stages_{number}"] = sorted(grant.stages)
        if grant.areas:
            areas = sorted(grant.areas)
            parts.append(f"({district} = ANY(:{action}_areas_{number}) OR {district} LIKE ANY(:{action}_under_{number}))")
            values |= {f"{action}_areas_{number}": areas, f"{action}_under_{number}": [f"{area}.%" for area in areas]}
        if not parts:
            return "true", {}
        clauses.append("(" + " AND ".join(parts) + ")")
    return " OR ".join(clauses) or "false", values


def concerned(actor: Actor, people: Iterable[str]) -> tuple[str, dict[str, Any]]:
    """A condition over `cases c` that is true where the actor holds a task now, or is the person that the case was given to.

    `people` are the facts that hold such a person; they count for mentors, in their own districts.
    """
    clauses = ["EXISTS (SELECT 1 FROM task t WHERE t.case_id = c.id AND t.assignee = :me AND t.state = 'claimed')"]
    values: dict[str, Any] = {"me": actor.id}
    own, own_values = where(actor, "claim_own_queue", stage="c.stage", district="c.district")
    for number, fact in enumerate(people if own != "false" else ()):
        clauses.append(f"(({own}) AND c.state->'facts'->>CAST(:person_{number} AS text) = :me)")
        values |= {f"person_{number}": fact} | own_values
    return " OR ".join(clauses), values

"""An actor's stages and areas as a condition in SQL, so that lists and counts can never show more than allowed."""

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

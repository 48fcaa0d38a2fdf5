"""The orders in which lists of tasks may come, and where a page of one goes on (keyset: as fast at any depth)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from models.errors import Invalid, Problem


@dataclass(frozen=True, slots=True)
class Order:
    """`by` is the ORDER BY; `fields` are those of a line that, with its id, say where the next page begins."""

    by: str
    fields: tuple[str, ...]


# Most urgent first, as one ascending row: an index can seek to any place of it.
_URGENCY = "(NOT t.escalated), (-t.priority), (coalesce(t.due_at, 'infinity')), t.id"
ORDERS: Final = {
    "due": Order("t.due_at, t.id", ("due_at",)),
    "urgency": Order(_URGENCY, ("escalated", "priority", "due_at")),
    "opened": Order("t.opened_at, t.id", ("opened_at",)),
}
After = tuple[Any, ...]


def order(sort: str) -> Order:
    """The order of that name. Raises Invalid for any other word."""
    if sort not in ORDERS:
        raise Invalid("sort", [Problem("unknown_sort", f"satu dari / one of {', '.join(ORDERS)}", field="sort")])
    return ORDERS[sort]


def after(sort: str, line: Any) -> After:
    """Where the page after a line begins."""
    return (*(getattr(line, name) for name in order(sort).fields), line.id)


def beyond(sort: str, place: After) -> tuple[str, dict[str, Any]]:
    """The condition that is true for what comes after a place, and its values."""
    *values, id_ = place
    moment = values[-1]
    if sort == "urgency":
        known = {"after_escalated": values[0], "after_priority": values[1], "after": moment, "after_id": id_}
        row = "NOT CAST(:after_escalated AS bool), -CAST(:after_priority AS int), coalesce(CAST(:after AS timestamptz), 'infinity')"
        return f"({_URGENCY}) > ({row}, CAST(:after_id AS uuid))", known
    by = f"t.{order(sort).fields[0]}"
    if moment is None:
        return f"{by} IS NULL AND t.id > CAST(:after_id AS uuid)", {"after_id": id_}
    later = f"(({by}, t.id) > (CAST(:after AS timestamptz), CAST(:after_id AS uuid)) OR {by} IS NULL)"
    return later, {"after": moment, "after_id": id_}


def written(place: After) -> str:
    """A place as text for an address or an answer."""
    return "~".join(
        "" if v is None else v.isoformat() if isinstance(v, datetime) else str(int(v) if isinstance(v, bool) else v) for v in place
    )


def read(sort: str, text: str) -> After | None:
    """A place from its text; None when it is none that a list in this order has given."""
    parts: Sequence[str] = text.replace(" ", "+").split("~")
    if len(parts) != len(order(sort).fields) + 1:
        return None
    try:
        *first, moment, id_ = parts
        parsed = datetime.fromisoformat(moment) if moment else None
        if parsed is not None and parsed.tzinfo is None:
            return None
        urgency = (first[0] == "1", int(first[1]) % 1000) if first else ()
        return (*urgency, parsed, str(UUID(id_)))
    except ValueError:
        return None

"""A filter over open tasks as words: what addresses, stored views and chips say, and what each of them means.

Whatever is not known is dropped, since words come from addresses and from views that were stored before a queue went away.
The text of a search is no word here: it may be a person's name and stands in no address.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, time, timedelta
from typing import Final
from uuid import UUID

from models.definitions.definition import Definition
from models.services.actor import Actor
from models.services.queues import FLAGS, VIEWS, Filter
from models.services.task_order import ORDERS

Words = dict[str, str]
# How many days from today a due word looks ahead, today being one.
DUE: Final[dict[str, int]] = {"late": 0, "today": 1, "two": 3, "week": 7}
ME, NOBODY = "me", "none"


def _account(value: str) -> bool:
    try:
        return value in (ME, NOBODY) or str(UUID(value)) == value
    except ValueError:
        return False


def understood(words: Mapping[str, object], definition: Definition) -> Words:
    """The words that mean something here, without those that say nothing."""
    known: dict[str, Callable[[str], bool]] = {
        "queue": definition.live.queues.__contains__,
        "view": VIEWS.__contains__,
        "city": {area.code for area in definition.areas.cities()}.__contains__,
        "district": lambda code: definition.areas.district(code) is not None,
        "step": definition.steps.__contains__,
        "due": DUE.__contains__,
        "assignee": _account,
        "sort": ORDERS.__contains__,
    }
    kept = {name: value for name, fits in known.items() if isinstance(value := words.get(name), str) and value and fits(value)}
    flags = [flag for flag in FLAGS if flag in str(words.get("flags") or "").split(",")]
    return kept | ({"flags": ",".join(flags)} if flags else {})


def filter_of(words: Words, definition: Definition, actor: Actor, now: datetime, text: str = "") -> Filter:
    """What words that were understood ask for, by this actor at this moment of programme time."""
    assignee = words.get("assignee")
    return Filter(
        queue=words.get("queue"),
        view=words.get("view"),
        city=words.get("city"),
        district=words.get("district"),
        step=words.get("step"),
        assignee=actor.id if assignee == ME else None if assignee == NOBODY else assignee,
        state="open" if assignee == NOBODY else None,
        due_before=_due_before(words.get("due"), definition, now),
        flags=tuple(words.get("flags", "").split(",")) if words.get("flags") else (),
        text=text or None,
    )


def _due_before(word: str | None, definition: Definition, now: datetime) -> datetime | None:
    if word is None:
        return None
    if DUE[word] == 0:
        return now
    zone = definition.calendar.zone
    return datetime.combine(now.astimezone(zone).date(), time(), zone) + timedelta(days=DUE[word])

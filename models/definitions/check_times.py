"""What can be wrong with days and times: a calendar in which nobody ever works, deadlines that are none."""

from collections import Counter
from collections.abc import Iterator
from datetime import time
from zoneinfo import ZoneInfo

import holidays

from models.definitions.calendar import Duration
from models.definitions.checking import Checking
from models.definitions.live import CalendarRule
from models.definitions.loader import Finding, Path_

MOST_DAYS = 3650
WEEK = frozenset(range(7))


def times(c: Checking) -> Iterator[Finding]:
    """The calendar can be built and has working days; every duration is more than nothing and less than ten years."""
    rule = c.definition.live.calendar
    yield from _calendar(c, rule)
    yield from _days(c, rule)
    for name, step in c.definition.steps.items():
        path = c.step_path(name)
        if step.wait is not None and step.wait.for_ is not None:
            yield from _duration(c, (*path, "wait", "for"), f"{name} waits", step.wait.for_)
        if step.deadline is None:
            continue
        within, warn = step.deadline.within, step.deadline.warn
        yield from _duration(c, (*path, "deadline", "within"), f"{name} is due within", within)
        if warn is not None and _hours(warn) > _hours(within):
            yield c.found((*path, "deadline", "warn"), f"{name} warns {warn} it begins: within {within}", "warn later")


def _calendar(c: Checking, rule: CalendarRule) -> Iterator[Finding]:
    path: Path_ = ("live", "calendar")
    try:
        ZoneInfo(rule.time_zone)
    except (LookupError, OSError, ValueError):
        yield c.found((*path, "time_zone"), f"there is no time zone {rule.time_zone}", "e.g. Asia/Jakarta")
    try:
        holidays.country_holidays(rule.country)
    except NotImplementedError:
        yield c.found((*path, "country"), f"no holidays are known of {rule.country}", "write the country by two letters, e.g. ID")
    else:
        try:
            holidays.country_holidays(rule.country, categories=tuple(rule.categories))
        except ValueError:
            message = f"{rule.country} has no holidays of all of {', '.join(rule.categories)}"
            yield c.found((*path, "categories"), message, "e.g. [public]")
    if not is_time(rule.day_ends):
        yield c.found((*path, "day_ends"), f"{rule.day_ends} is no time of a day", 'e.g. "16:00"')


def _days(c: Checking, rule: CalendarRule) -> Iterator[Finding]:
    path: Path_ = ("live", "calendar")
    if set(rule.weekend) >= WEEK:
        yield c.found((*path, "weekend"), "all seven days are weekend, so nobody ever works", "0 is Monday, 6 is Sunday")
    for wrong in sorted(set(rule.weekend) - WEEK):
        yield c.found((*path, "weekend"), f"there is no day {wrong} of the week", "0 is Monday, 6 is Sunday")
    for day, times_ in Counter(item.date for item in rule.extra).items():
        if times_ > 1:
            last = max(number for number, item in enumerate(rule.extra) if item.date == day)
            yield c.found((*path, "extra", last), f"extra: names {day} more than once", "say it once")
    for number, pause in enumerate(rule.pauses):
        if pause.first > pause.last:
            yield c.found(
                (*path, "pauses", number), f"a pause begins on {pause.first}, after its last day {pause.last}", "change them round"
            )


def _duration(c: Checking, path: Path_, words: str, text: str) -> Iterator[Finding]:
    hours = _hours(text)
    if hours == 0:
        yield c.found(path, f"{words} {text}, which is no time at all", "say at least 1 hour")
    elif hours > MOST_DAYS * 24:
        yield c.found(path, f"{words} {text}, which is too long", f"say at most {MOST_DAYS} days")


def _hours(text: str) -> int:
    """A duration in hours, a working day counted as a day: enough to compare."""
    duration = Duration.parse(text)
    return duration.count * (1 if duration.unit == "hour" else 24)


def is_time(text: str) -> bool:
    """Whether a text is a time of day such as 09:00."""
    try:
        time.fromisoformat(text)
    except ValueError:
        return False
    return len(text) == len("09:00") and text[2] == ":"

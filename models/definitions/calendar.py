"""Working-day arithmetic in the programme's calendar, and ISO weeks.

Source of the holidays: the `holidays` library, Indonesia, categories public and government (joint leave), plus what
the definition adds. A deadline of n working days ends at the end of the n-th working day after today.
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays

from models.definitions.live import CalendarRule

DURATION = re.compile(r"^(\d+) (working )?(day|hour)s?(?: before)?$")


@dataclass(frozen=True, slots=True)
class Duration:
    """So many working days, calendar days or elapsed hours."""

    count: int
    unit: str  # "working day", "day" or "hour"

    @classmethod
    def parse(cls, text: str) -> "Duration":
        """Read "5 working days", "72 hours", "2 working days before". Raises ValueError."""
        match = DURATION.match(text)
        if not match:
            raise ValueError(f"{text!r} is not a duration such as '5 working days' or '72 hours'")
        return cls(int(match[1]), "working day" if match[2] else match[3])


class WorkCalendar:
    """Answers which days are worked and when a duration ends."""

    def __init__(self, rule: CalendarRule) -> None:
        self.zone = ZoneInfo(rule.time_zone)
        self._weekend = frozenset(rule.weekend)
        hour, minute = rule.day_ends.split(":")
        self._day_ends = time(int(hour), int(minute))
        self._known = holidays.country_holidays(rule.country, categories=tuple(rule.categories))
        self._extra = {item.date: item for item in rule.extra}
        self._pauses = [(pause.first, pause.last) for pause in rule.pauses]
        self._after = lru_cache(maxsize=4096)(self._count_working_days)
        self._worked: dict[date, bool] = {}

    def local_date(self, moment: datetime) -> date:
        """The calendar date of a moment at the programme's place."""
        return moment.astimezone(self.zone).date()

    def is_working_day(self, day: date) -> bool:
        """Whether people work on a day."""
        if day not in self._worked:
            extra = self._extra.get(day)
            self._worked[day] = extra.working if extra else day.weekday() not in self._weekend and day not in self._known
        return self._worked[day]

    def is_paused(self, day: date) -> bool:
        """Whether classes rest on a day (Ramadan)."""
        return any(first <= day <= last for first, last in self._pauses)

    def working_days_after(self, day: date, count: int) -> date:
        """The `count`-th working day after `day` (before it, when negative); `day` itself when 0."""
        return self._after(day, count)

    def _count_working_days(self, day: date, count: int) -> date:
        step = timedelta(days=1 if count > 0 else -1)
        left = abs(count)
        while left:
            day += step
            if self.is_working_day(day):
                left -= 1
        return day

    def working_days_between(self, first: date, last: date) -> int:
        """How many working days lie in (first, last]; negative when last is before first."""
        if last < first:
            return -self.working_days_between(last, first)
        return sum(self.is_working_day(first + timedelta(days=n)) for n in range(1, (last - first).days + 1))

    def end(self, start: datetime, text: str) -> datetime:
        """When a duration that begins at `start` ends; working days end at the close of that day. UTC."""
        duration = Duration.parse(text)
        if duration.unit == "hour":
            return (start + timedelta(hours=duration.count)).astimezone(UTC)
        if duration.unit == "day":
            return (start + timedelta(days=duration.count)).astimezone(UTC)
        return self._close_of(self.working_days_after(self.local_date(start), duration.count))

    def before(self, due: datetime, text: str) -> datetime:
        """The moment so long before `due`. UTC."""
        duration = Duration.parse(text)
        if duration.unit == "hour":
            return (due - timedelta(hours=duration.count)).astimezone(UTC)
        if duration.unit == "day":
            return (due - timedelta(days=duration.count)).astimezone(UTC)
        day = self.working_days_after(self.local_date(due), -duration.count)
        return datetime.combine(day, due.astimezone(self.zone).time(), self.zone).astimezone(UTC)

    def shifted(self, due: datetime, held_from: datetime, held_to: datetime) -> datetime:
        """A due time moved on by the working days between a hold and its end. UTC."""
        days = self.working_days_between(self.local_date(held_from), self.local_date(held_to))
        local = due.astimezone(self.zone)
        return datetime.combine(self.working_days_after(local.date(), days), local.time(), self.zone).astimezone(UTC)

    def moment(self, text: object) -> datetime | None:
        """A fact as a moment: an ISO time stamp, or a date (its beginning, local). None when it is neither. UTC."""
        try:
            parsed = datetime.fromisoformat(str(text))
        except ValueError:
            return None
        return (parsed if parsed.tzinfo else parsed.replace(tzinfo=self.zone)).astimezone(UTC)

    def _close_of(self, day: date) -> datetime:
        return datetime.combine(day, self._day_ends, self.zone).astimezone(UTC)


@dataclass(frozen=True, slots=True, order=True)
class Week:
    """An ISO week at the programme's place; it is cut on Monday 00:00 local time."""

    year: int
    number: int

    @classmethod
    def parse(cls, text: str) -> "Week":
        """Read "2018-W03". Raises ValueError saying what was expected."""
        match = re.match(r"^(\d{4})-W(\d{2})$", text)
        if not match:
            raise ValueError(f"{text!r} is not an ISO week such as 2018-W03")
        week = cls(int(match[1]), int(match[2]))
        date.fromisocalendar(week.year, week.number, 1)
        return week

    @classmethod
    def of(cls, day: date) -> "Week":
        """The week in which a local day lies."""
        year, number, _ = day.isocalendar()
        return cls(year, number)

    @property
    def monday(self) -> date:
        """Its first day."""
        return date.fromisocalendar(self.year, self.number, 1)

    def next(self) -> "Week":
        """The week after."""
        return Week.of(self.monday + timedelta(days=7))

    def previous(self) -> "Week":
        """The week before."""
        return Week.of(self.monday - timedelta(days=7))

    def cut(self, zone: ZoneInfo) -> datetime:
        """The moment at which it closes: Monday 00:00 after it, in UTC."""
        return datetime.combine(self.monday + timedelta(days=7), time(), zone).astimezone(UTC)

    def __str__(self) -> str:
        return f"{self.year}-W{self.number:02d}"

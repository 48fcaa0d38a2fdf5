"""The live parts of a definition, which may change for everybody at once, and the bundle of pinned and live parts."""

from datetime import date
from typing import Any, Literal, NotRequired, Self

from pydantic import ConfigDict, Field, model_validator
from typing_extensions import TypedDict  # pydantic asks for this one before Python 3.12

from models.definitions.intake import EvidenceRule
from models.definitions.public import Public
from models.definitions.schema import HandoffKind, Pinned, Strict, Text


class Target(Strict):
    """What the programme aims at: so many registrants by a date."""

    name: Text
    count: int = Field(gt=0)
    date: date


class Holiday(Strict):
    """A day that the library of holidays does not know, or a working day that it wrongly calls one."""

    date: date
    name: str
    working: bool = False


class CalendarRule(Strict):
    """The working-day calendar; `categories` government adds the joint leave days (cuti bersama)."""

    country: str = "ID"
    categories: list[Literal["public", "government"]] = ["public", "government"]  # noqa: RUF012 (pydantic copies it)
    time_zone: str = "Asia/Jakarta"
    weekend: list[int] = Field(default=[5, 6], description="0 is Monday")
    day_ends: str = Field(default="16:00", pattern=r"^\d\d:\d\d$")
    extra: list[Holiday] = Field(default_factory=list)
    pauses: list["Pause"] = Field(default_factory=list)


class Pause(Strict):
    """A time without classes, such as Ramadan."""

    name: Text
    first: date
    last: date


class Group(Strict):
    """Who owns queues: people with `role` in one of `stages`."""

    name: Text
    role: str
    stages: list[str] = Field(default_factory=list)


class Queue(Strict):
    """Where tasks wait, owned by one group. A claim that is left alone for `claim_lasts` goes back to the queue."""

    name: Text
    group: str
    stage: str
    claim_lasts: str | None = Field(default=None, pattern=r"^\d+ (working )?(day|hour)s?$")


class Message(Strict):
    """A message to the participant; `{name}`, `{case_number}`, `{district}` and facts may stand in the texts."""

    channel: Literal["sms", "whatsapp", "email"]
    subject: Text | None = None
    body: Text
    attach: Literal["calendar"] | None = None


class Partner(Strict):
    """A partner that serves one kind of hand-off: everywhere or in some areas, always or from one day to another.

    With `each`, it has an office in each district or village, and a hand-off keeps which of them it was addressed to.
    """

    kind: HandoffKind
    name: Text
    areas: list[str] = Field(default_factory=list)
    from_: date | None = Field(default=None, alias="from", description="the first day")
    until: date | None = Field(default=None, description="the last day")
    each: Literal["district", "village"] | None = None

    @model_validator(mode="after")
    def days_in_order(self) -> Self:
        """The first day is not after the last."""
        if self.from_ and self.until and self.from_ > self.until:
            raise ValueError(f"from: {self.from_} is after until: {self.until}")
        return self

    def serves_on(self, day: date) -> bool:
        """Whether it serves on a day."""
        return (self.from_ is None or self.from_ <= day) and (self.until is None or day <= self.until)


class Village(TypedDict):
    """A village whose name is spelt in other ways too."""

    __pydantic_config__ = ConfigDict(extra="forbid")  # type: ignore[misc]

    name: str
    also: NotRequired[list[str]]


class District(TypedDict):
    """A district, its other spellings, and its villages by code: a name, or a name with other spellings."""

    __pydantic_config__ = ConfigDict(extra="forbid")  # type: ignore[misc]

    name: str
    also: NotRequired[list[str]]
    villages: dict[str, str | Village]


class City(TypedDict):
    """A city and its districts by code."""

    __pydantic_config__ = ConfigDict(extra="forbid")  # type: ignore[misc]

    name: str
    districts: dict[str, District]


class Consent(Strict):
    """What a person agrees to at registration; the version is kept with the case."""

    version: str
    text: Text


class Live(Strict):
    """What may change for everybody at once, without a new definition for running cases."""

    target: Target
    calendar: CalendarRule
    groups: dict[str, Group]
    queues: dict[str, Queue]
    messages: dict[str, Message]
    words: dict[str, Text] = Field(default_factory=dict, description="what people read for facts, findings and reasons")
    partners: dict[str, Partner]
    resources: dict[str, Any] = Field(default_factory=dict)
    consent: Consent | None = None
    retention_months: int = Field(default=60, gt=0)
    areas: dict[str, City]
    evidence: list[EvidenceRule] = Field(default_factory=list)
    public: Public | None = Field(default=None, description="the public pages; without it nobody registers by themselves")


class Bundle(Strict):
    """A whole definition: the pinned part and the live parts."""

    pinned: Pinned
    live: Live


CalendarRule.model_rebuild()

"""What can be wrong with scarce things: classes that a step needs and nobody described, or that could never take place."""

from collections.abc import Iterator
from string import Formatter

from pydantic import Field, ValidationError, field_validator

from models.definitions.check_times import is_time
from models.definitions.checking import Checking, near
from models.definitions.loader import Finding, Path_
from models.definitions.schema import Strict, Text

CLASSES: Path_ = ("live", "resources", "classes")
HINTS = {
    "capacity": "the seats of a class, e.g. 50",
    "overbooking": "from 1 (nobody more than there are seats) to 3, e.g. 1.2",
    "kinds": "e.g. [basic, advanced]",
    "weekdays": "e.g. [1, 2, 3]; 0 is Monday",
    "starts": 'e.g. "09:00"',
    "venue": "in both languages; {district} is filled in",
}
PLACERS = frozenset({"place_in_class"})


class Classes(Strict):
    """The classes of each district: seats and how many more are invited, kinds in turn, days (0 is Monday), hour, place."""

    capacity: int = Field(ge=1, le=10_000)
    overbooking: float = Field(ge=1, le=3)
    kinds: list[str] = Field(min_length=1)
    weekdays: list[int] = Field(min_length=1)
    starts: str
    venue: Text

    @field_validator("weekdays")
    @classmethod
    def are_days(cls, days: list[int]) -> list[int]:
        """Days of a week."""
        for day in days:
            if not 0 <= day <= 6:
                raise ValueError(f"there is no day {day} of the week: 0 is Monday, 6 is Sunday")
        return days

    @field_validator("starts")
    @classmethod
    def is_a_time(cls, starts: str) -> str:
        """A time of day."""
        if not is_time(starts):
            raise ValueError(f'{starts} is no time of a day such as "09:00"')
        return starts

    @field_validator("venue")
    @classmethod
    def names_the_district(cls, venue: Text) -> Text:
        """Nothing but {district} is filled in."""
        for text in (venue.id, venue.en):
            for _, name, spec, conversion in Formatter().parse(text):
                if name is not None and (name != "district" or spec or conversion):
                    raise ValueError(f"nothing fills {{{name}}}: only {{district}} may stand here")
        return venue


def resources(c: Checking) -> Iterator[Finding]:
    """Whoever places people in classes finds them described, and they can take place."""
    given = c.definition.live.resources
    for key in sorted(given.keys() - {"classes"}):
        yield c.found(("live", "resources", key), f"there are no resources {key}", near(key, ["classes"]))
    if "classes" in given:
        yield from _classes(c)
        return
    for name, step in c.definition.steps.items():
        if step.do in PLACERS:
            message = f"{name} places people in classes, which resources: does not describe"
            yield c.found((*c.step_path(name), "do"), message, "add resources: classes: to programme.yaml")


def _classes(c: Checking) -> Iterator[Finding]:
    try:
        Classes.model_validate(c.definition.live.resources["classes"])
    except ValidationError as error:
        for item in error.errors():
            where = ".".join(["classes", *(str(part) for part in item["loc"])])
            message = f"{where}: {str(item['msg']).removeprefix('Value error, ')}"
            key = str(item["loc"][0]) if item["loc"] else ""
            yield c.found((*CLASSES, *item["loc"]), message, HINTS.get(key) or f"known are {', '.join(HINTS)}")

"""A definition ready for use: steps by name, stages in order, calendar and areas, built once and shared."""

from datetime import date
from functools import cached_property

from models.definitions.areas import AreaTree
from models.definitions.calendar import WorkCalendar
from models.definitions.live import Bundle
from models.definitions.loader import content_hash
from models.definitions.schema import Form, FormField, Stage, Step, Text


class Definition:
    """One immutable version of a programme. Steps are named `stage.step`."""

    def __init__(self, bundle: Bundle) -> None:
        self.bundle = bundle
        self.pinned, self.live = bundle.pinned, bundle.live
        self.programme = bundle.pinned.programme
        self.stages: dict[str, Stage] = {stage.stage: stage for stage in bundle.pinned.stages}
        self.stage_order: dict[str, int] = {key: n for n, key in enumerate(self.stages)}
        self.steps: dict[str, Step] = {
            f"{stage.stage}.{name}": step for stage in bundle.pinned.stages for name, step in stage.steps.items()
        }
        self.forms: dict[str, Form] = bundle.pinned.forms

    @cached_property
    def hash(self) -> str:
        """Content hash of the pinned part; the version that a case is pinned to."""
        return content_hash(self.pinned)

    @cached_property
    def calendar(self) -> WorkCalendar:
        """The working-day calendar (live)."""
        return WorkCalendar(self.live.calendar)

    @cached_property
    def areas(self) -> AreaTree:
        """The tree of cities, districts and villages (live)."""
        return AreaTree.from_dict(self.live.areas)

    @cached_property
    def labels(self) -> dict[str, Text]:
        """What people read for codes: words of the programme, labels of fields and options."""
        outer = [field for form in self.forms.values() for field in form.fields]
        fields = [*(inner for field in outer for inner in field.fields), *outer]
        options = {option.value: option.label for field in fields for option in field.options}
        arriving = {key: item.name for step in self.steps.values() for key, item in step.meanwhile.items()}
        return options | arriving | {field.name: field.label for field in fields} | self.live.words

    def word(self, code: str, locale: str) -> str | None:
        """What people read for a fact, a finding or a reason: its word, or the label of a field or option; None without."""
        known = self.labels.get(code)
        return known.in_(locale) if known else None

    def target_of(self, stage: str, go: str) -> str:
        """Turn a `go:` word of a stage into the full name of a step."""
        return go if "." in go else f"{stage}.{go}"

    def next_stage(self, stage: str) -> str | None:
        """The stage after this one in the definition's order, None after the last."""
        keys = list(self.stages)
        position = self.stage_order[stage] + 1
        return keys[position] if position < len(keys) else None

    def queue_of(self, step: str) -> str:
        """The queue in which a step's tasks wait: its own, else the stage's."""
        return self.steps[step].queue or step.split(".")[0]

    @cached_property
    def fields(self) -> dict[str, FormField]:
        """The fields of all forms by name; the first form that asks one describes it."""
        return {field.name: field for form in reversed(self.forms.values()) for field in reversed(form.fields)}

    def partner_for(self, kind: str, place: str, day: date) -> str | None:
        """The name of the partner that serves a kind at a place (code of any level) on a day; the most specific area wins."""
        found: tuple[int, str] | None = None
        for name, partner in self.live.partners.items():
            if partner.kind != kind or not partner.serves_on(day):
                continue
            fits = [len(area) for area in partner.areas if place == area or place.startswith(area + ".")]
            reach = max(fits, default=-1) if partner.areas else 0
            if reach >= 0 and (found is None or reach > found[0]):
                found = (reach, name)
        return found[1] if found else None

    def office_of(self, partner: str, district: str, village: str | None) -> str | None:
        """The area code of the partner's office for a place; the district while the village is not known; None with one office."""
        known = self.live.partners.get(partner)
        if known is None or known.each is None:
            return None
        return (village if known.each == "village" else None) or district

    def partner_name(self, partner: str, office: str | None, locale: str) -> str:
        """What people call a partner, with the place of its office."""
        known = self.live.partners.get(partner)
        name = known.name.in_(locale) if known else partner
        return f"{name} {self.areas.name(office)}" if office else name

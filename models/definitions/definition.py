"""A definition ready for use: steps by name, stages in order, calendar and areas, built once and shared."""

from functools import cached_property

from models.definitions.areas import AreaTree
from models.definitions.calendar import WorkCalendar
from models.definitions.live import Bundle
from models.definitions.loader import content_hash
from models.definitions.schema import Form, Stage, Step, Text


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
        fields = [field for form in self.forms.values() for field in form.fields]
        options = {option.value: option.label for field in fields for option in field.options}
        return options | {field.name: field.label for field in fields} | self.live.words

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

    def partner_for(self, kind: str, district: str) -> str | None:
        """The name of the partner that serves a kind in a district; the most specific area wins."""
        found: tuple[int, str] | None = None
        for name, partner in self.live.partners.items():
            if partner.kind != kind:
                continue
            fits = [len(area) for area in partner.areas if district == area or district.startswith(area + ".")]
            reach = max(fits, default=-1) if partner.areas else 0
            if reach >= 0 and (found is None or reach > found[0]):
                found = (reach, name)
        return found[1] if found else None

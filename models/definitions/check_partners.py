"""What can be wrong with who gets a hand-off: areas and days of partners, and facts that name one."""

from collections.abc import Iterator
from datetime import date, timedelta

from models.definitions.checking import Checking, near
from models.definitions.loader import Finding


def partners(c: Checking) -> Iterator[Finding]:
    """Partners serve areas that there are; whoever is chosen by area and day is one, and there is one on every day."""
    live = c.definition.live
    for key, partner in live.partners.items():
        for area in partner.areas:
            if c.definition.areas.get(area) is None:
                known = [place.code for place in (*c.definition.areas.cities(), *c.definition.areas.districts())]
                yield c.found(("live", "partners", key, "areas"), f"partner {key}: there is no area {area}", near(area, known))
    by_place = {str(step.hand_off): name for name, step in c.definition.steps.items() if step.hand_off and step.to is None}
    for kind, step in by_place.items():
        yield from _twice(c, kind)
        yield from _gap(c, kind, step)
    for name in [name for name, step in c.definition.steps.items() if step.to is not None]:
        yield from _named(c, name)


def _twice(c: Checking, kind: str) -> Iterator[Finding]:
    """Two partners of a kind for the same areas on the same days: nobody could say which one is meant."""
    same = [(key, partner) for key, partner in c.definition.live.partners.items() if partner.kind == kind]
    for number, (key, partner) in enumerate(same):
        for earlier, other in same[:number]:
            shared = set(partner.areas) & set(other.areas) or partner.areas == other.areas
            first = max(partner.from_ or date.min, other.from_ or date.min)
            if shared and first <= min(partner.until or date.max, other.until or date.max):
                since = f" from {first}" if first > date.min else ""
                yield c.found(
                    ("live", "partners", key),
                    f"{earlier} and {key} both serve {kind}{since}",
                    "say until: and from:, other areas:, or let the step say to: a fact",
                )


def _gap(c: Checking, kind: str, step: str) -> Iterator[Finding]:
    """The first place and day without a partner, from the day on which the definition begins."""
    d, begins = c.definition, c.definition.pinned.effective_from
    serving = [partner for partner in d.live.partners.values() if partner.kind == kind]
    if not serving:
        return
    days = {begins, *(p.from_ for p in serving if p.from_), *(p.until + timedelta(days=1) for p in serving if p.until)}
    places = [place for district in d.areas.districts() for place in (district, *d.areas.villages(district.code))]
    for day in sorted(day for day in days if day >= begins):
        for place in places:
            if d.partner_for(kind, place.code, day) is None:
                path = (*c.step_path(step), "hand_off")
                yield c.found(path, f"{step}: nobody serves {kind} in {place.name} on {day}", "let the partners' areas and days meet")
                return


def _named(c: Checking, name: str) -> Iterator[Finding]:
    """A step that says `to:`: what may be chosen there must be partners of its kind."""
    d, step = c.definition, c.definition.steps[name]
    field = d.fields.get(str(step.to))
    if step.hand_off is None:
        yield c.found((*c.step_path(name), "to"), f"{name} says to: without a hand_off", "remove it")
        return
    able = [key for key, partner in d.live.partners.items() if partner.kind == step.hand_off]
    for option in field.options if field else []:
        if option.value not in able:
            message = f"{name} goes to {step.to}, which may be {option.value}, no partner of {step.hand_off}"
            yield c.found((*c.step_path(name), "to"), message, near(option.value, able))

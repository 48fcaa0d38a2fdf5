"""What a hand-off carries: the contract's payload, built at the moment of sending from facts and the participant."""

from collections import defaultdict
from datetime import datetime, timedelta
from typing import Any

from icalendar import Calendar, Event

from integrations.kinds import KINDS
from models.definitions.definition import Definition
from models.engine.case import Case
from models.services.handoffs import Due

PAPERS = "doc_"


def payload_for(definition: Definition, due: Due, case: Case, person: dict[str, Any]) -> dict[str, Any]:
    """The payload of a hand-off as JSON; fields that nobody knows yet are null."""
    kind = KINDS[due.kind]
    if due.kind == "messaging":
        values = _message(definition, due, case, person)
    else:
        own = {name: person.get(name) for name in ("name", "nik", "phone", "address", "business_type")}
        handoff = case.handoffs[due.id]
        papers = sorted(name for name, there in case.facts.items() if name.startswith(PAPERS) and there is True)
        known = {
            "district": case.district,
            "village": case.village,
            "office": handoff.office,
            "ordered_on": definition.calendar.local_date(handoff.ordered_at).isoformat() if handoff.ordered_at else None,
            "papers": papers,
            "channels": [],
            "consent_given": False,
        }
        values = known | case.facts | person.get("answers", {}) | own
    wanted = {name: values.get(name) for name in kind.payload.model_fields}
    return kind.payload.model_validate(wanted).model_dump(mode="json")


def _message(definition: Definition, due: Due, case: Case, person: dict[str, Any]) -> dict[str, Any]:
    message, locale = definition.live.messages[due.message], str(person.get("locale") or "id")
    words: dict[str, Any] = defaultdict(lambda: "–")
    words |= {name: value for name, value in case.facts.items() if value is not None}
    words |= {"name": person["name"], "case_number": case.number, "district": definition.areas.name(case.district)}
    if person.get("code"):
        words["code"] = person["code"]
    to = person.get("email") if message.channel == "email" else person.get("phone")
    return {
        "channel": message.channel,
        "to": to or "",
        "subject": message.subject.in_(locale).format_map(words) if message.subject else None,
        "body": message.body.in_(locale).format_map(words),
        "calendar": _calendar(case, message.subject.in_(locale) if message.subject else "") if message.attach else None,
    }


def _calendar(case: Case, summary: str) -> str | None:
    """The class as an .ics file; its UID stays the same when the class moves, so that calendars replace it."""
    starts = case.facts.get("class_at")
    if not starts:
        return None
    event = Event()
    event.add("uid", f"{case.facts.get('class_id')}-{case.id}@langkah")
    event.add("summary", summary)
    event.add("dtstart", datetime.fromisoformat(str(starts)))
    event.add("duration", timedelta(hours=6))
    event.add("location", str(case.facts.get("class_venue", "")))
    event.add("dtstamp", datetime.fromisoformat(str(starts)))
    calendar = Calendar()
    calendar.add("prodid", "-//Langkah//id")
    calendar.add("version", "2.0")
    calendar.add_component(event)
    return str(calendar.to_ical().decode())

"""A participant's own case: what they see of it, and what they may do. Everything is about the case they signed in to."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from models.definitions.definition import Definition
from models.definitions.schema import Form
from models.engine.case import Case, Position
from models.engine.commands import ReceiveEvent, Withdraw
from models.engine.explain import Explanation, explain
from models.engine.states import rule
from models.errors import Invalid, NotFound, Problem
from models.services import access, cases, corrections, participants, programmes, requests
from models.services.actor import MACHINE
from models.services.participant_access import Own

# Who somebody is was checked against their identity card; only the desk changes it, with the card in sight.
CORRECTABLE = ("phone", "phone2", "email", "address", "rt", "rw", "business_type")
WITHDRAWN = "Peserta mengundurkan diri lewat halaman berkas / withdrew on the case's page"


@dataclass(frozen=True, slots=True)
class Asked:
    """Something that the case waits for from the participant: a form, and the ways in which it may be answered."""

    position: str
    step: str
    name: str
    form: Form | None
    outcomes: tuple[str, ...]
    due_at: datetime | None


@dataclass(frozen=True, slots=True)
class Reply:
    """Something that the participant may say while the case waits for a date; `words` is how they say it."""

    name: str
    words: str


@dataclass(frozen=True, slots=True)
class OwnCase:
    """What a participant sees. `holder` is who has the case now in words, "" when nobody in particular."""

    number: str
    status: str
    version: int
    definition: Definition
    case: Case
    person: dict[str, Any]
    explanation: Explanation
    holder: str
    asked: tuple[Asked, ...]
    replies: tuple[Reply, ...]
    may_withdraw: bool


async def view(session: AsyncSession, own: Own, now: datetime) -> OwnCase:
    """The participant's case as it is now, its words in their language."""
    case = await cases.folded(session, own.case_id)
    definition = await programmes.by_hash(session, case.definition)
    found = explain(definition, case, now)
    return OwnCase(
        number=case.number,
        status=case.status,
        version=case.version,
        definition=definition,
        case=case,
        person=await participants.shown(session, own.case_id),
        explanation=found,
        holder=await _holder(session, definition, case, found, own.actor.locale),
        asked=asked(definition, case, own.actor.locale),
        replies=replies(definition, case, own.actor.locale),
        may_withdraw=rule("case", case.status, "withdraw") is not None,
    )


async def _holder(session: AsyncSession, definition: Definition, case: Case, found: Explanation, locale: str) -> str:
    """Who has the case: a partner, the participant's own person by name, else the group; officers are not named."""
    if found.blocker == "partner":
        handoff = next((h for h in case.handoffs.values() if h.position and h.step == found.step and h.partner == found.owner), None)
        return definition.partner_name(found.owner, handoff.office if handoff else None, locale) if found.owner else ""
    stage = found.step.split(".")[0]
    if found.blocker != "person" or stage not in definition.stages:
        return ""
    fact = definition.steps[found.step].assign_to
    person = case.facts.get(fact) if fact else None
    group = definition.live.groups[definition.stages[stage].owner].name.in_(locale)
    named = (await access.names(session)).get(str(person)) if person else None
    return f"{named} ({group})" if named else group


def asked(definition: Definition, case: Case, locale: str) -> tuple[Asked, ...]:
    """What waits for the participant; an outcome that only the clock brings is no answer."""
    if rule("case", case.status, "receive") is None:
        return ()
    return tuple(_asked(definition, position, locale) for position in case.positions.values() if position.kind == "event")


def _asked(definition: Definition, position: Position, locale: str) -> Asked:
    step = definition.steps[position.step]
    late = step.deadline.then if step.deadline else None
    form = definition.forms.get(step.form or "")
    name = form.title if form else step.name
    return Asked(
        position.id,
        position.step,
        name.in_(locale) if name else position.step,
        form,
        tuple(key for key in step.outcomes if key != late),
        position.due_at,
    )


def replies(definition: Definition, case: Case, locale: str) -> tuple[Reply, ...]:
    """What the participant may say to what the case waits for now."""
    public = definition.live.public
    if public is None or rule("case", case.status, "receive") is None:
        return ()
    offered = [name for position in case.positions.values() for name in definition.steps[position.step].meanwhile]
    return tuple(Reply(name, public.replies[name].in_(locale)) for name in offered if name in public.replies)


async def reply(session: AsyncSession, own: Own, name: str, now: datetime) -> None:
    """Say one of the replies. Raises NotFound when it is not asked any more."""
    case = await cases.folded(session, own.case_id)
    definition = await programmes.by_hash(session, case.definition)
    if name not in [item.name for item in replies(definition, case, own.actor.locale)]:
        raise NotFound("Ini sudah tidak ditunggu lagi / this is not waited for any more")
    await cases.execute(session, own.actor, own.case_id, ReceiveEvent(name, name), now, version=case.version)


async def answer(session: AsyncSession, own: Own, position: str, outcome: str, typed: dict[str, Any], now: datetime) -> None:
    """Bring what the case waits for, checked as at the desk. Raises Invalid by field, NotFound when nothing waits for it any more."""
    case = await cases.folded(session, own.case_id)
    definition = await programmes.by_hash(session, case.definition)
    waits = next((item for item in asked(definition, case, own.actor.locale) if item.position == position), None)
    if waits is None or outcome not in waits.outcomes:
        raise NotFound("Ini sudah tidak ditunggu lagi / this is not waited for any more")
    command = ReceiveEvent(str(definition.steps[waits.step].await_), outcome, typed)
    prepared = await requests.prepare(session, own.actor, definition, case, command, now)
    await cases.execute(session, own.actor, own.case_id, prepared, now, version=case.version)


async def withdraw(session: AsyncSession, own: Own, reason: str, now: datetime) -> None:
    """Leave the programme. Raises Conflict when the case has ended already."""
    case = await cases.folded(session, own.case_id)
    definition = await programmes.by_hash(session, case.definition)
    command = await requests.prepare(session, own.actor, definition, case, Withdraw(reason.strip() or WITHDRAWN), now)
    await cases.execute(session, own.actor, own.case_id, command, now)


async def correct(session: AsyncSession, own: Own, typed: dict[str, Any], now: datetime) -> None:
    """Correct what the participant may correct alone; what is as stored is left. Raises Invalid by field."""
    if other := sorted(set(typed) - set(CORRECTABLE)):
        message = "Bagian ini hanya diubah di kantor kecamatan / only the district office changes this"
        raise Invalid(requests.SENTENCE, [Problem("not_here", message, field=name) for name in other])
    stored = await participants.shown(session, own.case_id)
    changed = {name: value for name, value in typed.items() if value.strip() != str(stored[name] or "")}
    if "phone" in changed and not changed["phone"].strip():
        # Without a number there would be no way back to this page.
        raise Invalid(requests.SENTENCE, [Problem("required", "Isi nomor HP / enter a mobile number", field="phone")])
    if changed:
        await corrections.write(session, own.actor, await cases.find(session, MACHINE, own.number), changed, now)

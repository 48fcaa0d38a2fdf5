"""People who register by themselves: the programme's questions, read like the rows of a list, and one answer for all.

Who is registered already gets a number like everybody else; it leads to the case that they have, and a message tells the
phone on file. So nobody learns from the outside whether a NIK is registered.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from models.definitions import forms
from models.definitions.definition import Definition
from models.definitions.public import Question
from models.definitions.schema import Form, Text
from models.engine.commands import Message, RegisterAgain
from models.errors import Invalid, NotFound, Problem
from models.intake.checks import check
from models.intake.fields import rt_rw_in
from models.intake.nik import read_nik
from models.services import cases, intake, reach, requests, throttle
from models.services.actor import MACHINE, VISITOR, Actor
from models.services.participants import Person

MESSAGES_A_DAY = 3
AT_ONE_ADDRESS, WINDOW = 60, timedelta(hours=1)
_COLUMNS = frozenset(item.name for item in fields(Person))
_UNKNOWN = Text(
    id="“{typed}” tidak ada di wilayah program. Tulis nama kelurahan saja.",
    en="“{typed}” is not in the programme's area. Write the name of the kelurahan alone.",
)
_WHICH = Text(id="“{typed}” tidak ada. Maksudnya {names}?", en="There is no “{typed}”. Did you mean {names}?")
_AGREE = Text(
    id="Tanpa persetujuan kami tidak dapat menyimpan data Anda.",
    en="Without your consent we cannot keep your data.",
)


@dataclass(slots=True)
class Answers:
    """What was answered, clean: of the person, and facts that identify nobody; what is wrong, and places that may be meant."""

    personal: dict[str, Any] = field(default_factory=dict)
    facts: dict[str, Any] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    alike: list[str] = field(default_factory=list)


def questions(definition: Definition) -> list[Question]:
    """The questions of a registration in order. Raises NotFound when nobody registers by themselves."""
    if definition.live.public is None or definition.live.consent is None:
        raise NotFound("Pendaftaran lewat halaman ini belum dibuka / registration on these pages is not open yet")
    return definition.live.public.questions


def read(definition: Definition, asked: Sequence[Question], typed: dict[str, Any], today: date, locale: str) -> Answers:
    """Read the answers to some questions as people type them; a problem each, in one language, beside its field."""
    form_fields = [item for question in asked for item in question.fields]
    names = {item.name for item in form_fields}
    form = Form(title=Text(id="-", en="-"), fields=form_fields)
    facts, personal, problems = forms.validate(form, {k: v for k, v in typed.items() if k in names}, locale)
    village = personal.pop("village", None)
    personal, wrong = check(personal, today)
    answers = Answers(personal, facts, [*problems, *(replace(item, message=_half(item.message, locale)) for item in wrong)])
    if village is not None:
        _place(definition, answers, village, locale)
    return answers


def _place(definition: Definition, answers: Answers, typed: str, locale: str) -> None:
    found = definition.areas.find("village", typed)
    if found is not None:
        answers.personal |= {"village": found.area.code, "district": found.area.parent}
        return
    answers.alike = [area.name for area in definition.areas.alike("village", typed)]
    between = {"id": " atau ", "en": " or "}[locale]
    words = _WHICH.in_(locale).format(typed=typed, names=between.join(answers.alike)) if answers.alike else None
    answers.problems.append(Problem("unknown_village", words or _UNKNOWN.in_(locale).format(typed=typed), field="village"))


def _half(message: str, locale: str) -> str:
    parts = message.split(" / ")
    return parts[-1] if locale == "en" else parts[0]


def doubts(personal: dict[str, Any]) -> list[str]:
    """What the person should look at once more before sending, by field; nobody is refused for it."""
    nik, born = read_nik(personal.get("nik", "")), personal.get("birth_date")
    fits = nik.error is not None or born is None or nik.birth_fits(date.fromisoformat(born))
    return [] if fits else ["birth_date"]


async def count_visit(session: AsyncSession, address: str) -> None:
    """Count a registration that is sent from an address; the caller commits before it goes on. Raises TooMany."""
    await throttle.count(session, "register", address, AT_ONE_ADDRESS, WINDOW)


async def register(
    session: AsyncSession, definition: Definition, typed: dict[str, Any], *, agreed: str | None, locale: str, now: datetime
) -> str:
    """Register who answered all questions and agreed to that version of the consent; returns the number they are told.

    Raises Invalid by field. A number of staff, or one on several files, cannot consent: the case is opened, and somebody
    has the consent signed.
    """
    consent, today = definition.live.consent, definition.calendar.local_date(now)
    answers = read(definition, questions(definition), typed, today, locale)
    if consent is None or agreed != consent.version:
        answers.problems.append(Problem("required", _AGREE.in_(locale), field="consent"))
    if answers.problems or consent is None:
        raise Invalid(requests.SENTENCE, answers.problems)
    person = _person(answers.personal, locale)
    own = await reach.is_own(session, person.phone, None)
    facts = {"registered_on": today.isoformat(), "has_phone": person.phone is not None, "business_months": 0, **answers.facts}
    facts |= {"consent_version": consent.version} if own else {"consent_needed": True}
    actor = replace(VISITOR, locale=locale)
    case, number = await intake.register_one(session, actor, definition, person, facts, now)
    return number if case is not None else await _again(session, actor, definition, number, now)


def _person(personal: dict[str, Any], locale: str) -> Person:
    """Who registers, as they are stored; the sex is the one in the NIK, RT and RW those that the address names."""
    known = {name: value for name, value in personal.items() if name in _COLUMNS}
    rt, rw = rt_rw_in(known.get("address") or "")
    sex = "P" if read_nik(known["nik"]).woman else "L"
    born = date.fromisoformat(known.pop("birth_date"))
    return Person(**({"sex": sex, "rt": rt, "rw": rw} | known), birth_date=born, locale=locale)


async def _again(session: AsyncSession, actor: Actor, definition: Definition, known: str, now: datetime) -> str:
    """Give somebody who is registered another number for the same case, and tell the phone on file, some times a day at most."""
    row = await cases.find(session, MACHINE, known)
    if row.status == "merged":
        row = await cases.find(session, MACHINE, row.status_reason)
    [number] = await cases.new_numbers(session, definition, 1, now)
    case_id = str(row.id)
    await session.execute(
        text("INSERT INTO other_number (number, case_id) VALUES (:number, CAST(:case AS uuid))"), {"number": number, "case": case_id}
    )
    has_phone = await session.scalar(
        text("SELECT phone IS NOT NULL FROM participant WHERE id = CAST(:id AS uuid)"), {"id": row.participant_id}
    )
    message = None
    if has_phone and await throttle.within(session, "told to be registered", case_id, MESSAGES_A_DAY, timedelta(days=1)):
        key = definition.live.public.messages.registered_again if definition.live.public else ""
        message = Message(key, definition.live.messages[key].channel)
    await cases.execute(session, actor, case_id, RegisterAgain(number, message), now)
    return number

"""Correcting what is stored of a person: checked like a registration, told to the journal by field name only."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from models.definitions import forms
from models.definitions.schema import FieldType, Form, FormField, Option, Text
from models.engine.case import Case
from models.engine.commands import CorrectData
from models.errors import Conflict, Invalid, Problem
from models.intake.checks import check
from models.services import cases, participants, programmes
from models.services.actor import Actor

NEVER_EMPTY = ("name", "nik")
SENTENCE = "Ada isian yang perlu diperbaiki / some fields need correction"


def _field(name: str, kind: FieldType, indonesian: str, english: str, **more: Any) -> FormField:
    return FormField(name=name, type=kind, label=Text(id=indonesian, en=english), personal=True, **more)


FORM = Form(
    title=Text(id="Perbaiki data", en="Correct the data"),
    fields=[
        _field("name", "text", "Nama", "Name"),
        _field("nik", "text", "NIK", "NIK", hint=Text(id="16 angka; kosongkan bila sudah benar", en="16 digits; leave empty when right")),
        _field(
            "sex",
            "choice",
            "Jenis kelamin",
            "Sex",
            options=[
                Option(value="P", label=Text(id="Perempuan", en="Female")),
                Option(value="L", label=Text(id="Laki-laki", en="Male")),
            ],
        ),
        _field("birth_place", "text", "Tempat lahir", "Place of birth"),
        _field("birth_date", "date", "Tanggal lahir", "Date of birth"),
        _field("phone", "phone", "Nomor HP", "Mobile number"),
        _field("phone2", "phone", "Nomor HP kedua", "Second number"),
        _field("email", "text", "Alamat surel", "E-mail address"),
        _field("address", "text", "Alamat", "Address"),
        _field("rt", "text", "RT", "RT"),
        _field("rw", "text", "RW", "RW"),
        _field("business_type", "text", "Jenis usaha", "Kind of business"),
    ],
)


async def correct(
    session: AsyncSession, actor: Actor, number: str, typed: dict[str, Any], now: datetime, *, version: int | None = None
) -> Case:
    """Correct some fields as typed; an empty one is erased. Raises Invalid with a problem per field, Conflict for a known NIK.

    Only administrators and the desk may correct a NIK.
    """
    row = await cases.find(session, actor, number)
    actor.require("correct_data", stage=row.stage, district=row.district)
    if "nik" in typed:
        actor.require("correct_nik", stage=row.stage, district=row.district)
    return await write(session, actor, row, typed, now, version=version)


async def write(session: AsyncSession, actor: Actor, row: Any, typed: dict[str, Any], now: datetime, *, version: int | None = None) -> Case:
    """Check corrections and carry them out; the caller has authorised the actor on the case of that row. Raises like `correct`."""
    definition = await programmes.by_hash(session, row.definition)
    clean, problems = read(typed, definition.calendar.local_date(now), actor.reads)
    if problems:
        raise Invalid(SENTENCE, problems)
    if not clean:
        raise Invalid(SENTENCE, [Problem("required", "Tidak ada yang diperbaiki / nothing to correct", field="data")])
    case_id, nik = str(row.id), clean.pop("nik", None)
    if nik is not None:
        await session.execute(text("SELECT pg_advisory_xact_lock(hashtext('intake:' || :programme))"), {"programme": row.programme})
        if not await participants.change_nik(session, case_id, nik):
            message = "NIK ini milik peserta lain / this NIK belongs to another participant"
            raise Conflict(message, [Problem("known_nik", message, field="nik")])
    await participants.update_answers(session, case_id, clean)
    names = tuple(sorted([*clean, *(["nik"] if nik is not None else [])]))
    facts = {"has_phone": clean["phone"] is not None} if "phone" in clean else {}
    return await cases.execute(session, actor, case_id, CorrectData(names, facts), now, version=version)


def read(typed: dict[str, Any], today: date, locale: str) -> tuple[dict[str, Any], list[Problem]]:
    """The corrections as they are stored (None erases), and what is wrong by field."""
    empty = {name for name, value in typed.items() if value is None or (isinstance(value, str) and not value.strip())}
    _, clean, problems = forms.validate(FORM, typed, locale)
    found = list(problems)
    known = {field.name for field in FORM.fields}
    for name in sorted(empty & known):
        if name in NEVER_EMPTY:
            found.append(Problem("required", "Isi bagian ini / fill this in", field=name))
        else:
            clean[name] = None
    clean, wrong = check(clean, today)
    return clean, found + wrong

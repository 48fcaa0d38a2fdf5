"""Correcting what is stored of a person: checked like a registration, told to the journal by field name only."""

import re
from datetime import date, datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from models.definitions import forms
from models.definitions.schema import FieldType, Form, FormField, Option, Text
from models.engine.case import Case
from models.engine.commands import CorrectData
from models.errors import Conflict, Invalid, Problem
from models.intake import fields
from models.intake.messages import MESSAGES
from models.intake.nik import read_nik
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
    for name, check in _CHECKS.items():
        if clean.get(name) is not None:
            value, problem = check(clean[name], today)
            clean[name] = value
            found += [problem] if problem else []
    return clean, found


def _name(value: str, _today: date) -> tuple[Any, Problem | None]:
    name = fields.name_of(value)[:120]
    return name, None if name else Problem("required", "Isi bagian ini / fill this in", field="name")


def _nik(value: str, _today: date) -> tuple[Any, Problem | None]:
    nik = read_nik(value)
    problem = Problem(nik.error, " / ".join(MESSAGES[nik.error]).format(shown=nik.shown), field="nik") if nik.error else None
    return nik.digits, problem


def _birth_date(value: str, today: date) -> tuple[Any, Problem | None]:
    message = "Tanggal lahir antara 1900 dan hari ini / a date between 1900 and today"
    return value, None if "1900" <= value <= today.isoformat() else Problem("not_date", message, field="birth_date")


def _email(value: str, _today: date) -> tuple[Any, Problem | None]:
    message = "Isi alamat surel seperti nama@contoh.id / enter an address such as name@example.org"
    fits = re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", value)
    return value, None if fits else Problem("not_email", message, field="email")


def _three_digits(name: str) -> Any:
    message = "Isi satu sampai tiga angka / one to three digits"

    def check(value: str, _today: date) -> tuple[Any, Problem | None]:
        fits = re.fullmatch(r"[0-9]{1,3}", value)
        return value.zfill(3), None if fits else Problem("not_number", message, field=name)

    return check


_CHECKS = {
    "name": _name,
    "nik": _nik,
    "birth_date": _birth_date,
    "email": _email,
    "rt": _three_digits("rt"),
    "rw": _three_digits("rw"),
}

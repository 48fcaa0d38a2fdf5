"""People: stored once per NIK, found without showing it, corrected, searched."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from models.db import driver
from models.errors import Invalid, Problem
from models.intake.doubles import KnownCase
from models.services.vault import decrypt, encrypt, lookup_hash

PEOPLE = UUID("b0c5b7f4-31f4-4b53-9c0e-6a0f4d8c2a11")
EDITABLE = (
    "name",
    "sex",
    "birth_place",
    "birth_date",
    "phone",
    "phone2",
    "email",
    "address",
    "rt",
    "rw",
    "business_type",
)


@dataclass(frozen=True, slots=True)
class Person:
    """What is known of a person when they register. `nik` is 16 digits, `phone` E.164, areas are codes."""

    nik: str
    name: str
    district: str
    village: str | None = None
    sex: str | None = None
    birth_place: str | None = None
    birth_date: date | None = None
    phone: str | None = None
    phone2: str | None = None
    email: str | None = None
    address: str | None = None
    rt: str | None = None
    rw: str | None = None
    business_type: str | None = None
    locale: str = "id"


def searchable(words: str) -> str:
    """A name as it is searched: lower case, no accents, single blanks."""
    plain = unicodedata.normalize("NFKD", words).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", " ", plain).strip()


def nik_hash(nik: str) -> bytes:
    """The keyed hash by which a NIK is looked up."""
    return lookup_hash(nik, "nik")


async def store(session: AsyncSession, people: Sequence[Person]) -> list[str]:
    """Store new people and return their ids in order; one who is known already keeps the stored data."""
    if not people:
        return []
    hashes = [nik_hash(person.nik) for person in people]
    rows = [
        (
            uuid5(PEOPLE, digest.hex()),
            digest,
            encrypt(person.nik.encode(), "nik"),
            person.nik[-4:],
            person.name,
            searchable(person.name),
            person.sex,
            person.birth_place,
            person.birth_date,
            person.phone,
            person.phone2,
            person.email,
            person.address,
            person.rt,
            person.rw,
            person.village,
            person.district,
            person.business_type,
            person.locale,
        )
        for person, digest in zip(people, hashes, strict=True)
    ]
    await (await driver(session)).executemany(
        "INSERT INTO participant (id, nik_hash, nik_encrypted, nik_last4, name, name_search, sex, birth_place, birth_date,"
        " phone, phone2, email, address, rt, rw, village, district, business_type, locale)"
        f" VALUES ({', '.join(f'${n}' for n in range(1, 20))}) ON CONFLICT (nik_hash) DO NOTHING",
        rows,
    )
    return [str(row[0]) for row in rows]


async def cases_by_nik(session: AsyncSession, programme: str, niks: Sequence[str]) -> dict[str, KnownCase]:
    """The cases of people who are in the programme already, by NIK."""
    hashes = {nik_hash(nik): nik for nik in set(niks)}
    rows = await (await driver(session)).fetch(
        "SELECT p.nik_hash, p.name, p.birth_date, c.number FROM participant p"
        " JOIN cases c ON c.participant_id = p.id AND c.programme = $1 WHERE p.nik_hash = ANY($2::bytea[])",
        programme,
        list(hashes),
    )
    return {hashes[bytes(row["nik_hash"])]: KnownCase(row["number"], row["name"], row["birth_date"]) for row in rows}


async def cases_alike(session: AsyncSession, programme: str, people: Mapping[int, tuple[str, date, str]]) -> dict[int, str]:
    """The numbers of cases whose participant has the same name, birth date and phone, by the key of who is asked for."""
    rows = await (await driver(session)).fetch(
        "SELECT asked.key, min(c.number) AS number"
        " FROM unnest($2::int[], $3::text[], $4::date[], $5::text[]) AS asked(key, name, birth_date, phone)"
        " JOIN participant p ON p.phone = asked.phone AND p.birth_date = asked.birth_date AND p.name_search = asked.name"
        " JOIN cases c ON c.participant_id = p.id AND c.programme = $1 GROUP BY asked.key",
        programme,
        list(people),
        [searchable(name) for name, _, _ in people.values()],
        [birth_date for _, birth_date, _ in people.values()],
        [phone for _, _, phone in people.values()],
    )
    return {row["key"]: row["number"] for row in rows}


async def of_cases(session: AsyncSession, case_ids: Sequence[str]) -> dict[str, dict[str, Any]]:
    """The people behind cases, by case id, with `nik` decrypted: for actions and partners, never for pages or logs."""
    rows = await (await driver(session)).fetch(
        "SELECT c.id AS case_id, p.* FROM cases c JOIN participant p ON p.id = c.participant_id WHERE c.id = ANY($1::uuid[])",
        list(case_ids),
    )
    return {str(row["case_id"]): dict(row) | {"nik": decrypt(row["nik_encrypted"], "nik").decode()} for row in rows}


async def shown(session: AsyncSession, case_id: str) -> dict[str, Any]:
    """The person behind a case as staff see them: the NIK masked."""
    row = (
        await session.execute(
            text(
                f"SELECT p.id::text, p.nik_last4, p.village, p.district, {', '.join('p.' + name for name in EDITABLE)}"
                " FROM cases c JOIN participant p ON p.id = c.participant_id WHERE c.id = CAST(:case AS uuid)"
            ),
            {"case": case_id},
        )
    ).one()
    return dict(row._mapping) | {"nik": f"•••• •••• •••• {row.nik_last4}"}


async def update_answers(session: AsyncSession, case_id: str, personal: dict[str, Any]) -> tuple[str, ...]:
    """Write personal answers or corrections to the participant; returns the names of the fields that changed.

    Raises Invalid for a field that the participant does not have.
    """
    unknown = [name for name in personal if name not in EDITABLE]
    if unknown:
        raise Invalid("data", [Problem("unknown_field", "tidak dikenal / unknown", field=name) for name in unknown])
    if not personal:
        return ()
    values = dict(personal)
    if "name" in values:
        values["name_search"] = searchable(str(values["name"]))
    if isinstance(values.get("birth_date"), str):
        try:
            values["birth_date"] = date.fromisoformat(values["birth_date"])
        except ValueError:
            message = "Isi tanggal seperti 1980-01-24 / enter a date such as 1980-01-24"
            raise Invalid(message, [Problem("not_date", message, field="birth_date")]) from None
    assigned = ", ".join(f"{name} = :{name}" for name in values)
    await session.execute(
        text(
            f"UPDATE participant SET {assigned}, updated_at = now()"
            " WHERE id = (SELECT participant_id FROM cases WHERE id = CAST(:case AS uuid))"
        ),
        values | {"case": case_id},
    )
    return tuple(sorted(personal))

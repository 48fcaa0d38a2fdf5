"""People: stored once per NIK, found without showing it, corrected, searched."""

import json
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID, uuid4, uuid5

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from models.db import driver
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


def pattern(words: str) -> str:
    """The LIKE pattern with which lists look for words in names and case numbers; whatever separates words fits any separator.

    What is no letter or digit finds nothing by itself: such a pattern equals no name and no number.
    """
    plain = searchable(words)
    return f"%{plain.replace(' ', '_')}%" if plain or not words.strip() else "-"


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
    connection = await driver(session)
    insert = (
        "INSERT INTO participant (id, nik_hash, nik_encrypted, nik_last4, name, name_search, sex, birth_place, birth_date,"
        " phone, phone2, email, address, rt, rw, village, district, business_type, locale)"
        f" VALUES ({', '.join(f'${n}' for n in range(1, 20))}) ON CONFLICT DO NOTHING"
    )
    await connection.executemany(insert, rows)
    known = await _by_hash(connection, hashes)
    # A NIK that was once typed for somebody else and corrected since: that person keeps the id made from it.
    lost = [(uuid4(), *row[1:]) for row in rows if row[1] not in known]
    if lost:
        await connection.executemany(insert, lost)
        known = await _by_hash(connection, hashes)
    return [known[digest] for digest in hashes]


async def _by_hash(connection: Any, hashes: Sequence[bytes]) -> dict[bytes, str]:
    rows = await connection.fetch("SELECT nik_hash, id::text FROM participant WHERE nik_hash = ANY($1::bytea[])", list(hashes))
    return {bytes(row["nik_hash"]): row["id"] for row in rows}


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
        " JOIN cases c ON c.participant_id = p.id AND c.programme = $1 AND c.status <> 'merged' GROUP BY asked.key",
        programme,
        list(people),
        [searchable(name) for name, _, _ in people.values()],
        [birth_date for _, birth_date, _ in people.values()],
        [phone for _, _, phone in people.values()],
    )
    return {row["key"]: row["number"] for row in rows}


async def doubles(session: AsyncSession, case_ids: Sequence[str]) -> dict[str, str]:
    """By case: the first case of a person with another NIK who has the same name, birth date and phone."""
    rows = await (await driver(session)).fetch(
        "SELECT c.id::text AS id, min(oc.number) AS number FROM cases c JOIN participant p ON p.id = c.participant_id"
        " JOIN participant o ON o.phone = p.phone AND o.name_search = p.name_search AND o.birth_date = p.birth_date"
        " AND o.id <> p.id JOIN cases oc ON oc.participant_id = o.id AND oc.programme = c.programme"
        " AND oc.number < c.number AND oc.status <> 'merged' WHERE c.id = ANY($1::uuid[]) GROUP BY c.id",
        list(case_ids),
    )
    return {row["id"]: row["number"] for row in rows}


async def of_cases(session: AsyncSession, case_ids: Sequence[str]) -> dict[str, dict[str, Any]]:
    """The people behind cases, by case id, with `nik` decrypted: for actions and partners, never for pages or logs."""
    rows = await (await driver(session)).fetch(
        "SELECT c.id AS case_id, p.* FROM cases c JOIN participant p ON p.id = c.participant_id WHERE c.id = ANY($1::uuid[])",
        list(case_ids),
    )
    answers = await answers_of(session, case_ids)
    return {
        str(row["case_id"]): dict(row)
        | {"nik": decrypt(row["nik_encrypted"], "nik").decode(), "answers": answers.get(str(row["case_id"]), {})}
        for row in rows
    }


async def answers_of(session: AsyncSession, case_ids: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Personal answers of forms that are no column of the participant, by case id and field."""
    rows = await (await driver(session)).fetch(
        "SELECT case_id::text, name, value #>> '{}' AS value, jsonb_typeof(value) = 'array' AS rows"
        " FROM case_answer WHERE case_id = ANY($1::uuid[]) ORDER BY name",
        list(case_ids),
    )
    found: dict[str, dict[str, Any]] = {}
    for row in rows:
        found.setdefault(row["case_id"], {})[row["name"]] = json.loads(row["value"]) if row["rows"] else row["value"]
    return found


async def shown(session: AsyncSession, case_id: str) -> dict[str, Any]:
    """The person behind a case as staff see them: the NIK masked."""
    row = (
        await session.execute(
            text(
                f"SELECT p.id::text, p.nik_last4, {', '.join('p.' + name for name in EDITABLE)}"
                " FROM cases c JOIN participant p ON p.id = c.participant_id WHERE c.id = CAST(:case AS uuid)"
            ),
            {"case": case_id},
        )
    ).one()
    return dict(row._mapping) | {"nik": f"•••• •••• •••• {row.nik_last4}"}


async def update_answers(session: AsyncSession, case_id: str, personal: dict[str, Any]) -> tuple[str, ...]:
    """Write personal answers, clean already: to the participant where it has such a field, else beside the case, erasable.

    Returns the names of the fields.
    """
    own = {name: value for name, value in personal.items() if name in EDITABLE}
    if own:
        await _update(session, case_id, own)
    others = [(case_id, name, json.dumps(value)) for name, value in personal.items() if name not in EDITABLE]
    await (await driver(session)).executemany(
        "INSERT INTO case_answer (case_id, name, value) VALUES ($1::uuid, $2, $3::jsonb)"
        " ON CONFLICT (case_id, name) DO UPDATE SET value = EXCLUDED.value, written_at = now()",
        others,
    )
    return tuple(sorted(personal))


async def _update(session: AsyncSession, case_id: str, own: dict[str, Any]) -> None:
    values = dict(own)
    if "name" in values:
        values["name_search"] = searchable(str(values["name"]))
    if isinstance(values.get("birth_date"), str):
        values["birth_date"] = date.fromisoformat(values["birth_date"])
    assigned = ", ".join(f"{name} = :{name}" for name in values)
    await session.execute(
        text(
            f"UPDATE participant SET {assigned}, updated_at = now()"
            " WHERE id = (SELECT participant_id FROM cases WHERE id = CAST(:case AS uuid))"
        ),
        values | {"case": case_id},
    )


async def change_nik(session: AsyncSession, case_id: str, nik: str) -> bool:
    """Give the person of a case another NIK; False, and nothing done, when somebody else has it."""
    digest = nik_hash(nik)
    taken = await session.scalar(
        text(
            "SELECT 1 FROM participant WHERE nik_hash = :hash AND id <> (SELECT participant_id FROM cases WHERE id = CAST(:case AS uuid))"
        ),
        {"hash": digest, "case": case_id},
    )
    if taken:
        return False
    await session.execute(
        text(
            "UPDATE participant SET nik_hash = :hash, nik_encrypted = :sealed, nik_last4 = :last4, updated_at = now()"
            " WHERE id = (SELECT participant_id FROM cases WHERE id = CAST(:case AS uuid))"
        ),
        {"hash": digest, "sealed": encrypt(nik.encode(), "nik"), "last4": nik[-4:], "case": case_id},
    )
    return True

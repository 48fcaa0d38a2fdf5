"""How many cases each person of a role has been given: a person is a resource, each live case takes one of its places.

Whoever gives cases holds the lock of `resources.lock` for the fact, so that two never count at once.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy.ext.asyncio import AsyncSession

from models.db import driver

PEOPLE = UUID("5d1c9c2e-7a0e-4f0c-9d0a-6b1f5b9c3e21")
LIVE = "('active', 'on_hold')"


def _kind(fact: str) -> str:
    return f"person:{fact}"


async def know(session: AsyncSession, programme: str, fact: str, people: Sequence[str], now: datetime) -> None:
    """Make sure that each person has a row; somebody new gets the cases that name them already, read once from all cases."""
    connection = await driver(session)
    new = await connection.fetch(
        "INSERT INTO resource (id, programme, kind, name, district, places)"
        " SELECT id, $3, $4, name, '', 0 FROM unnest($1::uuid[], $2::text[]) AS p(id, name) ON CONFLICT DO NOTHING RETURNING id",
        [uuid5(PEOPLE, f"{programme}:{fact}:{person}") for person in people],
        list(people),
        programme,
        _kind(fact),
    )
    if new:
        await connection.execute(
            "WITH given AS (SELECT r.id AS resource, c.id AS case_id FROM cases c JOIN resource r ON r.name = c.state->'facts'->>$2"
            f" WHERE r.id = ANY($1::uuid[]) AND c.programme = $3 AND c.status IN {LIVE}),"
            " seated AS (INSERT INTO seat (resource_id, case_id, taken_at) SELECT resource, case_id, $4 FROM given),"
            " counted AS (SELECT resource, count(*) AS n FROM given GROUP BY 1)"
            " UPDATE resource SET taken = n, places = n FROM counted WHERE resource.id = counted.resource",
            [row["id"] for row in new],
            fact,
            programme,
            now,
        )


async def counts(session: AsyncSession, programme: str, fact: str, people: Sequence[str]) -> dict[str, int]:
    """How many live cases each of the people has; places of cases that have ended are free again."""
    connection = await driver(session)
    await _free(
        connection,
        "SELECT s.resource_id, s.case_id FROM resource r JOIN seat s ON s.resource_id = r.id JOIN cases c ON c.id = s.case_id"
        f" WHERE r.programme = $1 AND r.kind = $2 AND r.name = ANY($3::text[]) AND c.status NOT IN {LIVE}",
        programme,
        _kind(fact),
        list(people),
    )
    rows = await connection.fetch(
        "SELECT name, taken FROM resource WHERE programme = $1 AND kind = $2 AND name = ANY($3::text[])",
        programme,
        _kind(fact),
        list(people),
    )
    return {row["name"]: row["taken"] for row in rows}


async def give(session: AsyncSession, programme: str, fact: str, chosen: Mapping[str, tuple[str, int]], now: datetime) -> None:
    """Give cases, by id, to a person with so many places each; whoever had such a case before has it no more.

    The check on `resource` makes the transaction fail rather than give somebody more than the places.
    """
    connection = await driver(session)
    await _free(
        connection,
        "SELECT s.resource_id, s.case_id FROM seat s JOIN resource r ON r.id = s.resource_id"
        " WHERE r.programme = $1 AND r.kind = $2 AND s.case_id = ANY($3::uuid[])",
        programme,
        _kind(fact),
        list(chosen),
    )
    await connection.execute(
        "WITH given AS (SELECT r.id AS resource, g.case_id, g.places FROM unnest($3::uuid[], $4::text[], $5::int[])"
        " AS g(case_id, person, places) JOIN resource r ON r.programme = $1 AND r.kind = $2 AND r.name = g.person),"
        " seated AS (INSERT INTO seat (resource_id, case_id, taken_at) SELECT resource, case_id, $6 FROM given),"
        " counted AS (SELECT resource, count(*) AS n, max(places) AS places FROM given GROUP BY 1)"
        " UPDATE resource SET taken = taken + n, places = counted.places FROM counted WHERE resource.id = counted.resource",
        programme,
        _kind(fact),
        list(chosen),
        [person for person, _ in chosen.values()],
        [places for _, places in chosen.values()],
        now,
    )


async def give_back(session: AsyncSession, given_up: Sequence[tuple[str, str, str]]) -> None:
    """Free the places of people whose case it is no more: (case id, fact, the person that it named)."""
    case_ids, kinds, people = zip(*((case, _kind(fact), person) for case, fact, person in given_up), strict=True)
    await _free(
        await driver(session),
        "SELECT s.resource_id, s.case_id FROM unnest($1::uuid[], $2::text[], $3::text[]) AS g(case_id, kind, person)"
        " JOIN seat s ON s.case_id = g.case_id JOIN cases c ON c.id = s.case_id"
        " JOIN resource r ON r.id = s.resource_id AND r.programme = c.programme AND r.kind = g.kind AND r.name = g.person",
        list(case_ids),
        list(kinds),
        list(people),
    )


async def _free(connection: Any, which: str, *values: Any) -> None:
    """Free the seats that a query names by (resource_id, case_id)."""
    await connection.execute(
        f"WITH named AS ({which}), gone AS (DELETE FROM seat USING named WHERE seat.resource_id = named.resource_id"
        " AND seat.case_id = named.case_id RETURNING seat.resource_id), counted AS (SELECT resource_id, count(*) AS n FROM gone GROUP BY 1)"
        " UPDATE resource SET taken = taken - n FROM counted WHERE resource.id = counted.resource_id",
        *values,
    )

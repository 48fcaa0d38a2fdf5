"""Registration: one person, or a whole list as a job with a result for each row."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any
from uuid import uuid4

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from models.db import driver
from models.definitions.definition import Definition
from models.engine.case import Case
from models.engine.commands import Evidence
from models.errors import NotFound
from models.intake.doubles import mark_alike, mark_known
from models.intake.report import Report, parse_file
from models.intake.rows import RowResult
from models.services import cases, notes, participants, programmes
from models.services.actor import Actor, Role
from models.services.cases import Opening
from models.services.participants import Person
from models.services.vault import decrypt

LONGEST_PROOF = 40


def stage_names(definition: Definition) -> dict[str, list[str]]:
    """How a list may name the stages: key, and name in either language, squeezed."""
    return {
        key: [key, *("".join(c for c in name.lower() if c.isalnum()) for name in (stage.name.id, stage.name.en))]
        for key, stage in definition.stages.items()
    }


def judge(definition: Definition, content: bytes, filename: str, now: datetime) -> Report:
    """Read a list and judge its rows against each other. Raises Invalid when it is none."""
    as_of = definition.calendar.local_date(now)
    return parse_file(content, filename, definition.areas, as_of, definition.live.evidence, stage_names(definition))


async def check_rows(session: AsyncSession, actor: Actor, definition: Definition, report: Report) -> None:
    """Refuse the rows outside the actor's area; mark those of people who are in the programme, or seem to be under another NIK.

    The area comes first: whether somebody there has a case is not for the actor to know.
    """
    for row in report.accepted():
        if not actor.may("import", district=row.values["kecamatan"]):
            row.refuse("rejected", "OUTSIDE_YOUR_AREA", shown=definition.areas.name(row.values["kecamatan"]))
    niks = [row.values["nik"] for row in report.accepted()]
    mark_known(report.accepted(), await participants.cases_by_nik(session, definition.programme, niks))
    people = {
        row.row: (row.values["nama"], row.values["tgl_lahir"], row.values["hp"])
        for row in report.accepted()
        if row.values["hp"] is not None
    }
    mark_alike(report.accepted(), await participants.cases_alike(session, definition.programme, people))


async def register_rows(session: AsyncSession, actor: Actor, definition: Definition, report: Report, now: datetime) -> list[Case]:
    """Open a case for each accepted row in the actor's area, all or none; the same list twice adds nobody.

    What happened earlier (the registration date of the row) is the event's own time; it is recorded now.
    """
    actor.require("import")
    await (await driver(session)).execute("SELECT pg_advisory_xact_lock(hashtext('intake:' || $1))", definition.programme)
    await check_rows(session, actor, definition, report)
    rows = report.accepted()
    ids = await participants.store(session, [_person(row) for row in rows])
    proofs = [{proof.rule: str(uuid4()) for proof in row.evidence} for row in rows]
    openings = [_opening(definition, row, person, known, now) for row, person, known in zip(rows, ids, proofs, strict=True)]
    opened = await cases.open_cases(session, actor, definition, openings, now)
    for row, case in zip(rows, opened, strict=True):
        row.references["case_number"] = case.number
    words = [
        (known[proof.rule], case.id, f"{proof.rule}: {proof.text}")
        for row, case, known in zip(rows, opened, proofs, strict=True)
        for proof in {proof.rule: proof for proof in row.evidence}.values()
    ]
    await notes.write_all(session, actor, words, now)
    report.dry_run = False
    return opened


def _person(row: RowResult) -> Person:
    values = row.values
    return Person(
        nik=values["nik"],
        name=values["nama"],
        district=values["kecamatan"],
        village=values["kelurahan"],
        sex=values["jk"],
        birth_place=values["tempat_lahir"],
        birth_date=values["tgl_lahir"],
        phone=values["hp"],
        phone2=row.references.get("hp2"),
        email=values["email"],
        address=values["alamat"],
        rt=values["rt"],
        rw=values["rw"],
        business_type=values["jenis_usaha"],
    )


def _opening(definition: Definition, row: RowResult, participant: str, known: dict[str, str], now: datetime) -> Opening:
    """The opening of a row's case; `known` holds the ids of the notes that quote what proves something."""
    values = row.values
    facts: dict[str, Any] = {
        "registered_on": values["tgl_daftar"].isoformat(),
        "has_phone": values["hp"] is not None,
        "business_months": values["lama_usaha_bulan"] or 0,
    }
    if values["omzet"] is not None:
        facts["monthly_turnover"] = values["omzet"]
    proofs: dict[str, Evidence] = {}
    for proof in row.evidence:
        for stage in proof.skip:
            if stage in definition.stages:
                proofs.setdefault(stage, Evidence(stage, notes.reference(known[proof.rule]), {proof.fact: plain_fact(proof.value)}))
    moment = datetime.combine(values["tgl_daftar"], time(9), definition.calendar.zone)
    evidence = tuple(proofs[stage] for stage in definition.stages if stage in proofs)
    return Opening(participant, values["kecamatan"], values["kelurahan"], facts, evidence, min(moment, now))


def plain_fact(value: Any) -> Any:
    """What a list proves, as the journal may keep it: of a remark around a number just the number."""
    if not isinstance(value, str) or (len(value) <= LONGEST_PROOF and value.count(" ") <= 2):
        return value
    numbers = re.findall(r"[A-Za-z0-9./-]*\d[A-Za-z0-9./-]*", value)
    return max(numbers, key=len)[:LONGEST_PROOF] if numbers else True


async def register_one(
    session: AsyncSession, actor: Actor, definition: Definition, person: Person, facts: dict[str, Any], now: datetime
) -> tuple[Case | None, str]:
    """Register one person; returns (case, number), or (None, number) of the case that the NIK has already."""
    actor.require("register", district=person.district)
    await (await driver(session)).execute("SELECT pg_advisory_xact_lock(hashtext('intake:' || $1))", definition.programme)
    known = await participants.cases_by_nik(session, definition.programme, [person.nik])
    if person.nik in known:
        return None, known[person.nik].number
    [participant] = await participants.store(session, [person])
    [case] = await cases.open_cases(session, actor, definition, [Opening(participant, person.district, person.village, facts)], now)
    return case, case.number


@dataclass(frozen=True, slots=True)
class JobView:
    """A job as its page and the API show it."""

    id: str
    kind: str
    state: str
    total: int
    done: int
    failed: int
    actor: str
    actor_name: str
    file_name: str | None
    summary: dict[str, Any]
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    error: str | None


_JOB = (
    "j.id::text, j.kind, CASE WHEN j.state = 'queued' AND j.started_at IS NOT NULL THEN 'running' ELSE j.state END AS state,"
    " j.total, j.done, j.failed, j.actor, coalesce(u.name, t.name, j.actor) AS actor_name, j.file_name,"
    " j.summary, j.created_at, j.started_at, j.finished_at, j.error FROM job j"
    " LEFT JOIN user_account u ON u.id::text = j.actor LEFT JOIN api_token t ON t.id::text = j.actor"
)


async def jobs(session: AsyncSession, actor: Actor, limit: int = 50) -> list[JobView]:
    """Imports, newest first: one's own, and everybody's for managers, administrators and auditors of the whole area."""
    actor.require("read_imports")
    mine = "" if await _reads_all(session, actor) else "AND j.actor = :me"
    statement = text(f"SELECT {_JOB} WHERE j.kind = 'import' {mine} ORDER BY j.created_at DESC LIMIT :limit")
    rows = await session.execute(statement, {"me": actor.id, "limit": limit})
    return [JobView(**row._mapping) for row in rows]


async def _reads_all(session: AsyncSession, actor: Actor) -> bool:
    """Whether the actor may read other people's lists: a manager, administrator or auditor whose grants cover every district."""
    grants = [grant for grant in actor.grants_for("read_imports") if grant.role is not Role.SERVICE]
    if not grants or any(not grant.areas for grant in grants):
        return bool(grants)
    areas = (await programmes.current(session)).areas
    return all(any(grant.reaches(None, district.code) for grant in grants) for district in areas.districts())


async def job(session: AsyncSession, actor: Actor, job_id: str) -> JobView:
    """One job, for who sent it and for those who may read everybody's. Raises NotFound."""
    actor.require("read_imports")
    row = (await session.execute(text(f"SELECT {_JOB} WHERE j.id::text = :id"), {"id": job_id})).first()
    if row is None or (row.actor != actor.id and not await _reads_all(session, actor)):
        raise NotFound("Pekerjaan tidak ditemukan / there is no such job")
    return JobView(**row._mapping)


async def items(
    session: AsyncSession, actor: Actor, job_id: str, *, states: Sequence[str] = (), after: int = 0, limit: int = 100
) -> list[dict[str, Any]]:
    """Results by row, as the import report gives them, after row number `after`."""
    await job(session, actor, job_id)
    rows = await session.execute(
        text(
            "SELECT body FROM job_item WHERE job_id = CAST(:job AS uuid) AND number > :after"
            " AND (:all OR state = ANY(:states)) ORDER BY number LIMIT :limit"
        ),
        {"job": job_id, "after": after, "all": not states, "states": list(states), "limit": max(1, min(limit, 100_000))},
    )
    return [json.loads(decrypt(row.body, "import")) for row in rows]

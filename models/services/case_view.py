"""A case as people see it: where it is, what happened in plain words, what it waits for."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from models.definitions.definition import Definition
from models.engine.case import Case
from models.engine.events import SENTENCES
from models.engine.explain import explain, reason_words
from models.services import access, cases, corrections, notes, participants, programmes
from models.services.actor import Actor
from models.services.scope import concerned, where
from models.services.settled import settled_position

LONGEST_HISTORY = 2000


async def as_json(session: AsyncSession, actor: Actor, number: str, now: datetime) -> dict[str, Any]:
    """A case in the shape of the contract. Raises NotFound when the actor may not read it."""
    row = await cases.find(session, actor, number)
    case = await cases.folded(session, str(row.id))
    definition = await programmes.by_hash(session, row.definition)
    written = await notes.of_case(session, str(row.id))
    return {
        "number": case.number,
        "programme": case.programme,
        "definition": case.definition,
        "stage": case.stage,
        "status": case.status,
        "status_reason": case.status_reason,
        "status_note": written.get(notes.referred(case.status_reason) or ""),
        "version": case.version,
        "district": case.district,
        "village": case.village,
        "opened_at": case.opened_at,
        "due_at": case.due_at,
        "stages": case.stages,
        "doubles": case.doubles,
        "facts": case.facts,
        "positions": [{"id": p.id, "step": p.step, "kind": p.kind, "since": p.since, "due_at": p.due_at} for p in case.positions.values()],
        "explanation": explanation(definition, case, now, written),
    }


def explanation(definition: Definition, case: Case, now: datetime, written: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Why a case is where it is, in the shape of the contract; `written` are the case's notes, for a reason that is one."""
    found = explain(definition, case, now)
    words = {"id": found.text_id, "en": found.text_en}
    if note := notes.referred(case.status_reason):
        for locale, unknown in (("id", "lihat catatan"), ("en", "see the note")):
            words[locale] = words[locale].replace(notes.reference(note), (written or {}).get(note, unknown))
    return {
        "blocker": found.blocker,
        "owner": found.owner,
        "since": found.since,
        "until": found.until,
        "text": words,
        "next": {"command": found.command, "label": found.step} if found.command else None,
    }


_EVENT = (
    "SELECT j.position, c.number AS case_number, j.sequence, j.recorded_at, j.occurred_at, j.actor, j.on_behalf_of,"
    " j.channel, j.type, j.type_version, j.data, j.definition FROM journal j JOIN cases c ON c.id = j.case_id"
)


async def journal(session: AsyncSession, actor: Actor, *, after: int = 0, limit: int = 500) -> list[dict[str, Any]]:
    """Journal events of all cases in order, after a position; only what is committed for good, so that a reader misses nothing."""
    actor.require("read_journal")
    scope, values = where(actor, "read_journal", stage="j.stage", district="j.district")
    condition = "true" if actor.kind == "machine" else f"({scope})"
    rows = await session.execute(
        text(f"{_EVENT} WHERE j.position > :after AND j.position <= :settled AND {condition} ORDER BY j.position LIMIT :limit"),
        values | {"after": after, "settled": await settled_position(session), "limit": max(1, min(limit, 5000))},
    )
    return [dict(row._mapping) for row in rows]


async def journal_of(session: AsyncSession, actor: Actor, number: str, *, after: int = 0, limit: int = 500) -> list[dict[str, Any]]:
    """A case's events as they are stored, after a sequence number. Raises NotAllowed without the right to read journals."""
    row = await cases.find(session, actor, number)
    actor.require("read_journal", stage=row.stage, district=row.district)
    rows = await session.execute(
        text(f"{_EVENT} WHERE j.case_id = :case AND j.sequence > :after ORDER BY j.sequence LIMIT :limit"),
        {"case": row.id, "after": after, "limit": max(1, min(limit, 500))},
    )
    return [dict(item._mapping) for item in rows]


async def history(session: AsyncSession, actor: Actor, number: str, locale: str) -> list[dict[str, Any]]:
    """What happened, newest first: {at, recorded_at, who, words, note, type}; in words, for all who may read the case."""
    row = await cases.find(session, actor, number)
    definition = await programmes.by_hash(session, row.definition)
    people, written = await access.names(session), await notes.of_case(session, str(row.id))
    rows = await session.execute(
        text(f"{_EVENT} WHERE j.case_id = :case ORDER BY j.sequence DESC LIMIT :limit"), {"case": row.id, "limit": LONGEST_HISTORY}
    )
    case = await cases.folded(session, str(row.id))
    step_of = {handoff.id: handoff.step for handoff in case.handoffs.values()}
    return [
        {
            "at": event.occurred_at,
            "recorded_at": event.recorded_at,
            "who": people.get(event.actor) or _partner(definition, case, event, locale),
            "words": sentence(definition, event.type, _with_step(event.data, step_of), locale),
            "note": written.get(_note_of(event.data)),
            "type": event.type,
        }
        for event in rows
    ]


def _partner(definition: Definition, case: Case, event: Any, locale: str) -> str:
    """What people call the partner behind an event: the one of its hand-off, else the one that signed it."""
    handoff = case.handoffs.get(event.data["handoff"]) if isinstance(event.data.get("handoff"), str) else None
    key = handoff.partner if handoff and event.channel == "partner" else event.actor
    if key in definition.live.partners:
        return definition.partner_name(key, handoff.office if handoff else None, locale)
    return ("Partner" if locale == "en" else "Mitra") if event.channel == "partner" else event.actor


def _with_step(data: dict[str, Any], step_of: dict[str, str]) -> dict[str, Any]:
    """An event of a hand-off says which step ordered it, so that it can be called by that step's name."""
    handoff = data.get("handoff")
    key = handoff["id"] if isinstance(handoff, dict) else handoff
    return {"step": step_of[key]} | data if key in step_of else data


def _note_of(data: dict[str, Any]) -> str:
    """The note that an event refers to: its own, or the one that holds its reason or proof."""
    return data.get("note") or notes.referred(data.get("reason")) or notes.referred(data.get("proof")) or ""


def step_name(definition: Definition, step: str, locale: str) -> str:
    """What a step is called."""
    described = definition.steps.get(step)
    if described is None:
        return step
    name = described.ask or described.name
    return name.in_(locale) if name else step


def outcome_name(definition: Definition, step: str, outcome: str, locale: str) -> str:
    """What an outcome of a step is called."""
    described = definition.steps.get(step)
    known = described.outcomes.get(outcome) if described else None
    return known.name.in_(locale) if known and known.name else said(definition, outcome, locale)


def said(definition: Definition, code: str, locale: str) -> str:
    """What people read for a code: its word, else the code with blanks."""
    return reason_words(definition, code, locale)


def sentence(definition: Definition, type_: str, data: dict[str, Any], locale: str) -> str:
    """An event in plain words."""
    words = SENTENCES[type_][1 if locale == "en" else 0]
    step = str(data.get("step") or "")
    stage = str(data.get("stage") or "")
    values: dict[str, Any] = {key: value for key, value in data.items() if isinstance(value, str | int)}
    values["step"] = step_name(definition, step, locale)
    addressed = data.get("handoff") if isinstance(data.get("handoff"), dict) else data
    if addressed and "partner" in addressed:
        values["office"] = definition.partner_name(str(addressed["partner"]), addressed.get("office"), locale)
    if stage in definition.stages:
        values["stage"] = f"{stage.upper()} {definition.stages[stage].name.in_(locale)}"
    for name in ("reason", "cause", "branch", "name"):
        if isinstance(data.get(name), str):
            values[name] = said(definition, data[name], locale)
    if "message" in data:
        values["message"] = values["step"] if step else said(definition, str(data["message"]), locale)
    outcome = data.get("outcome")
    if type_ == "step_ended" and not outcome:
        return f"{values['step']} {'selesai' if locale == 'id' else 'done'}"
    values["outcome"] = outcome_name(definition, step, str(outcome), locale) if outcome else ("selesai" if locale == "id" else "done")
    if isinstance(data.get("fields"), list):
        values["fields"] = ", ".join(_field_name(str(item), locale) for item in data["fields"])
    if isinstance(data.get("branches"), list):
        values["branches"] = ", ".join(said(definition, str(item), locale) for item in data["branches"])
    return words.format_map(_Forgiving(values))


def _field_name(name: str, locale: str) -> str:
    """What a field of the participant is called."""
    return next((field.label.in_(locale) for field in corrections.FORM.fields if field.name == name), name.replace("_", " "))


class _Forgiving(dict[str, Any]):
    """A sentence whose value is missing keeps a dash in its place."""

    def __missing__(self, key: str) -> str:
        return "–"


async def found(
    session: AsyncSession,
    actor: Actor,
    *,
    q: str = "",
    stage: str | None = None,
    district: str | None = None,
    city: str | None = None,
    status: str | None = None,
    after: str = "",
    limit: int = 50,
) -> list[dict[str, Any]]:
    """Cases by name, number or the last four digits of the NIK, in number order after `after`, within the actor's scope."""
    scope, values = where(actor, "read_case", stage="c.stage", district="c.district")
    mine, own_values = concerned(actor, cases.people_facts(await programmes.current(session)))
    clauses = ["true" if actor.kind == "machine" else f"(({scope}) OR {mine})"]
    values |= own_values
    words = q.strip()
    if words:
        if words.isdigit() and len(words) == 4:
            clauses.append("(p.nik_last4 = :q OR c.number LIKE '%' || :q)")
            values["q"] = words
        elif any(char.isdigit() for char in words):
            clauses.append("(c.number ILIKE :q OR c.id IN (SELECT case_id FROM other_number WHERE number ILIKE :q))")
            values["q"] = participants.pattern(words)
        else:
            clauses.append("p.name_search LIKE :q")
            values["q"] = participants.pattern(words)
    for name, value in (("stage", stage), ("district", district), ("status", status)):
        if value:
            clauses.append(f"c.{name} = :{name}")
            values[name] = value
    if city:
        clauses.append("c.district LIKE :city")
        values["city"] = f"{city}.%"
    rows = await session.execute(
        text(
            "SELECT c.number, p.name AS person, c.stage, c.status, c.status_reason, c.district, c.opened_at, c.due_at FROM cases c"
            f" JOIN participant p ON p.id = c.participant_id WHERE c.number > :after AND {' AND '.join(clauses)}"
            " ORDER BY c.number LIMIT :limit"
        ),
        values | {"after": after, "limit": max(1, min(limit, 500))},
    )
    return [dict(row._mapping) for row in rows]


async def runs_of(session: AsyncSession, actor: Actor, number: str) -> list[dict[str, Any]]:
    """The flow runs that touched a case: {flow_run_id, step, outcome, at}, newest first."""
    row = await cases.find(session, actor, number)
    rows = await session.execute(
        text("SELECT flow_run_id::text, step, outcome, at FROM run_case WHERE case_id = :case ORDER BY at DESC LIMIT 100"),
        {"case": row.id},
    )
    return [dict(item._mapping) for item in rows]


async def cases_of_run(session: AsyncSession, actor: Actor, run_id: str) -> list[dict[str, Any]]:
    """The cases that a flow run touched, within the actor's scope."""
    actor.require("read_runs")
    scope, values = where(actor, "read_case", stage="c.stage", district="c.district")
    condition = "true" if actor.kind == "machine" else f"({scope})"
    rows = await session.execute(
        text(
            "SELECT c.number, r.step, r.outcome FROM run_case r JOIN cases c ON c.id = r.case_id"
            f" WHERE r.flow_run_id::text = :run AND {condition} ORDER BY c.number LIMIT 500"
        ),
        values | {"run": run_id},
    )
    return [dict(item._mapping) for item in rows]


async def run_counts(session: AsyncSession, run_ids: list[str]) -> dict[str, int]:
    """How many cases each of the runs touched."""
    rows = await session.execute(
        text(
            "SELECT flow_run_id::text AS id, count(DISTINCT case_id) AS n FROM run_case"
            " WHERE flow_run_id = ANY(CAST(:ids AS uuid[])) GROUP BY 1"
        ),
        {"ids": run_ids},
    )
    return {row.id: row.n for row in rows}

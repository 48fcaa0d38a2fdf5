"""What a person's command to a case must satisfy before the engine decides: where it may reach, which facts it may bring.

Reasons and proofs are free text: they become notes, the command carries the note's reference.
"""

import re
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from models.definitions import forms
from models.definitions.definition import Definition
from models.engine.case import Case
from models.engine.commands import Command, Hold, MoveDistrict, ReceiveEvent, Reopen, SkipStage, Withdraw
from models.errors import Conflict, Invalid, Problem
from models.services import notes, participants
from models.services.actor import Actor

SENTENCE = "Ada isian yang perlu diperbaiki / some fields need correction"
LONGEST_FACT = 60


async def prepare(session: AsyncSession, actor: Actor, definition: Definition, case: Case, command: Command, now: datetime) -> Command:
    """The command as the engine gets it. Raises NotAllowed for a stage that is not the actor's, Invalid by field."""
    if isinstance(command, SkipStage | Reopen):
        actor.require("command_case", stage=command.stage, district=case.district)
    match command:
        case SkipStage():
            facts = evidence_facts(definition, command.stage, command.facts)
            return replace(command, proof=await _note(session, actor, case.id, command.proof, now), facts=facts)
        case ReceiveEvent():
            return await _arrived(session, definition, case, command, actor.reads)
        case Hold():
            _check_hold(command, now)
            return replace(command, reason=await _note(session, actor, case.id, command.reason, now))
        case Withdraw() | Reopen():
            return replace(command, reason=await _note(session, actor, case.id, command.reason, now))
        case MoveDistrict():
            _check_place(definition, command)
    return command


def check_merge(row: Any, target: Any) -> None:
    """Raise Conflict unless `target` is another case of the same programme that is under way."""
    words = None
    if target.id == row.id:
        words = "Berkas tidak dapat digabungkan dengan dirinya sendiri / a case cannot be merged into itself"
    elif target.programme != row.programme:
        words = f"Berkas {target.number} dari program lain / case {target.number} belongs to another programme"
    elif target.status not in ("active", "on_hold"):
        words = f"Berkas {target.number} sudah berakhir ({target.status}) / case {target.number} has ended ({target.status})"
    if words:
        raise Conflict(words, [Problem("bad_target", words, field="into")])


def evidence_facts(definition: Definition, stage: str, facts: dict[str, Any]) -> dict[str, Any]:
    """Facts that the programme lets a stage's evidence bring. Raises Invalid naming any other."""
    rules = [rule for rule in definition.live.evidence if stage in rule.skip]
    known = {fact for rule in rules for fact in (rule.fact, *rule.also)}
    problems = []
    for name, value in facts.items():
        if name not in known:
            names = ", ".join(sorted(known)) or "–"
            words = f"Bukan bukti tahap ini; yang dikenal: {names} / no evidence of this stage; known are: {names}"
            problems.append(Problem("unknown_fact", words, field=name))
        elif isinstance(value, str) and not re.fullmatch(rf"[\w./ -]{{1,{LONGEST_FACT}}}", value):
            problems.append(Problem("bad_fact", f"paling panjang {LONGEST_FACT} huruf / at most {LONGEST_FACT} characters", field=name))
    if problems:
        raise Invalid(SENTENCE, problems)
    return facts


async def _note(session: AsyncSession, actor: Actor, case_id: str, words: str, now: datetime) -> str:
    return notes.reference(await notes.write(session, actor, case_id, words, now))


async def _arrived(session: AsyncSession, definition: Definition, case: Case, command: ReceiveEvent, locale: str) -> ReceiveEvent:
    """Check what arrived against the form of the step that waits for it; what nobody waits for the engine refuses."""
    steps = [definition.steps[p.step] for p in case.positions.values() if p.kind == "event"]
    step = next((step for step in steps if step.await_ == command.name), None)
    if step is None or command.outcome not in step.outcomes:
        return replace(command, facts={})
    if step.form is None:
        unknown = [Problem("unknown_field", "Bagian ini tidak dikenal / this field is not known", field=name) for name in command.facts]
        if unknown:
            raise Invalid(SENTENCE, unknown)
        return command
    optional = step.outcomes[command.outcome].form_optional
    clean, personal, problems = forms.validate(definition.forms[step.form], command.facts, locale, optional=optional)
    if problems:
        raise Invalid(SENTENCE, list(problems))
    if personal:
        await participants.update_answers(session, case.id, personal)
    return replace(command, facts=clean)


def _check_hold(command: Hold, now: datetime) -> None:
    if command.until is not None and command.until <= now:
        message = "Tanggal harus sesudah hari ini / the date must lie in the future"
        raise Invalid(message, [Problem("not_future", message, field="until")])


def _check_place(definition: Definition, command: MoveDistrict) -> None:
    """Raise Invalid unless the district exists and the village lies in it."""
    if definition.areas.district(command.district) is None:
        message = "Kecamatan tidak dikenal / unknown district"
        raise Invalid(message, [Problem("unknown_district", message, field="district")])
    village = definition.areas.get(command.village) if command.village else None
    if command.village and (village is None or village.parent != command.district):
        message = "Bukan kelurahan dari kecamatan ini / not a village of this district"
        raise Invalid(message, [Problem("unknown_village", message, field="village")])

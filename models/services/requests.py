"""What a person's command to a case must satisfy before the engine decides: where it may reach, which facts it may bring,
what the definition says that answers must be.

Reasons and proofs are free text: they become notes, the command carries the note's reference.
"""

from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from models.definitions import forms
from models.definitions.definition import Definition
from models.definitions.schema import FieldType, Form, FormField, Text
from models.engine.case import Case
from models.engine.commands import Command, CompleteTask, Hold, MoveDistrict, ReceiveEvent, Reopen, SkipStage, Withdraw
from models.engine.draft import variables
from models.engine.handle_case import waiting_for
from models.errors import Conflict, Invalid, Problem
from models.services import files, notes, participants
from models.services.actor import Actor

SENTENCE = "Ada isian yang perlu diperbaiki / some fields need correction"
PROOF_TYPES: dict[str, FieldType] = {"yes": "yes_no", "date": "date", "number": "code"}


async def prepare(session: AsyncSession, actor: Actor, definition: Definition, case: Case, command: Command, now: datetime) -> Command:
    """The command as the engine gets it. Raises NotAllowed for a stage that is not the actor's, Invalid by field."""
    if isinstance(command, SkipStage | Reopen):
        actor.require("command_case", stage=command.stage, district=case.district)
    match command:
        case SkipStage():
            facts = await _evidence(session, definition, case, command, now, actor.reads)
            return replace(command, proof=await _note(session, actor, case.id, command.proof, now), facts=facts)
        case ReceiveEvent():
            return await _arrived(session, definition, case, command, now, actor.reads)
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
    if target.number == row.number:
        words = "Berkas tidak dapat digabungkan dengan dirinya sendiri / a case cannot be merged into itself"
    elif target.programme != row.programme:
        words = f"Berkas {target.number} dari program lain / case {target.number} belongs to another programme"
    elif target.status not in ("active", "on_hold"):
        words = f"Berkas {target.number} sudah berakhir ({target.status}) / case {target.number} has ended ({target.status})"
    if words:
        raise Conflict(words, [Problem("bad_target", words, field="into")])


def check_answers(definition: Definition, case: Case, command: Command, now: datetime, locale: str) -> None:
    """Raise Invalid by field when a task's answers, clean already, are not what the definition says that they must be."""
    task = case.tasks.get(command.task) if isinstance(command, CompleteTask) else None
    form = definition.forms.get(definition.steps[task.step].form or "") if task else None
    if not isinstance(command, CompleteTask) or form is None:
        return
    if problems := forms.broken(form.fields, command.answers, variables(definition, case, now), locale):
        raise Invalid(SENTENCE, problems)


def evidence_fields(definition: Definition, stage: str) -> list[FormField]:
    """What may be asked when a stage is skipped: the facts of its evidence rules, as the forms ask them, none required."""
    names = {name: rule.kind for rule in definition.live.evidence if stage in rule.skip for name in (rule.fact, *rule.also)}
    fields = []
    for name, kind in names.items():
        label = definition.labels.get(name) or Text(id=name, en=name)
        field = definition.fields.get(name) or FormField(name=name, type=PROOF_TYPES[kind], label=label)
        fields.append(field.model_copy(update={"required": False}))
    return fields


async def _evidence(
    session: AsyncSession, definition: Definition, case: Case, command: SkipStage, now: datetime, locale: str
) -> dict[str, Any]:
    """The facts that the programme lets a stage's evidence bring, clean. Raises Invalid naming any other and any wrong one."""
    form = Form(title=Text(id=command.stage, en=command.stage), fields=evidence_fields(definition, command.stage))
    return await _clean(session, definition, case, form, command.facts, now, locale)


async def _clean(
    session: AsyncSession,
    definition: Definition,
    case: Case,
    form: Form,
    typed: dict[str, Any],
    now: datetime,
    locale: str,
    *,
    optional: bool = False,
) -> dict[str, Any]:
    """Answers of a form as the journal gets them; personal ones are written beside the case. Raises Invalid by field."""
    clean, personal, problems = forms.validate(form, typed, locale, optional=optional, files=await files.kinds(session, case.id))
    problems = problems or forms.broken(form.fields, clean, variables(definition, case, now), locale)
    if problems:
        raise Invalid(SENTENCE, list(problems))
    if personal:
        await participants.update_answers(session, case.id, personal)
    return clean


async def _note(session: AsyncSession, actor: Actor, case_id: str, words: str, now: datetime) -> str:
    return notes.reference(await notes.write(session, actor, case_id, words, now))


async def _arrived(
    session: AsyncSession, definition: Definition, case: Case, command: ReceiveEvent, now: datetime, locale: str
) -> ReceiveEvent:
    """Check what arrived against the form of the step that waits for it; what nobody waits for the engine refuses."""
    position = waiting_for(definition, case, command.name)
    step = definition.steps[position.step] if position else None
    if step is None or command.outcome not in (step.outcomes or (command.name,)):
        return replace(command, facts={})
    if step.form is None:
        unknown = [Problem("unknown_field", "Bagian ini tidak dikenal / this field is not known", field=name) for name in command.facts]
        if unknown:
            raise Invalid(SENTENCE, unknown)
        return command
    optional = step.outcomes[command.outcome].form_optional
    clean = await _clean(session, definition, case, definition.forms[step.form], command.facts, now, locale, optional=optional)
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

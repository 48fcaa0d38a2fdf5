"""What may be done with a case: commands, what arrived, corrections, showing the NIK. Each asks in a dialog, then acts."""

from collections.abc import Callable
from datetime import date, datetime, time
from typing import Any

from nicegui import ui

from models.definitions.areas import AreaTree
from models.definitions.schema import FormField
from models.engine import commands as c
from models.engine.case import Position
from models.engine.handle_case import reopenable
from models.engine.states import permitted
from models.errors import Invalid, Problem
from models.services import case_view, cases, corrections, out_of_reach, requests, reveal
from ui.components.dialog import ask, field, tell
from ui.components.elements import button
from ui.desk import Desk
from ui.formatters import ZONE

ACTIONS = ("hold", "resume", "skip", "move_district", "merge", "withdraw", "reopen")
LABEL = {"skip": "skip_stage", "move_district": "move"}
Seen = dict[str, Any]


def draw_actions(desk: Desk, number: str, seen: Seen) -> None:
    """The buttons of what the person may do with the case now."""
    case = seen["case"]
    here = {"stage": case.stage, "district": case.district}
    if desk.actor.may("command_case", stage=case.stage, district=case.district):
        for position in case.positions.values():
            if position.kind == "event" and case.status == "active":
                name = case_view.step_name(seen["definition"], position.step, desk.locale)
                button(f"{desk.t('receive')}: {name}", opens(desk, receive, number, seen, position), "b primary")
        for rule in permitted("case", case.status):
            if rule.command in ACTIONS:
                button(desk.t(LABEL.get(rule.command, rule.command)), opens(desk, command, number, seen, rule.command))
    correctable = any(rule.command == "correct" for rule in permitted("case", case.status))
    if correctable and desk.actor.may("correct_data", **here):
        button(desk.t("correct"), opens(desk, correct, number, seen))


def opens(desk: Desk, dialog: Callable[..., None], *arguments: Any) -> Any:
    """A handler that opens one of the dialogs below."""

    async def act() -> None:
        dialog(desk, *arguments)

    return desk.safely(lambda *_: act())


def command(desk: Desk, number: str, seen: Seen, word: str) -> None:
    """Ask for what a command needs; what has become impossible meanwhile the engine refuses."""

    async def act(answers: dict[str, Any]) -> None:
        built = _command(seen["definition"].areas, word, answers)
        async with desk.work() as (session, actor, now):
            after = await cases.command_case(session, actor, number, built, now, version=seen["case"].version)
            gone = await out_of_reach.left(session, actor, after)
        if gone:
            tell(desk, gone["notice"][desk.locale], "/staff/cases")
        else:
            ui.navigate.reload()

    ask(
        desk,
        desk.t(LABEL.get(word, word)),
        _fields(desk, seen, word),
        act,
        known={"district": seen["case"].village or seen["case"].district, "stage": seen["case"].stage or ""},
    )


def _fields(desk: Desk, seen: Seen, word: str) -> list[FormField]:
    stages = {key: f"{key.upper()} {stage.name.in_(desk.locale)}" for key, stage in seen["definition"].stages.items()}
    asked = []
    if word == "reopen":
        stages = {key: stages[key] for key in reopenable(seen["definition"], seen["case"])}
    if word in ("skip", "reopen"):
        asked.append(field("stage", "choice", "stage", options=stages))
    if word in ("hold", "withdraw", "skip", "reopen"):
        asked.append(field("reason", "long_text", "proof" if word == "skip" else "reason", hint="reason_hint"))
    if word == "skip":
        asked += _evidence(seen)
    if word == "hold":
        asked.append(field("until", "date", "until", required=False, hint="until_hint"))
    if word == "merge":
        asked.append(field("into", "text", "merge_into"))
    if word == "move_district":
        asked.append(field("district", "choice", "to_place", options=_places(seen["definition"].areas)))
    return asked


def _places(areas: AreaTree) -> dict[str, str]:
    """Every district, and after it each of its villages."""
    places = {}
    for district in areas.districts():
        places[district.code] = district.name
        places |= {village.code: f"{district.name} › {village.name}" for village in areas.villages(district.code)}
    return places


def _evidence(seen: Seen) -> list[FormField]:
    """What the programme lets the evidence of a stage bring, asked once that stage is chosen."""
    asked: dict[str, FormField] = {}
    stages: dict[str, list[str]] = {}
    for stage in seen["definition"].stages:
        for item in requests.evidence_fields(seen["definition"], stage):
            asked.setdefault(item.name, item)
            stages.setdefault(item.name, []).append(stage)
    return [item.model_copy(update={"when": f"answers.stage in {stages[name]}"}) for name, item in asked.items()]


def _command(areas: AreaTree, word: str, answers: dict[str, Any]) -> c.Command:
    match word:
        case "hold":
            until = answers.get("until")
            return c.Hold(answers["reason"], datetime.combine(date.fromisoformat(until), time(), ZONE) if until else None)
        case "resume":
            return c.Resume()
        case "skip":
            facts = {name: value for name, value in answers.items() if name not in ("stage", "reason")}
            return c.SkipStage(answers["stage"], answers["reason"], facts)
        case "reopen":
            return c.Reopen(answers["stage"], answers["reason"])
        case "withdraw":
            return c.Withdraw(answers["reason"])
        case "merge":
            return c.Merge(answers["into"].upper())
        case _:
            place = areas.get(answers["district"])
            village = place if place and place.kind == "village" else None
            return c.MoveDistrict(village.parent or "" if village else answers["district"], village.code if village else None)


def receive(desk: Desk, number: str, seen: Seen, position: Position) -> None:
    """Ask for what arrived at a step that waits: its outcome, and the fields of the form that the programme gives it."""
    step = seen["definition"].steps[position.step]
    late = step.deadline.then if step.deadline else ""
    outcomes = {key: case_view.outcome_name(seen["definition"], position.step, key, desk.locale) for key in step.outcomes if key != late}
    asked = [field("outcome", "choice", "outcome", options=outcomes)] if len(outcomes) > 1 else []
    asked += seen["definition"].forms[step.form].fields if step.form else []

    async def act(typed: dict[str, Any]) -> None:
        outcome = typed.pop("outcome", None) or (next(iter(outcomes)) if len(outcomes) == 1 else "")
        if outcome not in outcomes:
            raise Invalid(desk.t("choose"), [Problem("required", desk.t("choose"), field="outcome")])
        came = c.ReceiveEvent(str(step.await_), outcome, {name: value for name, value in typed.items() if value != ""})
        async with desk.work() as (session, actor, now):
            await cases.command_case(session, actor, number, came, now, version=seen["case"].version)
        ui.navigate.reload()

    ask(desk, case_view.step_name(seen["definition"], position.step, desk.locale), asked, act, checked=False)


def correct(desk: Desk, number: str, seen: Seen) -> None:
    """Ask for corrections of what is stored of the person; only what was changed is sent."""
    case, person = seen["case"], seen["person"]
    may_nik = desk.actor.may("correct_nik", stage=case.stage, district=case.district)
    asked = [item for item in corrections.FORM.fields if item.name != "nik" or may_nik]
    known = {item.name: _typed(person.get(item.name)) for item in asked if item.name != "nik"}

    async def act(typed: dict[str, Any]) -> None:
        changed = {name: value or None for name, value in typed.items() if str(value).strip() != known.get(name, "")}
        if not changed:
            raise Invalid(desk.t("nothing_changed"), [Problem("required", desk.t("nothing_changed"), field="form")])
        async with desk.work() as (session, actor, now):
            await corrections.correct(session, actor, number, changed, now)
        ui.navigate.reload()

    ask(desk, desk.t("correct"), asked, act, known=known, checked=False)


def show_nik(desk: Desk, number: str, shown: ui.html) -> None:
    """Ask why, then show the NIK in the place of the masked one until the page is left."""

    async def act(answers: dict[str, Any]) -> None:
        async with desk.work() as (session, actor, now):
            nik = await reveal.reveal_nik(session, actor, number, answers["reason"], now)
        shown.set_content(" ".join(nik[start : start + 4] for start in range(0, 16, 4)))

    ask(desk, desk.t("reveal_nik"), [field("reason", "text", "reveal_why", hint="reveal_hint")], act)


def _typed(value: Any) -> str:
    """A stored value as a person would type it."""
    if isinstance(value, date):
        return value.strftime("%d/%m/%Y")
    return str(value or "")

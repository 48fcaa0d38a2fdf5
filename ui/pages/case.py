"""One case: where it is, why, what happened, its tasks, hand-offs, documents and the runs that touched it."""

from datetime import datetime
from typing import Any

from fastapi import Request
from nicegui import ui

from models.engine import commands as c
from models.engine.states import permitted
from models.errors import Invalid, LangkahError, Problem
from models.services import case_view, cases, documents, handoffs, participants, programmes
from ui.components.elements import button, cell, el, empty, link, select, step_bar, table, words
from ui.desk import Desk
from ui.formatters import ZONE, day, exact, fact
from ui.frame import frame, heading, now_words, rail_counts
from ui.pages.cases import status_words

ACTIONS = ("hold", "resume", "skip", "move_district", "merge", "withdraw", "reopen")
LABEL = {"skip": "skip_stage", "move_district": "move"}


async def case_page(request: Request, number: str) -> None:
    """The page of a case."""
    desk = Desk.of(request)
    counts, definition = await rail_counts(desk)
    try:
        seen = await _load(desk, number)
    except LangkahError as error:
        with frame(desk, desk.t("case"), counts, definition):
            heading(desk.t("case"))
            empty(desk.sentence(error))
        return
    case, person = seen["case"], seen["person"]
    with frame(desk, person["name"], counts, definition, now_words(desk, seen["now"])):
        with heading(person["name"], f"{number} · {definition.areas.name(case.district)} · {status_words(desk, case.status)}"):
            if desk.actor.may("command_case", stage=case.stage, district=case.district):
                for rule in permitted("case", case.status):
                    if rule.command in ACTIONS:
                        label = desk.t(LABEL.get(rule.command, rule.command))
                        button(label, desk.safely(lambda *_, k=rule.command: _ask(desk, number, k, seen)))
        done = {s for s, mark in case.stages.items() if mark in ("finished", "skipped")}
        step_bar(done, case.stage, list(seen["definition"].stages), f"{desk.t('stage')} {(case.stage or '').upper()}")
        _stage_words(desk, seen)
        said = case_view.explanation(seen["definition"], case, seen["now"])
        with el("div", "why").props("style=margin-top:12px"):
            words(said["text"][desk.locale], "b")
            words(desk.span(said["since"], said["until"]))
        with el("div", "two"):
            with el("div"):
                _history(desk, seen)
            with el("div"):
                _tasks(desk, seen)
                _handoffs(desk, seen)
                _documents(desk, seen, number)
                _facts(desk, seen)
                _runs(desk, seen)


async def _load(desk: Desk, number: str) -> dict[str, Any]:
    async with desk.work() as (session, actor, now):
        row = await cases.find(session, actor, number)
        return {
            "now": now,
            "case": await cases.folded(session, str(row.id)),
            "definition": await programmes.by_hash(session, row.definition),
            "person": await participants.shown(session, str(row.id)),
            "history": await case_view.history(session, actor, number, desk.locale),
            "handoffs": await handoffs.listed(session, actor, case_number=number),
            "runs": await case_view.runs_of(session, actor, number),
        }


def _stage_words(desk: Desk, seen: dict[str, Any]) -> None:
    stage = seen["definition"].stages.get(seen["case"].stage or "")
    if stage:
        words(f"{desk.t('stage')} {stage.stage.upper()} {stage.name.in_(desk.locale)}", "p", "muted")


def _history(desk: Desk, seen: dict[str, Any]) -> None:
    words(desk.t("history"), "h2")
    with el("ul", "list"):
        for item in seen["history"]:
            with el("li"):
                words(item["words"])
                late = f" ({exact(item['recorded_at'], desk.locale)})" if item["at"].date() != item["recorded_at"].date() else ""
                words(f"{exact(item['at'], desk.locale)}{late} · {item['who']}", "small")
                if item["note"]:
                    words(f"“{item['note']}”", "small")


def _tasks(desk: Desk, seen: dict[str, Any]) -> None:
    tasks = sorted(seen["case"].tasks.values(), key=lambda task: task.opened_at, reverse=True)
    if not tasks:
        return
    words(desk.t("task"), "h2")
    _, body = table([(desk.t(k), False) for k in ("step", "state", "due")])
    with body:
        for task in tasks[:20]:
            with el("tr"):
                cell(case_view.step_name(seen["definition"], task.step, desk.locale), "", "wrap")
                named = case_view.outcome_name(seen["definition"], task.step, task.outcome, desk.locale) if task.outcome else task.state
                cell(named, desk.t("state"))
                cell(day(task.due_at, desk.locale), desk.t("due"))


def _handoffs(desk: Desk, seen: dict[str, Any]) -> None:
    if not seen["handoffs"]:
        return
    words(desk.t("handoffs"), "h2")
    _, body = table([(desk.t(k), False) for k in ("partner", "message", "state", "sent")])
    with body:
        for item in seen["handoffs"]:
            partner = seen["definition"].live.partners.get(item["partner"])
            with el("tr"):
                cell(partner.name.in_(desk.locale) if partner else item["partner"])
                cell(item["message"], desk.t("message"))
                cell(item["outcome"] or item["state"], desk.t("state"))
                cell(day(item["sent_at"], desk.locale), desk.t("sent"))


def _documents(desk: Desk, seen: dict[str, Any], number: str) -> None:
    issued = {k: v for k, v in documents.titles(seen["definition"]).items() if seen["case"].facts.get(f"{k}_written")}
    if not issued:
        return
    words(desk.t("documents"), "h2")
    with el("ul", "list"):
        for name, title in issued.items():
            with el("li"):
                link(f"{title[desk.locale]} (PDF)", f"/staff-files/cases/{number}/{name}.pdf")


def _facts(desk: Desk, seen: dict[str, Any]) -> None:
    words(desk.t("facts"), "h2")
    person = seen["person"]
    with el("dl", "facts"):
        for label, value in (("NIK", person["nik"]), ("HP", person["phone"]), ("Usaha", person["business_type"])):
            words(label, "dt")
            words(str(value or "–"), "dd")
        for name, value in sorted(seen["case"].facts.items()):
            words(name.replace("_", " "), "dt")
            words(fact(value, desk.locale), "dd")


def _runs(desk: Desk, seen: dict[str, Any]) -> None:
    if not seen["runs"]:
        return
    words(desk.t("runs_of_case"), "h2")
    with el("ul", "list"):
        for run in seen["runs"][:20]:
            with el("li"):
                link(case_view.step_name(seen["definition"], run["step"], desk.locale), f"/staff/runs/{run['flow_run_id']}")
                words(exact(run["at"], desk.locale), "small")


async def _ask(desk: Desk, number: str, command: str, seen: dict[str, Any]) -> None:
    """Ask for what a command needs, then carry it out; the page's version guards against changes meanwhile."""
    values: dict[str, str] = {"reason": "", "until": "", "into": "", "stage": seen["case"].stage or "", "district": seen["case"].district}
    title = desk.t(LABEL.get(command, command))

    async def go() -> None:
        built = _command(desk, command, values)
        async with desk.work() as (session, actor, now):
            await cases.command_case(session, actor, number, built, now, version=seen["case"].version)
        ui.navigate.reload()

    with (
        ui.dialog().props("no-refocus=false") as dialog,
        el("div", "card").props(f'role=dialog aria-modal=true aria-label="{title}"'),
    ):
        words(title, "h2")
        if command in ("hold", "withdraw", "skip", "reopen"):
            _ask_text(desk.t("proof" if command == "skip" else "reason"), lambda v: values.update(reason=v))
        if command == "hold":
            _ask_text(desk.t("until"), lambda v: values.update(until=v), "date")
        if command in ("skip", "reopen"):
            stages = {k: f"{k.upper()} {s.name.in_(desk.locale)}" for k, s in seen["definition"].stages.items()}
            select(stages, values["stage"], desk.t("stage"), lambda v: values.update(stage=v))
        if command == "merge":
            _ask_text(desk.t("merge_into"), lambda v: values.update(into=v.strip().upper()))
        if command == "move_district":
            areas = {a.code: a.name for a in seen["definition"].areas.districts()}
            select(areas, values["district"], desk.t("district"), lambda v: values.update(district=v))
        with el("div", "act"):
            button(desk.t("confirm"), desk.safely(lambda *_: go()), "b primary")
            button(desk.t("cancel"), dialog.close)
    dialog.open()


def _ask_text(label: str, keep: Any, kind: str = "text") -> None:
    with el("div", "field"):
        words(label, "label").props(f"for=ask-{kind}")
        el("input", "i").props(f"id=ask-{kind} type={kind}").on(
            "input", lambda e: keep(str(e.args)[:500]), js_handler="(e) => emit(e.target.value)"
        )


def _command(desk: Desk, command: str, values: dict[str, str]) -> c.Command:
    reason = values["reason"].strip()
    if command in ("hold", "withdraw", "skip", "reopen") and not reason:
        raise Invalid(desk.t("reason_needed"), [Problem("required", desk.t("reason_needed"), field="reason")])
    match command:
        case "hold":
            until = datetime.fromisoformat(values["until"]).replace(tzinfo=ZONE) if values["until"] else None
            return c.Hold(reason, until)
        case "resume":
            return c.Resume()
        case "skip":
            return c.SkipStage(values["stage"], reason)
        case "reopen":
            return c.Reopen(values["stage"], reason)
        case "withdraw":
            return c.Withdraw(reason)
        case "merge":
            return c.Merge(values["into"])
        case _:
            return c.MoveDistrict(values["district"])

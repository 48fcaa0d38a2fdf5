"""One case: where it is, why, what happened, its tasks, hand-offs, documents and the runs that touched it."""

from typing import Any

from fastapi import Request

from models.definitions.definition import Definition
from models.errors import LangkahError
from models.services import (
    access,
    attachments,
    case_view,
    cases,
    comments,
    documents,
    fact_words,
    handoffs,
    notes,
    participants,
    programmes,
    reveal,
)
from ui.components.comments import Comments
from ui.components.documents import CaseFiles, draw_documents
from ui.components.elements import button, cell, el, link, step_bar, table, words
from ui.desk import Desk
from ui.formatters import day, exact, fact
from ui.frame import frame, heading, now_words, rail_counts
from ui.pages.case_actions import draw_actions, opens, show_nik
from ui.pages.cases import status_words
from ui.pages.missing import draw_missing


async def case_page(request: Request, number: str) -> None:
    """The page of a case."""
    desk = Desk.of(request)
    counts, definition = await rail_counts(desk)
    try:
        seen = await _load(desk, number)
    except LangkahError as error:
        draw_missing(desk, desk.t("case"), error, counts, definition, "/staff/cases")
        return
    case, person = seen["case"], seen["person"]
    with frame(desk, person["name"], counts, definition, now_words(desk, seen["now"])):
        with heading(person["name"], f"{number} · {definition.areas.name(case.district)} · {status_words(desk, case.status)}"):
            draw_actions(desk, number, seen)
        done = {s for s, mark in case.stages.items() if mark in ("finished", "skipped")}
        step_bar(done, case.stage, list(seen["definition"].stages), f"{desk.t('stage')} {(case.stage or '').upper()}")
        _stage_words(desk, seen)
        said = case_view.explanation(seen["definition"], case, seen["now"], seen["notes"])
        with el("div", "why").props("style=margin-top:12px"):
            words(said["text"][desk.locale], "b")
            words(desk.span(said["since"], said["until"]))
            for other in [*case.doubles, *([case.status_reason] if case.status == "merged" else [])]:
                link(desk.t("same_person", number=other), f"/staff/cases/{other}")
        with el("div", "two"):
            with el("div"):
                _history(desk, seen)
            with el("div"):
                _tasks(desk, seen)
                _handoffs(desk, seen)
                _documents(desk, seen, number)
                _comments(desk, seen, number)
                _facts(desk, seen, number)
                _reveals(desk, seen)
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
            "notes": await notes.of_case(session, str(row.id)),
            "answers": (await participants.answers_of(session, [str(row.id)])).get(str(row.id), {}),
            "reveals": await reveal.of_case(session, actor, number),
            "names": await access.names(session),
            "files": await attachments.of_case(session, actor, number),
            "comments": await comments.of_case(session, actor, number),
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
                named = (
                    case_view.outcome_name(seen["definition"], task.step, task.outcome, desk.locale)
                    if task.outcome
                    else desk.t(f"task_{task.state}")
                )
                cell(named, desk.t("state"))
                cell(day(task.due_at, desk.locale), desk.t("due"))


def _handoffs(desk: Desk, seen: dict[str, Any]) -> None:
    if not seen["handoffs"]:
        return
    words(desk.t("handoffs"), "h2")
    _, body = table([(desk.t(k), False) for k in ("partner", "message", "state", "sent")])
    with body:
        for item in seen["handoffs"]:
            with el("tr"):
                cell(seen["definition"].partner_name(item["partner"], item["office"], desk.locale), "", "wrap")
                cell(case_view.step_name(seen["definition"], item["step"], desk.locale), desk.t("message"))
                cell(handoff_state(seen["definition"], item, desk), desk.t("state"))
                cell(day(item["sent_at"], desk.locale), desk.t("sent"))


def handoff_state(definition: Definition, item: dict[str, Any], desk: Desk) -> str:
    """How far a hand-off is: what the partner said, else its state, in words."""
    if item["outcome"]:
        return case_view.outcome_name(definition, item["step"], item["outcome"], desk.locale)
    return desk.t(f"handoff_{item['state']}")


def _documents(desk: Desk, seen: dict[str, Any], number: str) -> None:
    issued = {k: v for k, v in documents.titles(seen["definition"]).items() if seen["case"].facts.get(f"{k}_written")}
    words(desk.t("documents"), "h2")
    if issued:
        with el("ul", "list"):
            for name, title in issued.items():
                with el("li"):
                    link(f"{title[desk.locale]} (PDF)", f"/staff-files/cases/{number}/{name}.pdf")
    case = seen["case"]
    may_add = desk.actor.may("add_document", stage=case.stage, district=case.district)
    draw_documents(CaseFiles(desk, seen["definition"], number, seen["files"]), may_add=may_add)


def _comments(desk: Desk, seen: dict[str, Any], number: str) -> None:
    words(desk.t("tab_comments"), "h2")
    case = seen["case"]
    may_write = desk.actor.may("add_document", stage=case.stage, district=case.district) or desk.actor.may("claim_own_queue")
    Comments(desk, number, seen["comments"], may_write=may_write)


def _facts(desk: Desk, seen: dict[str, Any], number: str) -> None:
    words(desk.t("facts"), "h2")
    person, case = seen["person"], seen["case"]
    with el("dl", "facts"):
        words(desk.t("nik"), "dt")
        with el("dd", "nik"):
            nik = words(person["nik"])
            if desk.actor.may("reveal_personal_data", stage=case.stage, district=case.district):
                button(desk.t("reveal_nik"), opens(desk, show_nik, number, nik))
        for label, value in ((desk.t("phone"), person["phone"]), (desk.t("business"), person["business_type"])):
            words(label, "dt")
            words(str(value or "–"), "dd")
        answers = fact_words.answers(seen["definition"], seen["answers"], desk.locale)
        for label, value in [*answers, *fact_words.facts(seen["definition"], case.facts, desk.locale)]:
            words(label, "dt")
            words(fact(value, desk.locale), "dd")


def _reveals(desk: Desk, seen: dict[str, Any]) -> None:
    if not seen["reveals"]:
        return
    words(desk.t("reveals"), "h2")
    with el("ul", "list"):
        for item in seen["reveals"]:
            with el("li"):
                words(f"“{desk.half(item['reason'])}”")
                words(f"{exact(item['at'], desk.locale)} · {seen['names'].get(item['actor'], item['actor'])}", "small")


def _runs(desk: Desk, seen: dict[str, Any]) -> None:
    if not seen["runs"]:
        return
    words(desk.t("runs_of_case"), "h2")
    with el("ul", "list"):
        for run in seen["runs"][:20]:
            with el("li"):
                link(case_view.step_name(seen["definition"], run["step"], desk.locale), f"/staff/runs/{run['flow_run_id']}")
                words(exact(run["at"], desk.locale), "small")

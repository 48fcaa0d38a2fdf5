"""Imports: upload a list, watch it, see what came of each row, download the rejected rows to correct."""

from html import escape
from typing import Any

from fastapi import Request
from nicegui import events, ui

from models.errors import LangkahError
from models.intake.report import sheet_of
from models.intake.sheet import LARGEST_BYTES
from models.services import import_jobs, intake
from ui.components.elements import button, cell, el, empty, link, table, words
from ui.desk import Desk
from ui.formatters import exact, number
from ui.frame import frame, heading, now_words, rail_counts
from ui.pages.missing import draw_missing

PAGE = 200
KIND = {"ok": "ok", "warn": "soon", "rejected": "late", "duplicate": "calm"}


async def imports_page(request: Request) -> None:
    """All imports and the upload."""
    desk = Desk.of(request)
    counts, definition = await rail_counts(desk)
    async with desk.work() as (session, actor, now):
        jobs = await intake.jobs(session, actor) if actor.may("read_imports") else None

    async def uploaded(event: events.UploadEventArguments) -> None:
        content = await event.file.read()
        async with desk.work() as (session, actor, _):
            job = await import_jobs.queue_import(session, actor, content, event.file.name)
        ui.navigate.to(f"/staff/imports/{job}")

    with frame(desk, desk.t("imports"), counts, definition, now_words(desk, now)):
        heading(desk.t("imports"))
        if jobs is None:
            empty(desk.t("no_access"))
            return
        if desk.actor.may("import"):
            refused = words("", "div", "errors").props("role=alert")
            refused.set_visibility(False)
            upload = ui.upload(
                label=desk.t("upload"), auto_upload=True, max_file_size=LARGEST_BYTES, on_upload=lambda event: desk.safely(uploaded)(event)
            )
            upload.props('accept=".xlsx,.csv" flat bordered color=primary').style("margin-bottom:16px;max-width:420px")
            upload.on("rejected", lambda event: _refused(desk, refused, event.args))
        if not jobs:
            empty(desk.t("no_imports"))
            return
        _, body = table([(desk.t(k), False) for k in ("file", "state", "result", "started")])
        with body:
            for job in jobs:
                with el("tr"):
                    with el("td"):
                        link(job.file_name or job.id, f"/staff/imports/{job.id}")
                    cell(desk.t(f"job_{job.state}"), desk.t("state"))
                    cell(_summary(desk, job.summary) if job.error is None else desk.half(job.error), desk.t("result"), "wrap")
                    cell(exact(job.created_at, desk.locale), desk.t("started"))


def _refused(desk: Desk, place: ui.html, rejected: Any) -> None:
    """Say why the browser did not send a file, and what to do; it names the rule that the file failed."""
    rules = {item.get("failedPropValidation") for item in rejected if isinstance(item, dict)} if isinstance(rejected, list) else set()
    said = desk.t("wrong_kind_of_file") if rules == {"accept"} else desk.t("file_too_large", mb=LARGEST_BYTES // 1024**2)
    place.set_content(escape(said))
    place.set_visibility(True)


async def import_page(request: Request, job_id: str) -> None:
    """One import: progress, then the rows."""
    desk = Desk.of(request)
    counts, definition = await rail_counts(desk)
    try:
        async with desk.work() as (session, actor, now):
            await intake.job(session, actor, job_id)
    except LangkahError as error:
        draw_missing(desk, desk.t("imports"), error, counts, definition, "/staff/imports")
        return
    with frame(desk, desk.t("imports"), counts, definition, now_words(desk, now)):
        heading(desk.t("imports"))
        _Result(desk, job_id)


class _Result:
    """What came of one import so far; asked again until it has ended."""

    def __init__(self, desk: Desk, job_id: str) -> None:
        self._desk, self._job_id = desk, job_id
        self._only, self._after = "", 0
        self._holder = el("div").props("aria-live=polite")
        self._timer = ui.timer(0.5, desk.safely(self._load))

    async def _load(self) -> None:
        async with self._desk.work() as (session, actor, _):
            job = await intake.job(session, actor, self._job_id)
            rows = await intake.items(session, actor, self._job_id, states=self._only.split(), after=self._after, limit=PAGE)
        if job.state in ("done", "failed"):
            self._timer.deactivate()
        self._holder.clear()
        with self._holder:
            if job.state in ("queued", "running"):
                label = self._desk.t(f"job_{job.state}")
                words(label, "p", "muted")
                el("progress").props(f'aria-label="{label}"')
            elif job.error:
                words(self._desk.half(job.error), "div", "errors").props("role=alert")
            else:
                self._draw(job, rows)

    def _draw(self, job: intake.JobView, rows: list[dict[str, Any]]) -> None:
        desk = self._desk
        with el("div", "chips"):
            for key in ("", "ok", "warn", "rejected", "duplicate"):
                label = f"{desk.t(key)} {number(job.summary.get(key, 0), desk.locale)}" if key else desk.t("rows_n", n=job.total)
                button(label, desk.safely(lambda *_, k=key: self._show(k)))
            if job.failed and desk.actor.may("import"):
                button(desk.t("download_rejected"), desk.safely(lambda *_: self._download()), "b primary")
        _rows(desk, rows)
        if self._after:
            button(desk.t("from_the_start"), desk.safely(lambda *_: self._show(self._only)))
        if len(rows) == PAGE:
            button(desk.t("more_rows"), desk.safely(lambda *_: self._show(self._only, rows[-1]["row"])))

    async def _show(self, only: str, after: int = 0) -> None:
        self._only, self._after = only, after
        await self._load()

    async def _download(self) -> None:
        async with self._desk.work() as (session, actor, _):
            rejected = await import_jobs.rejected_rows(session, actor, self._job_id)
        ui.download.content(sheet_of(rejected, self._desk.locale), f"{self._desk.t('rejected_file')}.xlsx")


def _rows(desk: Desk, rows: list[dict[str, object]]) -> None:
    """The rows by the numbers that the sender's sheet shows, with the sheet's name where there are several."""
    several = len({row["sheet"] for row in rows}) > 1
    _, body = table(
        [
            (desk.t("row"), True),
            (desk.t("person"), False),
            (desk.t("result"), False),
            (desk.t("message"), False),
            (desk.t("case"), False),
        ]
    )
    with body:
        for row in rows:
            values = row["values"] if isinstance(row["values"], dict) else {}
            with el("tr"):
                cell(f"{row['sheet']} {row['sheet_row']}" if several else str(row["sheet_row"]), desk.t("row"), "num")
                cell(str(values.get("nama") or "–"), desk.t("person"))
                with el("td").props(f'data-label="{desk.t("result")}"'):
                    words(desk.t(str(row["outcome"])), "span", f"tag {KIND[str(row['outcome'])]}")
                messages = row["messages"] if isinstance(row["messages"], dict) else {}
                cell(str(messages.get(desk.locale) or ""), desk.t("message"), "wrap")
                with el("td"):
                    if row.get("case_number"):
                        link(str(row["case_number"]), f"/staff/cases/{row['case_number']}")


def _summary(desk: Desk, summary: dict[str, int]) -> str:
    return ", ".join(f"{number(n, desk.locale)} {desk.t(key).lower()}" for key, n in summary.items() if n)

"""The staff pages, one module per screen."""

from collections.abc import Callable
from typing import Any

from nicegui import ui


def register_pages() -> None:
    """Register every page; called once by the application."""
    from ui.pages import case, cases, imports, incidents, queue, runs, weekly
    from ui.pages.trouble import kindly

    def page(path: str) -> Callable[..., Any]:
        return lambda draw: ui.page(path)(kindly(draw))

    page("/staff")(queue.home)
    page("/staff/tasks/{view}")(queue.view_page)
    page("/staff/queues/{queue_key}")(queue.queue_page)
    page("/staff/views/{view_id}")(queue.saved_page)
    page("/staff/cases")(cases.cases_page)
    page("/staff/cases/{number}")(case.case_page)
    page("/staff/imports")(imports.imports_page)
    page("/staff/imports/{job_id}")(imports.import_page)
    page("/staff/weekly")(weekly.weekly_page)
    page("/staff/weekly/{week}")(weekly.weekly_page)
    page("/staff/runs")(runs.runs_page)
    page("/staff/runs/{run_id}")(runs.run_page)
    page("/staff/incidents")(incidents.incidents_page)

"""The staff pages, one module per screen."""

from nicegui import ui


def register_pages() -> None:
    """Register every page; called once by the application."""
    from ui.pages import case, cases, imports, incidents, queue, runs, weekly

    ui.page("/staff")(queue.home)
    ui.page("/staff/tasks/{view}")(queue.view_page)
    ui.page("/staff/queues/{queue_key}")(queue.queue_page)
    ui.page("/staff/cases")(cases.cases_page)
    ui.page("/staff/cases/{number}")(case.case_page)
    ui.page("/staff/imports")(imports.imports_page)
    ui.page("/staff/imports/{job_id}")(imports.import_page)
    ui.page("/staff/weekly")(weekly.weekly_page)
    ui.page("/staff/weekly/{week}")(weekly.weekly_page)
    ui.page("/staff/runs")(runs.runs_page)
    ui.page("/staff/runs/{run_id}")(runs.run_page)
    ui.page("/staff/incidents")(incidents.incidents_page)

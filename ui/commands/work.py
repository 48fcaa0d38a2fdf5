"""import, cases show, weekly, verify."""

import json as json_module
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from models.errors import Invalid, NotFound
from models.services.actor import MACHINE, Actor
from ui.edge import run, say, spoken_errors

app = typer.Typer()
cases_app = typer.Typer(no_args_is_help=True)
Json = Annotated[bool, typer.Option("--json", help="print JSON")]


@app.command("import")
def import_(
    file: Path,
    programme: Annotated[str | None, typer.Option(help="when there are several")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="change nothing")] = False,
    report: Annotated[Path | None, typer.Option(help="write the result of each row to .json, .csv or .xlsx")] = None,
    json: Json = False,
) -> None:
    """Register the people of a list (XLSX or CSV)."""

    async def work() -> Any:
        from models.clock import programme_now
        from models.db import transaction
        from models.intake.report import write_report
        from models.intake.sheet import LARGEST_BYTES, unreadable
        from models.services import intake, programmes

        if not file.is_file():
            raise NotFound(f"{file}: berkas tidak ada / there is no such file")
        if file.stat().st_size > LARGEST_BYTES:
            raise unreadable("file_too_large", "Berkas lebih dari 20 MB; bagi menjadi beberapa", "larger than 20 MB; split it")
        async with transaction() as session:
            definition = await programmes.current(session, programme)
            now = await programme_now(session)
            result = intake.judge(definition, file.read_bytes(), file.name, now)
            importer = Actor(MACHINE.id, MACHINE.name, "machine", channel="import")
            if dry_run:
                await intake.check_rows(session, importer, definition, result)
            else:
                await intake.register_rows(session, importer, definition, result, now)
        if report is not None:
            write_report(result, report)
        if not dry_run:
            from flows.alone import finish_without_worker

            await finish_without_worker()
        return result

    result = run(work)
    counts = ", ".join(f"{count} {word}" for word, count in result.summary.items())
    left_out = [f"\n  line {line.number}{f' of {line.sheet}' if line.sheet else ''} holds no person" for line in result.skipped]
    words = f"{file.name}: {len(result.rows)} rows: {counts}{' (nothing changed)' if dry_run else ''}{''.join(left_out[:20])}"
    say(result.as_json(), words, json)


@cases_app.callback()
def cases() -> None:
    """Cases of the programme."""


@cases_app.command()
def show(number: str, json: Json = False) -> None:
    """Show a case: where it is, since when, what it waits for."""

    async def work() -> dict[str, Any]:
        from models.clock import programme_now
        from models.db import transaction
        from models.services import case_view

        async with transaction() as session:
            return await case_view.as_json(session, MACHINE, number, await programme_now(session))

    case = run(work)
    lines = [f"{case['number']}  {case['status']}  {case['stage']}  v{case['version']}"]
    lines += [f"  {p['step']} ({p['kind']}) since {p['since']} due {p['due_at'] or '–'}" for p in case["positions"]]
    lines.append(f"  {case['explanation']['text']['id']}")
    say(case, "\n".join(lines), json)


@app.command()
def weekly(
    week: Annotated[str, typer.Option(help="e.g. 2018-W03")],
    format_: Annotated[str, typer.Option("--format", help="json, pdf or xlsx")] = "json",
    out: Annotated[Path | None, typer.Option(help="file; standard output when none is named")] = None,
    verify: Annotated[bool, typer.Option("--verify", help="count again from the journal and compare")] = False,
    json: Json = False,
) -> None:
    """Print the weekly update of an ISO week."""

    async def work() -> bytes:
        from models.db import transaction
        from models.services import programmes, weekly_files
        from models.services import weekly as weekly_service

        if format_ not in ("json", "pdf", "xlsx"):
            raise Invalid(f"--format {format_}: expected json, pdf or xlsx")
        if json and format_ != "json" and out is None:
            raise Invalid(f"--json with --format {format_}: say --out FILE for the file")
        async with transaction() as session:
            definition = await programmes.current(session)
            wanted = weekly_service.parse_week(week)
            if verify:
                await weekly_service.verify_week(session, definition, wanted)
            update = await weekly_service.read(session, MACHINE, definition, wanted)
        if format_ == "json":
            return (json_module.dumps(update, ensure_ascii=False, indent=1) + "\n").encode()
        return weekly_files.pdf(update, definition) if format_ == "pdf" else weekly_files.xlsx(update, definition)

    content = run(work)
    if verify:
        typer.echo(f"{week}: counted again from the journal, no difference.", err=True)
    if out is None:
        sys.stdout.buffer.write(content)
        return
    with spoken_errors():
        out.write_bytes(content)
    if json:
        say({"week": week, "file": str(out), "bytes": len(content), "verified": verify}, "", json)
    else:
        typer.echo(f"Written to {out}.", err=True)


@app.command()
def verify(json: Json = False) -> None:
    """Fold every case again from its journal and report each difference to the rows."""

    async def work() -> dict[str, Any]:
        from models.db import transaction
        from models.services.verify import verify as verify_cases

        checked, found = 0, []
        async with transaction() as session:
            async for count, differences in verify_cases(session):
                checked += count
                found += differences
        return {"cases": checked, "differences": [f"{d.case_number} {d.table}.{d.field} {d.key}" for d in found]}

    result = run(work)
    words = "\n".join(result["differences"]) + ("\n" if result["differences"] else "")
    say(result, f"{words}{result['cases']} cases checked, {len(result['differences'])} differences.", json)
    if result["differences"]:
        raise typer.Exit(1)

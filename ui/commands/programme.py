"""programme check, publish, export, diff."""

import shutil
from pathlib import Path
from typing import Annotated

import typer

from models.errors import Invalid, Problem
from ui.edge import run, say, spoken_errors
from ui.shipped import SHIPPED

app = typer.Typer(no_args_is_help=True)
Folder = Annotated[Path, typer.Argument(help="a folder of YAML; the shipped OK OCE when none is named")]
Json = Annotated[bool, typer.Option("--json", help="print JSON")]


@app.command()
def check(folder: Folder = SHIPPED, json: Json = False) -> None:
    """Check a definition; prints file, line and hint for each finding."""
    with spoken_errors():
        from flows.checking import check_folder

        findings = check_folder(_folder(folder))
    errors = [finding for finding in findings if not finding.warning]
    shown = [{"file": f.file, "line": f.line, "message": f.message, "hint": f.hint, "warning": f.warning} for f in findings]
    words = "\n".join(str(finding) for finding in findings) or "The definition is in order."
    say({"ok": not errors, "findings": shown}, words, json)
    if errors:
        raise typer.Exit(1)


@app.command()
def publish(
    folder: Folder = SHIPPED,
    json: Json = False,
) -> None:
    """Publish a definition for new cases; running cases keep theirs."""

    async def work() -> str:
        from flows.checking import check_folder
        from models.db import transaction
        from models.definitions.loader import load
        from models.services import programmes
        from models.services.actor import MACHINE

        async with transaction() as session:
            found = [finding for finding in check_folder(_folder(folder)) if not finding.warning]
            bundle = load(_folder(folder)).bundle
            if found or bundle is None:
                raise Invalid("The definition has errors.", [Problem("definition", str(finding)) for finding in found])
            return await programmes.publish(session, MACHINE, bundle)

    hash_ = run(work, new_gets_programme=False)
    say({"hash": hash_}, f"Published {hash_[:12]}.", json)


@app.command()
def ensure(json: Json = False) -> None:
    """Give a new database the shipped programme; on any other, change nothing."""

    async def work() -> str:
        from models.db import transaction
        from models.services import programmes

        async with transaction() as session:
            return (await programmes.current(session)).hash

    hash_ = run(work)
    say({"hash": hash_}, f"The programme is {hash_[:12]}.", json)


@app.command()
def export(folder: Path, json: Json = False) -> None:
    """Write the shipped definition as a folder of YAML, to read or to change."""
    with spoken_errors():
        if folder.exists():
            raise Invalid(f"{folder} exists already")
        shutil.copytree(SHIPPED, folder)
    say({"folder": str(folder)}, f"Written to {folder}.", json)


@app.command()
def diff(old: Path, new: Path, json: Json = False) -> None:
    """Say which stages, steps, forms and messages differ between two folders."""
    from models.definitions.diff import differences
    from models.definitions.loader import load

    with spoken_errors():
        bundles = [load(_folder(folder)).bundle for folder in (old, new)]
        if None in bundles:
            raise Invalid("One of the definitions has errors; see: langkah programme check")
        found = differences(*[bundle for bundle in bundles if bundle])
    say({"differences": found}, "\n".join(found) or "No difference.", json)


def _folder(folder: Path) -> Path:
    if not folder.is_dir():
        typer.echo(f"{folder}: there is no such folder", err=True)
        raise typer.Exit(1)
    return folder

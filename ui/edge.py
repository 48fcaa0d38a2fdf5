"""What every command of the CLI does around its work: find the database, run, say what went wrong in one sentence."""

import asyncio
import gc
import json
import sys
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from typing import Any

import typer

from models.errors import LangkahError


@contextmanager
def database() -> Iterator[str]:
    """The address of the database: the configured one, a running `up`'s, or the embedded one just as long as needed."""
    from models import schema
    from models.embedded import running
    from models.settings import get_settings

    settings = get_settings()
    if settings.database_url:
        asyncio.run(schema.check_server(settings.database_url))
        schema.upgrade(settings.database_url)
        yield settings.database_url
        return
    with running(settings.data_dir) as cluster:
        schema.upgrade(cluster.url())
        yield cluster.url()


def run(work: Callable[[], Coroutine[Any, Any, Any]], *, new_gets_programme: bool = True) -> Any:
    """Run async work on the database and return its result; an error becomes one sentence and exit code 1.

    A new database gets the shipped programme first, so that every command works on a fresh machine.
    """

    async def connected(url: str) -> Any:
        from models import db
        from models.services.announce import all_told
        from ui.shipped import ensure_programme

        db.connect(url, size=4)
        rare_collections()
        try:
            if new_gets_programme:
                await ensure_programme()
            return await work()
        finally:
            await all_told()
            await db.engine().dispose()

    with spoken_errors(), database() as url:
        return asyncio.run(connected(url))


def rare_collections() -> None:
    """Let the garbage collector look rarely: batches make many objects that die by themselves, and few circles."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 50, 1000)


@contextmanager
def spoken_errors() -> Iterator[None]:
    """Turn our own errors, and those of files and of the database, into one sentence on standard error and exit code 1."""
    try:
        yield
    except LangkahError as error:
        typer.echo(error.message, err=True)
        for problem in error.problems:
            if problem.message not in error.message:
                typer.echo(f"  {problem.field or ''} {problem.message}".rstrip(), err=True)
        raise typer.Exit(1) from None
    except OSError as error:
        typer.echo(f"{error.filename}: {error.strerror}" if error.filename else str(error), err=True)
        raise typer.Exit(1) from None
    except Exception as error:
        sentence = _of_database(error)
        if sentence is None:
            raise
        typer.echo(sentence, err=True)
        raise typer.Exit(1) from None


def _of_database(error: Exception) -> str | None:
    """What the database says, in one sentence; None when the error is not the database's."""
    if not type(error).__module__.startswith(("sqlalchemy.", "asyncpg.")):
        return None
    lines = str(getattr(error, "orig", None) or error).splitlines()
    return f"The database refused: {lines[0] if lines else type(error).__name__}"


def say(result: Any, words: str, as_json: bool) -> None:
    """Say what was done: a sentence, or JSON."""
    if as_json:
        sys.stdout.write(json.dumps(result, default=str, ensure_ascii=False) + "\n")
    else:
        typer.echo(words)

"""bench: how close Langkah comes to what the same PostgreSQL can do."""

import importlib
from typing import Annotated

import typer

from models.errors import SettingsError
from ui.edge import say, spoken_errors

app = typer.Typer()


@app.command()
def bench(
    names: Annotated[list[str] | None, typer.Argument(help="which; all when none is named")] = None,
    cases: Annotated[int, typer.Option(help="how many cases where a figure depends on it")] = 40_000,
    json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """Measure on a database of its own; each figure is a ratio to a limit measured in the same run."""
    with spoken_errors():
        try:
            suite = importlib.import_module("tests.benchmarks.suite")
        except ModuleNotFoundError:
            raise SettingsError("The benchmarks are in the source folder (expected: run langkah bench in a clone)") from None
        unknown = sorted(set(names or ()) - set(suite.NAMES))
        if unknown:
            raise SettingsError(f"{unknown[0]}: no such benchmark (expected: one of {', '.join(suite.NAMES)})")
        for figure in suite.run(names or [], cases):
            line = f"{figure.name}: {figure.value:,.1f} {figure.unit}, {figure.ratio:.2f} x {figure.baseline_name} ({figure.baseline:,.1f})"
            say(figure.as_json(), line, json)

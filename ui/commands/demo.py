"""demo: fills an empty database with an invented programme."""

from datetime import date
from typing import Annotated

import typer

from models.errors import Conflict
from ui.edge import run, say

app = typer.Typer()


@app.command()
def demo(
    registrants: Annotated[int, typer.Option()] = 4230,
    as_of: Annotated[str, typer.Option(help="the day on which the demo begins to live")] = "2018-01-22",
    if_missing: Annotated[bool, typer.Option(help="do nothing when it is there already")] = False,
    json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """Build the demo: invented people, lived through day by day with ordinary commands."""

    async def work() -> dict[str, int]:
        from sqlalchemy import text

        from flows.demo.build import Builder, is_built, mark_built
        from flows.demo.roster import add_staff
        from flows.demo.story import story
        from models.db import transaction
        from models.services import programmes
        from models.services.announce import silence

        async with transaction() as session:
            if await is_built(session) and if_missing:
                return {"cases": int(await session.scalar(text("SELECT count(*) FROM cases")) or 0)}
            if await session.scalar(text("SELECT 1 FROM cases LIMIT 1")):
                raise Conflict("The database holds cases already; the demo wants an empty one (a new LANGKAH_DATA_DIR).")
            definition = await programmes.current(session)
            await add_staff(session, definition, [(login.email, login.name, login.grant) for login in story().logins], story().password)
        with silence():
            await Builder(definition, registrants, date.fromisoformat(as_of)).build()
        async with transaction() as session:
            await mark_built(session)
            return {"cases": int(await session.scalar(text("SELECT count(*) FROM cases")) or 0)}

    result = run(work)
    say(result, f"The demo has {result['cases']} cases.", json)

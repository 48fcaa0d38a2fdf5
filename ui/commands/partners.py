"""partner check."""

from typing import Annotated

import typer

from ui.edge import run, say, spoken_errors

app = typer.Typer(no_args_is_help=True)


@app.callback()
def partners() -> None:
    """Partners of the programme."""


@app.command()
def check(name: str, json: Annotated[bool, typer.Option("--json")] = False) -> None:
    """Ask a partner a question that changes nothing."""

    async def work() -> str:
        from integrations.client import build_client
        from integrations.contract import PartnerError
        from integrations.registry import address_of
        from models.db import transaction
        from models.errors import LangkahError
        from models.services import programmes

        async with transaction() as session:
            definition = await programmes.current(session)
        try:
            async with build_client(address_of(definition, name)) as client:
                return await client.check()
        except PartnerError as error:
            raise LangkahError(str(error)) from None

    with spoken_errors():
        from models.settings import get_settings
        from ui import sandbox

        sandbox.find(get_settings().data_dir.expanduser())
    answer = run(work)
    say({"partner": name, "answer": answer}, answer, json)

"""users and tokens."""

import sys
from typing import Annotated

import typer

from models.services.actor import MACHINE
from ui.edge import run, say

users = typer.Typer(no_args_is_help=True)
tokens = typer.Typer(no_args_is_help=True)
Json = Annotated[bool, typer.Option("--json", help="print JSON")]
Stages = Annotated[list[str] | None, typer.Option("--stage", help="e.g. P2; several are possible")]
Districts = Annotated[list[str] | None, typer.Option("--district", help="e.g. 31.71.01, or 31.71 for a city")]


@users.command("add")
def add_user(
    email: str,
    name: Annotated[str, typer.Option()],
    role: Annotated[str, typer.Option()],
    stage: Stages = None,
    district: Districts = None,
    password_stdin: Annotated[bool, typer.Option("--password-stdin", help="read the password from standard input")] = False,
    json: Json = False,
) -> None:
    """Add an account."""
    password = sys.stdin.readline().rstrip("\n") if password_stdin else typer.prompt("Password", hide_input=True)

    async def work() -> str:
        from models.db import transaction
        from models.services import access

        grant = access.read_grant(role, [s.lower() for s in stage or []], district or [])
        async with transaction() as session:
            return await access.add_user(session, MACHINE, email, name, password, [grant])

    user = run(work)
    say({"id": user, "email": email, "role": role}, f"{email} may sign in as {role}.", json)


@users.command("demo-logins")
def demo_logins() -> None:
    """Print the logins of the demo."""
    from ui.demo_people import LOGINS, PASSWORD

    for login in LOGINS:
        typer.echo(f"  {login.email:<34} {PASSWORD}   {login.title}")


@tokens.command("add")
def add_token(
    name: str,
    role: Annotated[str, typer.Option()],
    stage: Stages = None,
    district: Districts = None,
    json: Json = False,
) -> None:
    """Add a key for a machine; it is shown once."""

    async def work() -> str:
        from models.db import transaction
        from models.services import access

        grant = access.read_grant(role, [s.lower() for s in stage or []], district or [])
        async with transaction() as session:
            return await access.add_token(session, MACHINE, name, [grant])

    token = run(work)
    say({"token": token, "name": name}, token, json)

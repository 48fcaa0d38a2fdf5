"""users and tokens."""

import re
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from models.errors import Invalid, Problem
from models.services.actor import MACHINE, Grant
from ui.edge import run, say, spoken_errors

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

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
    phone: Annotated[str | None, typer.Option(help="their mobile number; participants' codes never go there")] = None,
    password_stdin: Annotated[bool, typer.Option("--password-stdin", help="read the password from standard input")] = False,
    json: Json = False,
) -> None:
    """Add an account."""
    with spoken_errors():
        if not re.fullmatch(r"[^@\s]+@[^@\s]+", email):
            raise Invalid(f"{email}: bukan alamat surel / no e-mail address (expected: name@domain)")
    password = sys.stdin.readline().rstrip("\n") if password_stdin else typer.prompt("Password", hide_input=True)

    async def work() -> str:
        from models.db import transaction
        from models.services import access

        async with transaction() as session:
            grant = await _grant(session, role, stage or [], district or [])
            return await access.add_user(session, MACHINE, email, name, password, [grant], phone=phone)

    user = run(work)
    say({"id": user, "email": email, "role": role}, f"{email} may sign in as {role}.", json)


@users.command("demo-logins")
def demo_logins() -> None:
    """Print the logins of the demo."""
    from flows.demo.story import story

    for login in story().logins:
        typer.echo(f"  {login.email:<34} {story().password}   {login.title}")


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

        async with transaction() as session:
            grant = await _grant(session, role, stage or [], district or [])
            return await access.add_token(session, MACHINE, name, [grant])

    token = run(work)
    say({"token": token, "name": name}, token, json)


async def _grant(session: "AsyncSession", role: str, stages: list[str], districts: list[str]) -> Grant:
    """A grant from words, within the stages and areas of the programme. Raises Invalid naming what is expected."""
    from models.services import access, programmes

    grant = access.read_grant(role, [stage.lower() for stage in stages], districts)
    definition = await programmes.current(session)
    problems = []
    for stage in sorted(grant.stages - set(definition.stages)):
        known = ", ".join(definition.stages).upper()
        problems.append(Problem("unknown_stage", f"--stage {stage.upper()}: satu dari / one of {known}", field="stage"))
    for code in sorted(grant.areas):
        if definition.areas.get(code) is None:
            cities = ", ".join(f"{area.code} {area.name}" for area in definition.areas.cities())
            words = f"--district {code}: kode wilayah / a code of the programme's areas: {cities}, or one below such as 31.71.01"
            problems.append(Problem("unknown_area", words, field="district"))
    if problems:
        raise Invalid(problems[0].message, problems)
    return grant

"""`langkah`: the command line. Each group of commands is a module of ui/commands."""

import typer

from ui.commands import accounts, bench, database, demo, partners, processes, programme, work

# Plain help: drawing it with rich alone takes longer than everything else of `langkah --help`.
app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="Langkah: runs people through a programme.",
)
for module in (processes, work, demo, bench):
    app.registered_commands += module.app.registered_commands
app.add_typer(database.app, name="db", help="The database: upgrade, backup, restore.")
app.add_typer(accounts.users, name="users", help="Accounts of the staff.")
app.add_typer(accounts.tokens, name="tokens", help="Keys for machines.")
app.add_typer(programme.app, name="programme", help="Definitions: check, publish, export, diff.")
app.add_typer(work.cases_app, name="cases", help="Cases.")
app.add_typer(partners.app, name="partner", help="Partners.")


def main() -> None:
    """Entry point of the `langkah` command."""
    app()


if __name__ == "__main__":
    main()

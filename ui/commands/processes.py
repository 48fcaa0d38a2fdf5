"""up, serve, work, deploy, sandbox: the processes."""

import asyncio
import os
import shlex
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from ui.edge import database, rare_collections, spoken_errors

app = typer.Typer()
LEAVE_SECONDS = 6.0


@app.command()
def up(
    demo: Annotated[bool, typer.Option(help="fill an invented programme and serve its partners")] = False,
    port: Annotated[int | None, typer.Option(help="port of the pages")] = None,
    data_dir: Annotated[Path | None, typer.Option(help="where everything is kept")] = None,
) -> None:
    """Start everything: database, Prefect, worker, pages. Ctrl-C stops all."""
    if port is not None:
        os.environ["LANGKAH_PORT"] = str(port)
    if data_dir is not None:
        os.environ["LANGKAH_DATA_DIR"] = str(data_dir)
    with spoken_errors():
        from models.settings import get_settings
        from ui.supervisor import Supervisor

        get_settings.cache_clear()

        Supervisor(demo).run()


@app.command()
def serve(port: Annotated[int | None, typer.Option(help="port of the pages")] = None) -> None:
    """Serve pages and API; start as many as you need behind a proxy with sticky routing."""
    with spoken_errors(), database() as url:
        import uvicorn

        from models.settings import get_settings
        from ui.logs import configure
        from ui.main import create_app

        settings = get_settings()
        configure(settings)
        uvicorn.run(
            create_app(url),
            host=settings.host,
            port=port or settings.port,
            log_level="warning",
            timeout_graceful_shutdown=3,
            ws_max_size=2**22,
        )


@app.command()
def work() -> None:
    """Do automated steps, hand-offs, deadlines and scheduled runs; start as many as you need."""

    async def until_told(url: str) -> None:
        from flows.worker import work as do_work
        from models import db
        from models.clock import wake_clock
        from models.services.announce import all_told
        from models.settings import get_settings
        from ui.logs import configure

        configure(get_settings())
        db.connect(url, size=10)
        rare_collections()
        async with db.transaction() as session:
            await wake_clock(session)
        stop = asyncio.Event()

        def end() -> None:
            stop.set()
            _leave_soon()

        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, end)
        await do_work(stop)
        await all_told()
        await db.engine().dispose()

    with spoken_errors(), database() as url:
        asyncio.run(until_told(url))


@app.command()
def deploy() -> None:
    """Register the flows with Prefect (prefect.yaml); can be repeated."""
    with spoken_errors():
        from ui.deploy import deploy_all

        asyncio.run(deploy_all())


@app.command()
def sandbox(
    port: Annotated[int, typer.Option()] = 8099,
    latency_ms: Annotated[int, typer.Option(help="mean delay of each answer")] = 20,
    loss: Annotated[float, typer.Option(help="share of requests whose answer is lost")] = 0.0,
    duplicates: Annotated[float, typer.Option(help="share of answers that come twice")] = 0.05,
    answer_after: Annotated[float, typer.Option(help="seconds until a partner has done its work")] = 5.0,
) -> None:
    """Serve all partners of the contract, with a ledger of their own.

    Setting: LANGKAH_SANDBOX_SECRET (whsec_ and base64 of 24 random bytes) signs the answers; without it, a secret is made
    and kept in the data directory. Where the partners are is written to partners.env there.
    """
    with spoken_errors():
        import uvicorn

        from integrations.sandbox.app import create_app
        from integrations.sandbox.script import Faults
        from models.settings import get_settings

        data_dir = get_settings().data_dir.expanduser().resolve()
        faults = Faults(latency_ms / 1000, loss / 2, loss / 2, duplicates, answer_after)
        with _announced(data_dir, port) as secret:
            uvicorn.run(create_app(data_dir / "sandbox", secret, faults), host="127.0.0.1", port=port, log_level="warning")


@contextmanager
def _announced(data_dir: Path, port: int) -> Iterator[str]:
    """The secret of the sandbox; alone (not as a part of `up --demo`) it also says how to send the partners to it."""
    from models.embedded import Cluster, owner_lives
    from models.errors import SettingsError
    from ui import sandbox as kept

    if os.environ.get(kept.VARIABLE):
        yield kept.secret(data_dir)
        return
    Cluster(data_dir).prepare()
    if owner_lives(data_dir) and kept.file_of(data_dir).exists():
        raise SettingsError(f"LANGKAH_DATA_DIR: a demo runs on {data_dir} with a sandbox of its own (expected: another directory)")
    secret = kept.secret(data_dir)
    kept.keep(data_dir, kept.partner_settings(port, secret))
    typer.echo(f"The partners are at http://127.0.0.1:{port}. For `langkah serve`, `work` and `up`, say before they start:")
    typer.echo(f"  set -a; . {shlex.quote(str(kept.file_of(data_dir)))}; set +a")
    try:
        yield secret
    finally:
        kept.forget(data_dir)


def _leave_soon() -> None:
    """End at the latest in a few seconds: Prefect's exit waits for its server, however long that is away.

    What is cut off is done again by another worker, as after a kill.
    """
    last_call = threading.Timer(LEAVE_SECONDS, os._exit, (0,))
    last_call.daemon = True
    last_call.start()

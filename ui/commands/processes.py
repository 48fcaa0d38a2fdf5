"""up, serve, work, deploy, sandbox: the processes."""

import asyncio
import os
import signal
from pathlib import Path
from typing import Annotated

import typer

from models.settings import get_settings
from ui.edge import database, spoken_errors

app = typer.Typer()


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
    get_settings.cache_clear()
    with spoken_errors():
        from ui.supervisor import Supervisor

        Supervisor(demo).run()


@app.command()
def serve(port: Annotated[int | None, typer.Option(help="port of the pages")] = None) -> None:
    """Serve pages and API; start as many as you need behind a proxy with sticky routing."""
    import uvicorn

    with spoken_errors(), database() as url:
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
        from ui.logs import configure

        configure(get_settings())
        db.connect(url, size=10)
        async with db.transaction() as session:
            await wake_clock(session)
        stop = asyncio.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
        await do_work(stop)
        await all_told()
        await db.engine().dispose()

    with spoken_errors(), database() as url:
        asyncio.run(until_told(url))


@app.command()
def deploy() -> None:
    """Register the flows with Prefect (prefect.yaml); can be repeated."""
    from ui.deploy import deploy_all

    with spoken_errors():
        asyncio.run(deploy_all())


@app.command()
def sandbox(
    port: Annotated[int, typer.Option()] = 8099,
    latency_ms: Annotated[int, typer.Option(help="mean delay of each answer")] = 20,
    loss: Annotated[float, typer.Option(help="share of requests whose answer is lost")] = 0.0,
    duplicates: Annotated[float, typer.Option(help="share of answers that come twice")] = 0.05,
    answer_after: Annotated[float, typer.Option(help="seconds until a partner has done its work")] = 5.0,
) -> None:
    """Serve all partners of the contract, with a ledger of their own."""
    import uvicorn

    from integrations.sandbox.app import create_app
    from integrations.sandbox.script import Faults
    from models.errors import SettingsError

    with spoken_errors():
        secret = os.environ.get("LANGKAH_SANDBOX_SECRET")
        if not secret:
            raise SettingsError("LANGKAH_SANDBOX_SECRET: missing (expected: whsec_ and base64 of 24 random bytes)")
        faults = Faults(latency_ms / 1000, loss / 2, loss / 2, duplicates, answer_after)
        folder = get_settings().data_dir / "sandbox"
        uvicorn.run(create_app(folder, secret, faults), host="127.0.0.1", port=port, log_level="warning")

"""Prefect's server as a child process: its own database in the same cluster, loopback only, behind a password of ours."""

import os
import secrets
import sys
import time
import urllib.request
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit

from models.errors import SettingsError
from models.private_files import kept

TLS = ("sslmode", "sslrootcert", "sslcert", "sslkey", "sslcrl")


def password(data_dir: Path) -> str:
    """The server's user and password, made once and kept privately."""
    return kept(data_dir / "prefect.auth", lambda: f"langkah:{secrets.token_urlsafe(18)}")


def environment(data_dir: Path, port: int) -> dict[str, str]:
    """What every process needs to talk to Prefect; an operator's own PREFECT_API_URL is left alone."""
    shared = {
        "DO_NOT_TRACK": "1",
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "PREFECT_HOME": str(data_dir / "prefect"),
        "PREFECT_LOGGING_LEVEL": "WARNING",
        "PREFECT_LOGGING_LOGGERS_PREFECT_FLOW_RUNS_LEVEL": "INFO",
        "PREFECT_LOGGING_SERVER_LEVEL": "WARNING",
        "PREFECT_WORKER_QUERY_SECONDS": "1",
    }
    if os.environ.get("PREFECT_API_URL"):
        return shared
    return shared | {"PREFECT_API_URL": f"http://127.0.0.1:{port}/api", "PREFECT_API_AUTH_STRING": password(data_dir)}


def server_environment(data_dir: Path, port: int, database_url: str) -> dict[str, str]:
    """What the server itself needs."""
    return {
        **_database(database_url),
        "PREFECT_SERVER_API_HOST": "127.0.0.1",
        "PREFECT_SERVER_API_PORT": str(port),
        "PREFECT_SERVER_API_AUTH_STRING": password(data_dir),
        "PREFECT_UI_API_URL": f"http://127.0.0.1:{port}/api",
        "PREFECT_SERVER_EVENTS_RETENTION_PERIOD": "P1D",
        # Nothing of ours reads events, and they were two thirds of what a run writes; who wants the feed turns it on again.
        "PREFECT_SERVER_SERVICES_EVENT_PERSISTER_ENABLED": os.environ.get("PREFECT_SERVER_SERVICES_EVENT_PERSISTER_ENABLED", "false"),
        # Runs are removed by housekeeping; this finds logs whose run is gone.
        "PREFECT_SERVER_SERVICES_DB_VACUUM_ENABLED": "events,orphans",
    }


def _database(url: str) -> dict[str, str]:
    """Where the server keeps its data: SQLAlchemy's address, and what it has no words for as the driver's own variables."""
    parts = urlsplit(url)
    asked = dict(parse_qsl(parts.query))
    kept = urlencode({name: value for name, value in asked.items() if name in ("host", "port")})
    plain = parts._replace(scheme="postgresql+asyncpg", query=kept).geturl()
    return {"PREFECT_API_DATABASE_CONNECTION_URL": plain} | {f"PG{name.upper()}": asked[name] for name in TLS if name in asked}


def command(port: int) -> list[str]:
    """How the server is started."""
    return [sys.executable, "-m", "prefect", "server", "start", "--host", "127.0.0.1", "--port", str(port)]


async def answers(seconds: float = 3) -> bool:
    """Whether the server of PREFECT_API_URL answers within so many seconds; also True where no server is named."""
    import httpx  # `up`, which only starts the server, stays small without it

    url = os.environ.get("PREFECT_API_URL")
    if not url:
        return True
    try:
        async with httpx.AsyncClient(timeout=seconds) as client:
            return (await client.get(f"{url}/health")).is_success
    except httpx.HTTPError:
        return False


def wait(port: int, limit: float = 60) -> None:
    """Wait until the server answers. Raises SettingsError after `limit` seconds."""
    began = time.monotonic()
    while time.monotonic() - began < limit:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/api/health", timeout=2) as answer:
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.2)
    raise SettingsError(f"Prefect's server does not answer on port {port} after {limit:.0f} s")

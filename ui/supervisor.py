"""`langkah up`: starts everything in order, watches it, starts again what dies, stops all on Ctrl-C."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

from flows import prefect_server
from models import embedded
from models.errors import SettingsError
from models.services.vault import kept_secret
from models.settings import get_settings
from ui import sandbox
from ui.children import Child


def free_port(wanted: int, what: str, host: str = "127.0.0.1") -> int:
    """The port when nobody has it. Raises SettingsError naming it otherwise."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, wanted))
        except OSError:
            raise SettingsError(f"LANGKAH_PORT: port {wanted} for {what} is in use (expected: a free port, e.g. --port 8090)") from None
        return int(probe.getsockname()[1])


def any_port() -> int:
    """A port that nobody has now."""
    return free_port(0, "a child process")


class Supervisor:
    """The processes of one data directory."""

    def __init__(self, demo: bool) -> None:
        self.settings, self.demo = get_settings(), demo
        self.data_dir = self.settings.data_dir.expanduser().resolve()
        self.children: list[Child] = []
        self.cluster: embedded.Cluster | None = None
        self._stopping = False

    def run(self) -> None:
        """Start all, say where, and stay until a signal comes."""
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._signal)
        free_port(self.settings.port, "the pages", self.settings.host)
        try:
            self._start()
            self._stay()
        except KeyboardInterrupt:
            pass
        finally:
            self._stop()

    def _signal(self, *_: object) -> None:
        if self._stopping:
            return
        self._stopping = True
        raise KeyboardInterrupt

    def _start(self) -> None:
        began = time.monotonic()
        url, prefect_url = self._database()
        env = self._environment(url)
        if "PREFECT_API_URL" in os.environ:
            prefect_port = None
        else:
            prefect_port = any_port()
            env |= prefect_server.environment(self.data_dir, prefect_port)
            server_env = env | prefect_server.server_environment(self.data_dir, prefect_port, prefect_url)
            self._child("prefect", prefect_server.command(prefect_port), server_env)
        langkah = [sys.executable, "-m", "ui.cli"]
        if self.demo:
            port = any_port()
            env |= _sandbox_environment(self.data_dir, port)
            self._child("sandbox", [*langkah, "sandbox", "--port", str(port)], env)
            self._run_once("demo", [*langkah, "demo", "--if-missing"], env)
        else:
            self._run_once("programme", [*langkah, "programme", "ensure"], env)
        self._child("web", [*langkah, "serve"], env)
        if prefect_port is not None:
            prefect_server.wait(prefect_port)
        self._run_once("deploy", [*langkah, "deploy"], env)
        self._child("worker", [*langkah, "work"], env)
        self._wait_ready()
        print(f"\nLangkah runs at {self.settings.public_url()}  ({time.monotonic() - began:.0f} s)")
        if prefect_port is not None:
            print(f"Prefect's own pages: http://127.0.0.1:{prefect_port}  (sign in with the text in {self.data_dir}/prefect.auth)")
        if self.demo:
            self._run_once("logins", [*langkah, "users", "demo-logins"], env, quiet=False)
        print("Ctrl-C stops everything.", flush=True)

    def _database(self) -> tuple[str, str]:
        if self.settings.database_url:
            from models import schema  # only here: `up` stays small without SQLAlchemy; its first child brings the schema up

            asyncio.run(schema.check_server(self.settings.database_url))
            return self.settings.database_url, asyncio.run(schema.beside(self.settings.database_url, "prefect"))
        cluster = embedded.Cluster(self.data_dir)
        cluster.prepare()
        embedded.claim(self.data_dir)
        # Only from here on is the server's life ours: a refused start must not stop somebody else's database.
        self.cluster = cluster
        self.cluster.start()
        self.cluster.create_database("langkah")
        self.cluster.create_database("prefect")
        return self.cluster.url(), self.cluster.url("prefect")

    def _environment(self, url: str) -> dict[str, str]:
        return {
            **os.environ,
            "LANGKAH_DATABASE_URL": url,
            "LANGKAH_DATA_DIR": str(self.data_dir),
            "LANGKAH_PORT": str(self.settings.port),
            "LANGKAH_DEMO": "true" if self.demo else "false",
            "LANGKAH_SECRET_KEY": self.settings.secret_key or kept_secret(self.data_dir),
        }

    def _child(self, name: str, command: list[str], env: dict[str, str]) -> None:
        child = Child(name, command, env, self.data_dir / "logs")
        child.start()
        self.children.append(child)

    def _run_once(self, name: str, command: list[str], env: dict[str, str], quiet: bool = True) -> None:
        done = subprocess.run(command, env=env, check=False, capture_output=quiet, text=True, start_new_session=True)
        if done.returncode:
            raise SettingsError(f"{name} failed: {(done.stderr or done.stdout or '').strip()[-600:]}")

    def _wait_ready(self, limit: float = 60) -> None:
        began = time.monotonic()
        here = "127.0.0.1" if self.settings.host == "0.0.0.0" else self.settings.host  # noqa: S104 (compared, not bound)
        while time.monotonic() - began < limit:
            try:
                with urllib.request.urlopen(f"http://{here}:{self.settings.port}/health/ready", timeout=3) as answer:
                    if answer.status == 200:
                        return
            except OSError:
                time.sleep(0.2)
            self._revive()
        raise SettingsError(f"the pages do not answer after {limit:.0f} s; see {self.data_dir / 'logs' / 'web.log'}")

    def _stay(self) -> None:
        while True:
            time.sleep(0.5)
            self._revive_database()
            self._revive()

    def _revive_database(self) -> None:
        """Start PostgreSQL again when it died; it may die once more while it recovers, so failing is no end."""
        if self.cluster is None or self.cluster.alive():
            return
        print("PostgreSQL died; it is started again", flush=True)
        try:
            self.cluster.start()
        except (SettingsError, subprocess.TimeoutExpired) as error:
            print(f"{error}; it is tried again", flush=True)

    def _revive(self) -> None:
        for child in self.children:
            if child.revive():
                print(f"{child.name} died; it was started again (its log: {child.log})", flush=True)

    def _stop(self) -> None:
        self._stopping = True
        for child in reversed(self.children):
            child.terminate()
        for child in reversed(self.children):
            child.wait()
        if self.cluster is not None:
            self.cluster.stop()
        if self.demo and self.children:
            sandbox.forget(self.data_dir)
        if self.children:
            print("Langkah has stopped.", flush=True)


def _sandbox_environment(data_dir: Path, port: int) -> dict[str, str]:
    """Settings that send every partner of the demo to the sandbox; an operator's own settings win."""
    shared = sandbox.secret(data_dir)
    partners = sandbox.partner_settings(port, shared)
    sandbox.keep(data_dir, partners)
    return {key: value for key, value in ({sandbox.VARIABLE: shared} | partners).items() if key not in os.environ}

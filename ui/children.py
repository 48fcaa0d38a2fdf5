"""A child process in a group of its own, with its log."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import IO

PATIENCE_SECONDS = 8.0
FIRST_PAUSE, SLOWEST_START, QUICKLY = 0.5, 10.0, 12.0


class Child:
    """One process that is started, watched and ended."""

    def __init__(self, name: str, command: list[str], env: dict[str, str], logs: Path) -> None:
        self.name, self._command, self._env = name, command, env
        logs.mkdir(mode=0o700, exist_ok=True)
        self.log = logs / f"{name}.log"
        self._process: subprocess.Popen[bytes] | None = None
        self._started = 0.0
        self._pause = FIRST_PAUSE

    def revive(self) -> bool:
        """Start it again when it has died; one that dies quickly rests for longer and longer. Returns whether it was started.

        Nobody sleeps here: while one child rests, the others and the database are looked after.
        """
        lived = time.monotonic() - self._started
        if not self.died() or lived < self._pause:
            return False
        self._pause = min(self._pause * 2, SLOWEST_START) if lived < QUICKLY else FIRST_PAUSE
        self.start()
        return True

    def start(self) -> None:
        """Start it."""
        self._started = time.monotonic()
        output: IO[bytes] = self.log.open("ab")
        self._process = subprocess.Popen(
            self._command,
            env=self._env,
            stdout=output,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=_end_with_parent if sys.platform == "linux" else None,
        )
        output.close()

    def died(self) -> bool:
        """Whether it ended by itself."""
        return self._process is not None and self._process.poll() is not None

    def terminate(self) -> None:
        """Ask it and its children to end."""
        self._send(signal.SIGTERM)

    def wait(self) -> None:
        """Wait for its end; insist after a while."""
        if self._process is None:
            return
        try:
            self._process.wait(PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            self._send(signal.SIGKILL)
            self._process.wait(5)

    def _send(self, number: int) -> None:
        if self._process is not None and self._process.poll() is None:
            try:
                os.killpg(self._process.pid, number)
            except ProcessLookupError:
                return


def _end_with_parent() -> None:
    """Have Linux end this child when its parent is killed, so that nobody serves on without a supervisor.

    With SIGKILL: work is safe against it, and a graceful end may wait for a sibling that dies at the same moment.
    """
    parent_death_signal = 1
    ctypes.CDLL(None).prctl(parent_death_signal, signal.SIGKILL)

"""A worker's sign of life: its own thread and connection, since a call to Prefect may block the loop for many seconds.

With each beat it also frees what dead workers held, so that taking over waits for nothing else, and what was leased for
this worker without its knowing.
"""

import asyncio
import contextlib
import logging
import os
import socket
import threading
from collections.abc import Iterable, Iterator

import asyncpg

from models.database_url import arguments
from models.db import AWAY, address
from models.services.workers import BEAT, FORGOTTEN, SIGN_OFF, TAKE_OVER

log = logging.getLogger(__name__)
BEAT_SECONDS, ANSWER_SECONDS = 2.0, 5.0


_this: list[str] = []
_in_hand: set[str] = set()


def this_worker() -> str:
    """The id of the worker that this process is; "command" in a process that is none."""
    return _this[-1] if _this else "command"


@contextlib.contextmanager
def in_hand(ids: Iterable[str]) -> Iterator[None]:
    """Say that this process works on leased positions or hand-offs; what it does not say so of is freed by its heart."""
    held = set(ids)
    _in_hand.update(held)
    try:
        yield
    finally:
        _in_hand.difference_update(held)


class Heartbeat:
    """Writes to `worker_heartbeat` until it is stopped."""

    def __init__(self, worker_id: str) -> None:
        self._worker_id = worker_id
        self._database = arguments(address())
        self._stop = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._beat()), daemon=True, name="heartbeat")

    def start(self) -> None:
        """Begin to beat; from now on this process is that worker."""
        _this.append(self._worker_id)
        self._thread.start()

    def stop(self) -> None:
        """Stop and sign off."""
        _this.remove(self._worker_id)
        self._stop.set()
        self._thread.join(5)

    async def _beat(self) -> None:
        connection: asyncpg.Connection | None = None
        while not self._stop.is_set():
            try:
                connection = connection or await asyncpg.connect(
                    **self._database | {"timeout": ANSWER_SECONDS, "command_timeout": ANSWER_SECONDS}
                )
                await connection.execute(BEAT, self._worker_id, socket.gethostname(), os.getpid())
                for statement in TAKE_OVER:
                    await connection.execute(statement)
                for statement in FORGOTTEN:
                    await connection.execute(statement, self._worker_id, list(_in_hand))
            except AWAY as error:
                log.warning("heartbeat: %s", type(error).__name__)
                if connection is not None:
                    connection.terminate()
                connection = None
            await asyncio.to_thread(self._stop.wait, BEAT_SECONDS)
        if connection is not None:
            with contextlib.suppress(*AWAY):
                await connection.execute(SIGN_OFF, self._worker_id)
                await connection.close()

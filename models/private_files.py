"""Small secrets in files that only their owner reads (mode 0600), whole or not there at all."""

import contextlib
import os
import secrets
from collections.abc import Callable, Iterator
from pathlib import Path

from models.errors import SettingsError


def write(path: Path, text: str) -> None:
    """Write a private file anew, also over one that exists."""
    with _beside(path, text) as whole:
        whole.replace(path)


def kept(path: Path, make: Callable[[], str]) -> str:
    """What a private file holds; it is made when it is missing, once, however many processes ask.

    Raises SettingsError for a file that is empty.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not path.exists():
        with _beside(path, make()) as whole, contextlib.suppress(FileExistsError):
            os.link(whole, path)
    text = path.read_text()
    if not text:
        raise SettingsError(f"{path} is empty (expected: the secret that was written there; restore it from a backup)")
    return text


@contextlib.contextmanager
def _beside(path: Path, text: str) -> Iterator[Path]:
    whole = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        with os.fdopen(os.open(whole, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        yield whole
    finally:
        whole.unlink(missing_ok=True)

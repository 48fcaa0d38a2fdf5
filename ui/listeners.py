"""The open pages of this process that want to be told something, by a key of each."""

import logging
from collections.abc import Callable
from typing import Any

log = logging.getLogger(__name__)


class Listeners:
    """Callbacks by key. One that raises is forgotten: its page is gone, and the others are told all the same."""

    def __init__(self) -> None:
        self._callbacks: dict[str, Callable[..., object]] = {}

    def subscribe(self, key: str, callback: Callable[..., object]) -> None:
        """Call back one page until it is gone."""
        self._callbacks[key] = callback

    def forget(self, key: str) -> None:
        """The page is gone."""
        self._callbacks.pop(key, None)

    def tell(self, *words: Any) -> None:
        """Call all back with what they are to know."""
        for key, callback in list(self._callbacks.items()):
            try:
                callback(*words)
            except Exception as error:
                log.info("a page could not be told (%s)", type(error).__name__)
                self.forget(key)

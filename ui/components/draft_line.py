"""What is said about a draft: that the form goes on from it, whether it is saved, and that it was changed elsewhere."""

from collections.abc import Awaitable, Callable
from datetime import datetime

from models.services.drafts import Draft
from ui.components.elements import button, el, words
from ui.desk import Desk
from ui.formatters import clock, exact


def draw_draft_notice(desk: Desk, draft: Draft, *, stale: bool, discard: Callable[[], Awaitable[None]]) -> None:
    """Above the form: it holds a draft, perhaps one from before the task changed; it can be thrown away."""
    with el("div", "restated" if stale else "fresh").props("id=draft-notice role=note"):
        words(desk.t("draft_stale" if stale else "draft_goes_on", at=exact(draft.saved_at, desk.locale)))
        button(desk.t("draft_discard"), desk.safely(lambda *_: discard()))


class DraftLine:
    """The line beside the buttons."""

    def __init__(self, desk: Desk, saved_at: datetime | None, load: Callable[[], Awaitable[None]]) -> None:
        self._desk, self._load = desk, load
        self._holder = el("span", "hint draft-line").props("role=status")
        if saved_at:
            self.saved(saved_at)

    def saved(self, at: datetime) -> None:
        """The draft is kept."""
        self._say(self._desk.t("draft_saved", at=clock(at, self._desk.locale)))

    def unsaved(self) -> None:
        """It could not be kept this time; the next change tries again."""
        self._say(self._desk.t("draft_unsaved"))

    def elsewhere(self, said: str) -> None:
        """Another screen has saved: whoever wants that one loads it."""
        self._say(said)
        with self._holder:
            button(self._desk.t("draft_load"), self._desk.safely(lambda *_: self._load()))

    def _say(self, said: str) -> None:
        self._holder.clear()
        with self._holder:
            words(said)

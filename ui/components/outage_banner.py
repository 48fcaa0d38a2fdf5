"""The line above a page that says what is away; it comes and goes by itself and leaves the page as it is."""

from collections.abc import Callable

from nicegui import ui

from ui.components.elements import el, words
from ui.desk import Desk
from ui.outages import Outages


def outage_banner(desk: Desk) -> None:
    """Draw the place of the banner and keep it true while the page is open."""
    # The live region is there from the beginning: screen readers tell only what changes inside one that they know.
    region = el("div", "outages").props("role=status aria-live=polite")

    def show() -> None:
        region.clear()
        with region:
            for what in sorted(Outages.away):
                words(desk.t(f"outage_{what}"), "div", "banner")

    show()
    outages_change(show)


def outages_change(act: Callable[[], object]) -> None:
    """Call `act` whenever something goes away or comes back, until the page is gone."""
    client = ui.context.client
    key = f"{client.id}:{id(act)}"
    Outages.pages.subscribe(key, act)
    client.on_delete(lambda: Outages.pages.forget(key))

"""Which key does what, in a dialog."""

from nicegui import ui

from ui.components.elements import button, el, words
from ui.desk import Desk

KEYS = (
    ("J / K", "key_move"),
    ("X", "key_choose"),
    ("C", "key_claim"),
    ("A", "key_assign"),
    ("E", "key_complete"),
    ("/", "key_search"),
    ("F", "key_filter"),
    ("Ctrl+K", "key_jump"),
    ("?", "key_help"),
    ("Esc", "key_close"),
)


def show_keys(desk: Desk) -> None:
    """Open it."""
    with ui.context.client.content, ui.dialog() as dialog, el("div", "card ask").props("role=dialog aria-modal=true") as card:
        card.props(f'aria-label="{desk.t("keys_title")}"')
        words(desk.t("keys_title"), "h2")
        with el("dl", "facts"):
            for key, meaning in KEYS:
                words(key, "dt")
                words(desk.t(meaning), "dd")
        with el("div", "act"):
            button(desk.t("close"), dialog.close, "b primary")
    dialog.on("hide", dialog.delete)
    dialog.open()

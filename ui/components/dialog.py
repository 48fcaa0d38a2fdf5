"""A dialog that asks for something: a form of its own, errors beside the fields, input kept until it worked."""

from collections.abc import Awaitable, Callable
from typing import Any

from nicegui import ui

from models.definitions import forms
from models.definitions.schema import FieldType, Form, FormField, Option, Text
from models.errors import Conflict, Invalid
from ui.components.elements import button, el, link, words
from ui.components.form import TaskForm
from ui.desk import Desk
from ui.i18n import both

Act = Callable[[dict[str, Any]], Awaitable[None]]


def field(
    name: str, kind: FieldType, label: str, *, required: bool = True, hint: str = "", options: dict[str, str] | None = None
) -> FormField:
    """A field of a dialog; `label` and `hint` are keys of the pages' words, `options` are shown as they are."""
    return FormField(
        name=name,
        type=kind,
        label=both(label),
        hint=both(hint) if hint else None,
        required=required,
        options=[Option(value=value, label=Text(id=text, en=text)) for value, text in (options or {}).items()],
    )


def ask(desk: Desk, title: str, asked: list[FormField], act: Act, *, known: dict[str, Any] | None = None, checked: bool = True) -> None:
    """Open the dialog; `act` gets the clean answers (as typed, unless `checked`) and the dialog closes when it returns."""
    form = Form(title=Text(id=title, en=title), fields=asked)

    async def go() -> None:
        typed = dict(shown.answers)
        if checked:
            clean, personal, problems = forms.validate(form, {name: value for name, value in typed.items() if value != ""}, desk.locale)
            if problems:
                shown.show(list(problems))
                return
            typed = clean | personal
        try:
            await act(typed)
        except (Invalid, Conflict) as error:
            if not any(problem.field for problem in error.problems):
                raise
            shown.show(error.problems)
            return
        dialog.close()

    # Beside the page, not inside what opened it: that may be drawn anew while the dialog is open.
    with (
        ui.context.client.content,
        ui.dialog() as dialog,
        el("div", "card ask").props("role=dialog aria-modal=true").props(f'aria-label="{title}"'),
    ):
        words(title, "h2")
        shown = TaskForm(desk, form, {f.name: (known or {}).get(f.name, "") for f in asked}, with_note=False, prefix="d")
        with el("div", "act"):
            button(desk.t("confirm"), desk.safely(lambda *_: go()), "b primary")
            button(desk.t("cancel"), dialog.close)
    dialog.on("hide", dialog.delete)
    dialog.open()
    if asked:
        ui.run_javascript(f"setTimeout(() => document.getElementById('d-{asked[0].name}')?.focus(), 150)")


def tell(desk: Desk, sentence: str, onward: str) -> None:
    """Say what came of something when the page behind it is no longer this person's; the only way is onward."""
    with (
        ui.context.client.content,
        ui.dialog().props("persistent") as dialog,
        el("div", "card ask").props("role=alertdialog aria-modal=true").props(f'aria-label="{desk.t("case")}"'),
    ):
        words(sentence, "p")
        link(desk.t("to_the_list"), onward, "b primary")
    dialog.open()

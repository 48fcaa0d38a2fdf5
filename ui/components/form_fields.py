"""The inputs of a form by type of field: native ones, so that phones, keyboards and screen readers know them."""

from html import escape
from typing import TYPE_CHECKING, Any, Protocol

from models.definitions.field import FILES, FormField
from models.definitions.typed import READ, as_typed
from ui.components.elements import el, words

if TYPE_CHECKING:
    from ui.components.form import TaskForm

PLACEHOLDER = {"rupiah": "2.500.000", "date": "24/01/2018", "phone": "0812 3456 7890"}
KEYBOARD = {"number": "decimal", "rupiah": "decimal", "phone": "tel", "case": "text"}


class FieldFiles(Protocol):
    """Who takes the files of a form's fields."""

    def draw_field(self, form: "TaskForm", item: FormField, path: str, described: str, wrong: bool) -> None:
        """Draw the field: what is there, and where to add."""


def draw_input(form: "TaskForm", item: FormField, path: str, described: str, wrong: bool) -> None:
    """Draw the input of a field and let it tell the form what is typed."""
    if item.type in FILES and form.files is not None:
        form.files.draw_field(form, item, path, described, wrong)
    elif item.type == "choices":
        _choices(form, item, path, described)
    elif item.type in ("choice", "yes_no", *FILES):
        _select(form, item, path, _props(form, path, described, wrong))
    else:
        _text(form, item, path, _props(form, path, described, wrong))


def normalised(item: FormField, text: str) -> str:
    """A number, amount or date as the server understood it; anything else, and what it cannot read, as it was typed."""
    if item.type not in ("number", "rupiah", "date") or not text.strip():
        return text
    value, wrong = READ[item.type](text, item)
    return text if wrong else str(as_typed(value, item))


def _props(form: "TaskForm", path: str, described: str, wrong: bool) -> str:
    return f'id="{form.prefix}-{path}" aria-describedby="{described}"' + (" aria-invalid=true" if wrong else "")


def _select(form: "TaskForm", item: FormField, path: str, props: str) -> None:
    desk = form.desk
    options = {"": desk.t("choose")}
    if item.type == "choice":
        options |= {option.value: option.label.in_(desk.locale) for option in form.offered(item, path)}
    else:
        options |= {"ya": desk.t("yes"), "tidak": desk.t("no")}
    present = form.value(path) or ""
    if present not in options:
        present = ""
    element = el("select", "i").props(props)
    with element:
        for key, text in options.items():
            with el("option").props(f'value="{escape(key)}"' + (" selected" if key == present else "")):
                words(text)
    element.on("change", lambda e: form.typed(path, e.args), js_handler="(e) => emit(e.target.value)")


def _choices(form: "TaskForm", item: FormField, path: str, described: str) -> None:
    present = form.value(path)
    chosen = set(present) if isinstance(present, list) else set()

    def tick(value: str, on: Any) -> None:
        (chosen.add if on is True else chosen.discard)(value)
        form.put(path, sorted(chosen))

    with el("div", "ticks").props(f'role=group aria-labelledby="{form.prefix}-{path}-label" aria-describedby="{described}"'):
        for place, option in enumerate(form.offered(item, path)):
            name = f"{form.prefix}-{path}" + (f"-{place}" if place else "")
            tick_box(name, option.label.in_(form.desk.locale), option.value in chosen, lambda on, v=option.value: tick(v, on))


def tick_box(name: str, label: str, on: bool, act: Any) -> None:
    """A box to tick with its label; `act` gets true or false (or whatever a browser sends)."""
    with el("label", "tick"):
        box = el("input").props(f'type=checkbox id="{name}"' + (" checked" if on else ""))
        box.on("change", lambda e: act(e.args), js_handler="(e) => emit(e.target.checked)")
        words(label)


def _text(form: "TaskForm", item: FormField, path: str, props: str) -> None:
    present = form.value(path)
    element = el("textarea" if item.type == "long_text" else "input", "i").props(props + " autocomplete=off")
    if item.type in PLACEHOLDER:
        element.props(f'placeholder="{PLACEHOLDER[item.type]}"')
    if item.type in KEYBOARD:
        element.props(f"inputmode={KEYBOARD[item.type]}")
    if present not in (None, ""):
        form.fill(path, str(present))
    element.on("input", lambda e: form.typed(path, e.args), js_handler="(e) => emit(e.target.value)")
    if item.type in ("number", "rupiah", "date"):
        element.on("change", lambda e: form.left(path, e.args), js_handler="(e) => emit(e.target.value)")

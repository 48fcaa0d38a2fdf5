"""Small accessible pieces: everything clickable has a name, every input a label, every error stands beside its field."""

from collections.abc import Callable
from html import escape
from typing import Any

from nicegui import ui


def el(tag: str, classes: str = "") -> ui.element:
    """A plain element."""
    element = ui.element(tag)
    return element.classes(classes) if classes else element


def words(text: str, tag: str = "span", classes: str = "") -> ui.html:
    """Text as text: never interpreted."""
    element = ui.html(escape(text), sanitize=False, tag=tag)
    return element.classes(classes) if classes else element


def button(text: str, act: Callable[..., Any], classes: str = "b", key: str = "") -> ui.element:
    """A button with its name, and the key that does the same."""
    element = el("button", classes if classes.startswith("b") or classes == "rowbtn" else f"b {classes}").props("type=button")
    with element:
        words(text)
        if key:
            words(key, "kbd")
    element.on("click", act)
    return element


def link(text: str, target: str, classes: str = "") -> ui.element:
    """A link."""
    element = el("a", classes).props(f'href="{escape(target)}"')
    with element:
        words(text)
    return element


def tag(text: str, kind: str) -> None:
    """A small coloured mark: late, soon, ok or calm."""
    words(text, "span", f"tag {kind}")


def step_bar(done: set[str], present: str | None, stages: list[str], label: str) -> None:
    """The seven steps as a bar."""
    marks = "".join(f'<i class="{"c" if s == present else "d" if s in done else ""}"></i>' for s in stages)
    ui.html(marks, sanitize=False, tag="div").classes("steps").props(f'role=img aria-label="{escape(label)}"')


def empty(text: str) -> None:
    """What is said when there is nothing to show."""
    words(text, "div", "empty")


def select(options: dict[str, str], value: str, label: str, act: Callable[[str], Any]) -> ui.element:
    """A native select with a name for those who cannot see it."""
    element = el("select", "i").props(f'aria-label="{escape(label)}"')
    with element:
        for key, text in options.items():
            option = el("option").props(f'value="{escape(key)}"' + (" selected" if key == value else ""))
            with option:
                words(text)
    element.on("change", lambda event: act(str(event.args)), js_handler="(e) => emit(e.target.value)")
    return element


def table(heads: list[tuple[str, bool]], cards: bool = True) -> tuple[ui.element, ui.element]:
    """An empty table with its heads (text, is it a number); returns (frame, body)."""
    holder = el("div", "scroll")
    with holder, el("table", "t as-cards" if cards else "t"):
        with el("thead"), el("tr"):
            for text, numeric in heads:
                with el("th", "num" if numeric else "").props("scope=col"):
                    words(text)
        body = el("tbody")
    return holder, body


def cell(text: str, label: str = "", classes: str = "") -> None:
    """A cell of text; `label` names it where the table becomes cards."""
    with el("td", classes).props(f'data-label="{escape(label)}"'):
        words(text)

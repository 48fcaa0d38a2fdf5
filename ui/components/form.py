"""A form of the definition: fields in order, conditional ones when asked, errors beside the field, input kept."""

import json
from html import escape
from typing import Any

from nicegui import ui

from models.definitions.forms import is_asked, offered
from models.definitions.schema import Form, FormField
from models.errors import Problem
from ui.components.elements import el, words
from ui.desk import Desk

# A dialog draws its fields a moment after it was told to open: each field is looked for until it is there.
FILL = """Object.entries(%s).forEach(([id, text]) => {
  let left = 40;
  const fill = () => {
    const field = document.getElementById(id);
    if (field) field.value = text; else if (left--) setTimeout(fill, 25);
  };
  requestAnimationFrame(fill);
})"""
PLACEHOLDER = {"rupiah": "2.500.000", "date": "24/01/2018", "phone": "0812 3456 7890"}


class TaskForm:
    """The fields of a task; `answers` holds what was typed, as it was typed.

    `around` is what the options of a field may depend on beside the answers: {"case": …, "facts": …}.
    """

    def __init__(
        self,
        desk: Desk,
        form: Form | None,
        answers: dict[str, Any],
        *,
        around: dict[str, Any] | None = None,
        with_note: bool = True,
        prefix: str = "f",
    ) -> None:
        self.desk, self.form, self.answers, self.around = desk, form, answers, around
        self.with_note, self.prefix = with_note, prefix
        self.note = ""
        self.problems: dict[str, str] = {}
        self._holder = el("div")
        self.draw()

    def show(self, problems: list[Problem]) -> None:
        """Draw again with errors beside their fields; the first of them gets the focus."""
        self.problems = {problem.field or "": self.desk.half(problem.message) for problem in problems}
        self.draw()
        first = next((name for name in self._names() if name in self.problems), "note")
        ui.run_javascript(f"document.getElementById('{self.prefix}-{first}')?.focus()")

    def _names(self) -> list[str]:
        return [field.name for field in (self.form.fields if self.form else [])]

    def draw(self) -> None:
        """Draw all fields that are asked now."""
        self._holder.clear()
        self._filled: dict[str, str] = {}
        self._drawn = self._shape()
        with self._holder:
            if self.problems:
                elsewhere = [words_ for name, words_ in self.problems.items() if name not in [*self._names(), "note"]]
                words(" · ".join(elsewhere) or self.desk.t("form_errors"), "div", "errors").props("role=alert")
            for field in self.form.fields if self.form else []:
                if is_asked(field, self._typed()):
                    self._field(field)
            if self.with_note:
                self._note()
        # Set once from outside the virtual DOM: as a property, any later update of the page would put the old text back.
        if self._filled:
            ui.run_javascript(FILL % json.dumps(self._filled))

    def _shape(self) -> list[tuple[str, list[str]]]:
        """Which fields are asked now, with the options that they offer."""
        asked = [field for field in (self.form.fields if self.form else []) if is_asked(field, self._typed())]
        return [(field.name, [option.value for option in offered(field, self._typed(), self.around)]) for field in asked]

    def _typed(self) -> dict[str, Any]:
        return {name: value for name, value in self.answers.items() if value not in ("", None)}

    def _field(self, field: FormField) -> None:
        error = self.problems.get(field.name)
        with el("div", "field err" if error else "field"):
            name, described = f"{self.prefix}-{field.name}", []
            label = field.label.in_(self.desk.locale) + ("" if field.required else " –")
            if field.type in ("yes_no", "document"):
                label = field.label.in_(self.desk.locale)
            ui.html(escape(label.removesuffix(" –")), sanitize=False, tag="label").props(f"for={name}")
            if field.hint:
                words(field.hint.in_(self.desk.locale), "div", "hint").props(f"id={name}-hint")
                described.append(f"{name}-hint")
            if error:
                words(error, "div", "msg").props(f"id={name}-error")
                described.append(f"{name}-error")
            self._input(field, name, " ".join(described), bool(error))

    def _input(self, field: FormField, name: str, described: str, wrong: bool) -> None:
        props = f'id={name} aria-describedby="{described}"' + (" aria-invalid=true" if wrong else "")
        if field.type in ("choice", "yes_no", "document"):
            options = {"": self.desk.t("choose")}
            if field.type == "choice":
                there = offered(field, self._typed(), self.around)
                options |= {option.value: option.label.in_(self.desk.locale) for option in there}
                if self.answers.get(field.name) not in options:
                    self.answers.pop(field.name, None)
            else:
                options |= {"ya": self.desk.t("yes"), "tidak": self.desk.t("no")}
            present = self.answers.get(field.name)
            element = el("select", "i").props(props)
            with element:
                for key, text in options.items():
                    with el("option").props(f'value="{escape(key)}"' + (" selected" if key == (present or "") else "")):
                        words(text)
            element.on("change", lambda e, f=field: self._changed(f, e.args), js_handler="(e) => emit(e.target.value)")
            return
        present = self.answers.get(field.name)
        kind = "textarea" if field.type == "long_text" else "input"
        element = el(kind, "i").props(props + (f' placeholder="{PLACEHOLDER[field.type]}"' if field.type in PLACEHOLDER else ""))
        if field.type in ("number", "rupiah", "phone"):
            element.props("inputmode=decimal" if field.type != "phone" else "inputmode=tel")
        if present not in (None, ""):
            self._filled[name] = str(present)
        element.on("input", lambda e, f=field: self._typed_in(f, e.args), js_handler="(e) => emit(e.target.value)")

    def _typed_in(self, field: FormField, value: Any) -> None:
        self.answers[field.name] = str(value)[:5000]

    def _changed(self, field: FormField, value: Any) -> None:
        self.answers[field.name] = str(value)[:200]
        if self._shape() != self._drawn:
            self.draw()
            ui.run_javascript(f"document.getElementById('{self.prefix}-{field.name}')?.focus()")

    def _note(self) -> None:
        error = self.problems.get("note")
        with el("div", "field err" if error else "field"):
            ui.html(escape(self.desk.t("note")), sanitize=False, tag="label").props(f"for={self.prefix}-note")
            words(self.desk.t("note_hint"), "div", "hint").props(f"id={self.prefix}-note-hint")
            if error:
                words(error, "div", "msg")
            area = el("textarea", "i").props(f"id={self.prefix}-note aria-describedby={self.prefix}-note-hint")
            if self.note:
                self._filled[f"{self.prefix}-note"] = self.note
            area.on(
                "input",
                lambda e: setattr(self, "note", str(e.args)[:4000]),
                js_handler="(e) => emit(e.target.value)",
            )

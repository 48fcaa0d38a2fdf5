"""A form of the definition: sections, conditional fields, groups of rows; errors beside the field, input kept.

All fields are drawn once; those that are not asked now are hidden. What is asked is decided on the server after each change,
so that nothing is drawn anew under somebody's hand and the focus stays where it is.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from html import escape
from typing import Any

from nicegui import ui

from models.definitions import forms
from models.definitions.schema import Form, FormField, Option
from models.errors import Problem
from ui.components.elements import button, el, words
from ui.components.focus import focus_soon
from ui.components.form_fields import FieldFiles, draw_input, normalised
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
# What was typed meanwhile stays.
SHOW = "(f => { if (f && f.value === %s) f.value = %s })(document.getElementById(%s))"
LONGEST, MOST_ROWS_DRAWN = 5000, 20


@dataclass(slots=True)
class _Drawn:
    """A field on the page: where it stands in the answers, its element, and the options that it offers now."""

    item: FormField
    holder: ui.element
    options: tuple[str, ...] = ()
    heading: ui.element | None = None


class TaskForm:
    """The fields of a task; `answers` holds what was typed, as it was typed, groups as lists of rows.

    `around` is what the options of a field may depend on beside the answers: {"case": …, "facts": …}; `files` takes uploads
    (without it a file is only ticked as seen); `changed` is called after each change.
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
        note: str = "",
        files: FieldFiles | None = None,
        changed: Callable[[], object] | None = None,
    ) -> None:
        self.desk, self.form, self.answers, self.around = desk, form, answers, around
        self.with_note, self.prefix, self.note, self.files = with_note, prefix, note, files
        self._changed = changed or (lambda: None)
        self.problems: dict[str, str] = {}
        self._drawn: dict[str, _Drawn] = {}
        self._now: Mapping[str, tuple[str, ...]] = {}
        self._filled: dict[str, str] = {}
        self._client = ui.context.client
        self._holder = el("div")
        self.draw()

    def show(self, problems: list[Problem]) -> None:
        """Draw again with errors beside their fields; the first of them gets the focus."""
        self.problems = {problem.field or "": self.desk.half(problem.message) for problem in problems}
        self.draw()
        first = next((path for path in [*self._drawn, "note"] if path in self.problems), "note")
        focus_soon(self._client, f"{self.prefix}-{first}")

    def draw(self) -> None:
        """Draw all fields."""
        self._holder.clear()
        self._drawn, self._now = {}, self._asked()
        with self._holder:
            if self.problems:
                self._errors = el("div")
            for item in self.form.fields if self.form else []:
                self._field(item, item.name)
            if self.with_note:
                self._note()
            if self.problems:
                known = [*self._drawn, "note"]
                with self._errors:
                    elsewhere = [said for path, said in self.problems.items() if path not in known]
                    words(" · ".join(elsewhere) or self.desk.t("form_errors"), "div", "errors").props("role=alert")
        self._ask()
        self._fill()

    def value(self, path: str) -> Any:
        """What was typed at a place: `name`, or `group.row.name`."""
        row, name = self._row(path)
        return row.get(name)

    def offered(self, item: FormField, path: str) -> list[Option]:
        """The options that a field offers now."""
        return [option for option in item.options if option.value in self._now.get(path, ())]

    def put(self, path: str, value: Any) -> None:
        """Remember what was typed, show what is asked then."""
        row, name = self._row(path)
        row[name] = value
        self._ask()
        self._changed()

    def typed(self, path: str, value: Any) -> None:
        """Somebody types into a field; the value comes from a browser and may be anything."""
        self.put(path, str(value)[:LONGEST])

    def left(self, path: str, value: Any) -> None:
        """A field is left: what was read as money or a date is shown as it was understood."""
        text = str(value)[:LONGEST]
        shown = normalised(self._drawn[path].item, text)
        self.put(path, shown)
        if shown != text:
            self._client.run_javascript(SHOW % (json.dumps(text), json.dumps(shown), json.dumps(f"{self.prefix}-{path}")))

    def fill(self, path: str, text: str) -> None:
        """Let a field show a text; once, from outside the virtual DOM: as a property any later update would put it back."""
        self._filled[f"{self.prefix}-{path}"] = text

    def _fill(self) -> None:
        if self._filled:
            self._client.run_javascript(FILL % json.dumps(self._filled))
            self._filled = {}

    def _row(self, path: str) -> tuple[dict[str, Any], str]:
        group, _, rest = path.partition(".")
        if not rest:
            return self.answers, group
        number, _, name = rest.partition(".")
        return self._rows(group)[int(number)], name

    def _rows(self, group: str) -> list[dict[str, Any]]:
        if not isinstance(self.answers.get(group), list):
            self.answers[group] = []
        rows: list[dict[str, Any]] = self.answers[group]
        return rows

    def _asked(self) -> Mapping[str, tuple[str, ...]]:
        return forms.asked_now(self.form, self.answers, self.around) if self.form else {}

    def _ask(self) -> None:
        """Show what is asked now, hide the rest; draw anew only fields whose options changed."""
        asked = self._now = self._asked()
        for path, drawn in list(self._drawn.items()):
            drawn.holder.set_visibility(path in asked)
            if drawn.item.options and path in asked and asked[path] != drawn.options:
                drawn.options = asked[path]
                if not isinstance(self.value(path), list) and self.value(path) not in asked[path]:
                    row, name = self._row(path)
                    row.pop(name, None)
                drawn.holder.clear()
                with drawn.holder:
                    self._content(drawn.item, path)
        section: _Drawn | None = None
        for path, drawn in self._drawn.items():
            if drawn.heading is not None:
                section = drawn
                drawn.heading.set_visibility(False)
            if section is not None and section.heading is not None and path in asked:
                section.heading.set_visibility(True)
        self._fill()

    def _field(self, item: FormField, path: str) -> None:
        heading = words(item.section.in_(self.desk.locale), "h3", "section") if item.section else None
        error = self.problems.get(path)
        holder = el("div", "field err" if error else "field")
        self._drawn[path] = _Drawn(item, holder, self._now.get(path, ()), heading)
        with holder:
            self._content(item, path)

    def _content(self, item: FormField, path: str) -> None:
        if item.type == "group":
            self._group(item, path)
            return
        name = f"{self.prefix}-{path}"
        optional = "" if item.required or item.type in ("yes_no", "document", "photo") else f" ({self.desk.t('optional')})"
        label = item.label.in_(self.desk.locale) + optional
        if item.type == "choices":
            words(label, "div", "label").props(f'id="{name}-label"')
        else:
            ui.html(escape(label), sanitize=False, tag="label").props(f'for="{name}"')
        described = self._described(item, path)
        draw_input(self, item, path, described, path in self.problems)

    def _described(self, item: FormField, path: str) -> str:
        """The hint and the error of a field; returns their ids."""
        name, ids = f"{self.prefix}-{path}", []
        if item.hint:
            words(item.hint.in_(self.desk.locale), "div", "hint").props(f'id="{name}-hint"')
            ids.append(f"{name}-hint")
        if error := self.problems.get(path):
            words(error, "div", "msg").props(f'id="{name}-error"')
            ids.append(f"{name}-error")
        return " ".join(ids)

    def _group(self, item: FormField, path: str) -> None:
        rows = self._rows(item.name)
        with el("fieldset", "group"):
            words(item.label.in_(self.desk.locale), "legend")
            self._described(item, path)
            for number in range(min(len(rows), MOST_ROWS_DRAWN)):
                with el("div", "row").props(f'role=group aria-label="{escape(self.desk.t("form_row", n=number + 1))}"'):
                    for inner in item.fields:
                        self._field(inner, f"{item.name}.{number}.{inner.name}")
                    button(self.desk.t("remove_row", n=number + 1), lambda _, n=number: self._remove_row(item, n))
            most = int(min(item.max or MOST_ROWS_DRAWN, MOST_ROWS_DRAWN))
            if len(rows) < most:
                button(self.desk.t("add_row"), lambda _: self._add_row(item, most)).props(f'id="{self.prefix}-{path}"')

    def _add_row(self, item: FormField, most: int) -> None:
        rows = self._rows(item.name)
        if len(rows) < most:
            rows.append({})
            self._redraw_group(item, f"{item.name}.{len(rows) - 1}.{item.fields[0].name}")

    def _remove_row(self, item: FormField, number: int) -> None:
        rows = self._rows(item.name)
        if number < len(rows):
            rows.pop(number)
            self._redraw_group(item, item.name)

    def _redraw_group(self, item: FormField, then: str) -> None:
        # Errors of rows stand at their numbers, which are others now.
        self.problems = {path: said for path, said in self.problems.items() if not path.startswith(f"{item.name}.")}
        self._drawn = {path: drawn for path, drawn in self._drawn.items() if not path.startswith(f"{item.name}.")}
        self._now = self._asked()
        holder = self._drawn[item.name].holder
        holder.clear()
        with holder:
            self._content(item, item.name)
        self._ask()
        self._changed()
        focus_soon(self._client, f"{self.prefix}-{then}")

    def _note(self) -> None:
        error = self.problems.get("note")
        name = f"{self.prefix}-note"
        with el("div", "field err" if error else "field"):
            ui.html(escape(self.desk.t("note")), sanitize=False, tag="label").props(f"for={name}")
            words(self.desk.t("note_hint"), "div", "hint").props(f"id={name}-hint")
            if error:
                words(error, "div", "msg").props(f"id={name}-error")
            area = el("textarea", "i").props(f'id={name} aria-describedby="{name}-hint {name}-error"')
            if self.note:
                self.fill("note", self.note)
            area.on("input", lambda e: self._noted(e.args), js_handler="(e) => emit(e.target.value)")

    def _noted(self, value: Any) -> None:
        self.note = str(value)[:4000]
        self._changed()

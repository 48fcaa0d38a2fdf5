"""The chips above a list of tasks: each is a word of the filter, all of them stand in the address but the search."""

import json
from collections.abc import Awaitable, Callable
from html import escape
from typing import Any

from nicegui import ui

from models.definitions.definition import Definition
from models.services import case_view
from models.services.filter_words import DUE, ME, NOBODY, Words
from models.services.queues import FLAGS
from models.services.task_order import ORDERS
from ui.components.elements import button, el, select
from ui.desk import Desk

DUE_WORDS = {"late": "due_late", "today": "due_today", "two": "due_2", "week": "due_week"}
DEFAULT_ORDER = "due"


class FilterBar:
    """Draws the chips; `changed` gets a word's name and its new value ("" for none), `searched` what is searched for."""

    def __init__(
        self,
        desk: Desk,
        definition: Definition,
        fixed: Words,
        changed: Callable[[str, str], Awaitable[None]],
        searched: Callable[[str], Awaitable[None]],
    ) -> None:
        self._desk, self._definition, self._fixed = desk, definition, fixed
        self._changed, self._searched = changed, searched
        with el("div", "chips").props("id=filters"):
            # Apart from what is drawn anew with each choice: nobody's typing is to be swept away.
            self._search()
            self._holder = el("div", "chips inner")

    def _search(self) -> None:
        label = escape(self._desk.t("search_here"))
        field = el("input", "i").props("id=search type=search maxlength=80 autocomplete=off")
        field.props(f'aria-label="{label}" placeholder="{label}"')
        act = self._desk.safely(self._searched)
        field.on("input", lambda e: act(str(e.args)), js_handler="(e) => emit(e.target.value)", throttle=0.3)

    def show_search(self, typed: str) -> None:
        """Put what was searched for into its field: once, from outside, since later drawing would put it back."""
        ui.run_javascript(f"document.getElementById('search').value = {json.dumps(typed)}")

    def draw(self, words: Words, holders: list[tuple[str, str]], search: str) -> None:
        """Draw the other chips anew; `holders` are those who have claimed something of the list."""
        desk = self._desk
        self._holder.clear()
        with self._holder:
            self._choice("city", desk.t("city"), desk.t("all_cities"), self._cities(), words)
            self._choice("district", desk.t("district"), desk.t("all_districts"), self._districts(words.get("city")), words)
            self._choice("step", desk.t("step"), desk.t("all_steps"), self._steps(), words)
            self._choice("due", desk.t("due"), desk.t("due_all"), {k: desk.t(DUE_WORDS[k]) for k in DUE}, words)
            if self._fixed.get("view") not in ("mine", "unassigned"):
                people = {ME: desk.t("of_me"), NOBODY: desk.t("of_nobody")} | {k: name for k, name in holders if k != desk.actor.id}
                self._choice("assignee", desk.t("assignee"), desk.t("any_assignee"), people, words)
            for flag in FLAGS:
                self._flag(flag, words)
            orders = {key: desk.t(f"order_{key}") for key in ORDERS}
            select(orders, words.get("sort", DEFAULT_ORDER), desk.t("order"), self._act("sort"))
            if search or set(words) - {"sort"}:
                button(desk.t("clear_filters"), desk.safely(lambda *_: self._changed("", "")))

    def _choice(self, name: str, label: str, every: str, options: dict[str, str], words: Words) -> None:
        if name not in self._fixed and len(options) > 1:
            select({"": every} | options, words.get(name, ""), label, self._act(name))

    def _flag(self, flag: str, words: Words) -> None:
        on = flag in words.get("flags", "").split(",")
        chip = button(self._desk.t(f"flag_{flag}"), self._desk.safely(lambda *_: self._toggle(flag, words)), "b chip")
        chip.props(f"aria-pressed={'true' if on else 'false'}")

    async def _toggle(self, flag: str, words: Words) -> None:
        flags = {name for name in words.get("flags", "").split(",") if name} ^ {flag}
        await self._changed("flags", ",".join(sorted(flags)))

    def _act(self, name: str) -> Callable[[str], Any]:
        return self._desk.safely(lambda value: self._changed(name, str(value)))

    def _reaches(self, district: str) -> bool:
        grants = [*self._desk.actor.grants_for("read_task"), *self._desk.actor.grants_for("claim_own_queue")]
        return any(grant.reaches(None, district) for grant in grants)

    def _districts(self, city: str | None) -> dict[str, str]:
        return {area.code: area.name for area in self._definition.areas.districts(city) if self._reaches(area.code)}

    def _cities(self) -> dict[str, str]:
        return {area.code: area.name for area in self._definition.areas.cities() if self._districts(area.code)}

    def _steps(self) -> dict[str, str]:
        queue = self._fixed.get("queue")
        tasks = [key for key, step in self._definition.steps.items() if step.kind == "task"]
        here = [key for key in tasks if queue is None or self._definition.queue_of(key) == queue]
        return {key: case_view.step_name(self._definition, key, self._desk.locale) for key in here}

"""The parts of a task beside its form: who it is, where the case stands, what happened; and the tabs between them."""

from collections.abc import Callable
from typing import Any

from models.engine.case import Case
from models.services import case_view
from models.services.tasks import TaskView
from ui.components.elements import button, el, link, step_bar, words
from ui.desk import Desk
from ui.formatters import exact

PARTS = ("form", "documents", "comments", "history", "position")
# Left and right go from tab to tab, as in every row of tabs.
ARROWS = """(e) => {
  const step = {ArrowRight: 1, ArrowLeft: -1}[e.key];
  if (!step) return;
  const tabs = [...e.currentTarget.querySelectorAll('[role=tab]')];
  const next = tabs[(tabs.indexOf(document.activeElement) + step + tabs.length) % tabs.length];
  next.focus(); next.click(); e.preventDefault();
}"""


class Tabs:
    """A row of tabs with one panel each; `draw` fills a panel when it is first shown."""

    def __init__(self, desk: Desk, counts: dict[str, int], draw: Callable[[str], None], present: str = "form") -> None:
        self._draw, self.present = draw, present
        self._tabs: dict[str, Any] = {}
        self._panels: dict[str, Any] = {}
        self._filled: set[str] = set()
        with el("div", "tabs").props(f'role=tablist aria-label="{desk.t("task_parts")}"').on("keydown", js_handler=ARROWS):
            for part in PARTS:
                count = counts.get(part)
                label = desk.t(f"tab_{part}") + (f" ({count})" if count else "")
                self._tabs[part] = button(label, lambda _, p=part: self.show(p), "b tab")
                self._tabs[part].props(f"role=tab id=tab-{part} aria-controls=part-{part}")
        for part in PARTS:
            self._panels[part] = el("div").props(f"role=tabpanel id=part-{part} aria-labelledby=tab-{part}")
        self.show(present)

    def show(self, part: str) -> None:
        """Show one part."""
        self.present = part
        for name, tab in self._tabs.items():
            on = name == part
            tab.props(f"aria-selected={'true' if on else 'false'} tabindex={0 if on else -1}")
            self._panels[name].set_visibility(on)
        # What was uploaded in the form meanwhile belongs into the list; what is being typed elsewhere stays.
        if part not in self._filled or part == "documents":
            self._filled.add(part)
            self._panels[part].clear()
            with self._panels[part]:
                self._draw(part)


def draw_top(desk: Desk, task: TaskView, close: Callable[..., Any]) -> None:
    """The person, the case, the step, and how far the case is."""
    with el("div", "top"):
        with el("header", "page"):
            words(task.person, "h2").props("tabindex=-1 id=panel-title")
            el("span", "sp")
            button(desk.t("close"), close, key="Esc")
        place = task.definition.areas.name(task.district)
        with el("div", "sub"):
            link(task.case_number, f"/staff/cases/{task.case_number}")
            words(f" · {case_view.step_name(task.definition, task.step, desk.locale)} · {place}")
        done = {s for s, mark in task.case.stages.items() if mark in ("finished", "skipped")}
        step_bar(done, task.case.stage, list(task.definition.stages), f"{desk.t('stage')} {(task.case.stage or '').upper()}")


def draw_contact(desk: Desk, person: dict[str, Any]) -> None:
    """How the person is reached, and what they do."""
    with el("dl", "facts contact").props(f'aria-label="{desk.t("contact")}"'):
        words(desk.t("phone"), "dt")
        with el("dd"):
            if person["phone"]:
                link(str(person["phone"]), f"tel:{person['phone']}")
            else:
                words("–")
        for label, value in (("address", person["address"]), ("business", person["business_type"])):
            if value:
                words(desk.t(label), "dt")
                words(str(value), "dd")


def draw_history(desk: Desk, told: list[dict[str, Any]]) -> None:
    """What happened, newest first, in sentences."""
    with el("ul", "list"):
        for item in told[:30]:
            with el("li"):
                words(item["words"])
                words(f"{exact(item['at'], desk.locale)} · {item['who']}", "small")
                if item["note"]:
                    words(f"“{item['note']}”", "small")


def draw_position(desk: Desk, task: TaskView) -> None:
    """The stages with how the case passed each, and the steps in which it stands now."""
    case: Case = task.case
    with el("ol", "list"):
        for key, stage in task.definition.stages.items():
            with el("li").props("aria-current=step" if key == case.stage else ""):
                mark = "here" if key == case.stage else case.stages.get(key, "ahead")
                words(f"{key.upper()} {stage.name.in_(desk.locale)}", "b")
                words(desk.t(f"stage_{mark if mark != 'entered' else 'left'}"), "small")
                for position in case.positions.values():
                    if position.stage == key:
                        name = case_view.step_name(task.definition, position.step, desk.locale)
                        words(f"{desk.t('stands_at')}: {name}", "div")
                        words(desk.span(position.since, position.due_at), "small")

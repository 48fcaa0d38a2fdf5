"""Ctrl+K: from anywhere to any case, queue, page or action, by typing a part of its name."""

from collections.abc import Awaitable, Callable
from typing import Any

from nicegui import ui

from models.services import case_view
from ui.components.elements import button, el, link, words
from ui.desk import Desk

SHOWN = 12
# The key is the browser's own; the arrows go from line to line.
_SCRIPT = """<script>
document.addEventListener('keydown', (e) => {
  if ((e.ctrlKey || e.metaKey) && e.key.toLowerCase() === 'k') { e.preventDefault(); document.getElementById('jump').click(); return; }
  const box = document.getElementById('jump-box');
  if (!box || !box.contains(document.activeElement) || !['ArrowDown', 'ArrowUp', 'Enter'].includes(e.key)) return;
  const lines = [...box.querySelectorAll('.jumps a, .jumps button')], at = lines.indexOf(document.activeElement);
  if (e.key === 'Enter') { if (at < 0 && lines.length) { e.preventDefault(); lines[0].click(); } return; }
  e.preventDefault();
  const to = at + (e.key === 'ArrowDown' ? 1 : -1);
  (to < 0 ? document.getElementById('jump-words') : lines[Math.min(to, lines.length - 1)])?.focus();
});
</script>"""


class Palette:
    """The way to everything from one line; pages add what they can do."""

    def __init__(self, desk: Desk, places: dict[str, str]) -> None:
        self._desk, self._places = desk, places
        self._actions: dict[str, Callable[[], Awaitable[Any]]] = {}
        ui.add_body_html(_SCRIPT)
        with ui.dialog() as self._dialog, el("div", "card ask jump").props("id=jump-box role=dialog aria-modal=true") as box:
            box.props(f'aria-label="{desk.t("jump")}"')
            field = (
                el("input", "i")
                .props("id=jump-words type=search maxlength=80 autocomplete=off")
                .props(f'aria-label="{desk.t("jump_hint")}" placeholder="{desk.t("jump_hint")}"')
            )
            field.on("input", lambda e: desk.safely(self._search)(str(e.args)), js_handler="(e) => emit(e.target.value)", throttle=0.2)
            self._lines = el("div", "jumps").props("role=status aria-live=polite")
        self._dialog.on("show", js_handler="() => document.getElementById('jump-words').focus()")

    def opener(self) -> None:
        """Draw the button that opens it, with its key."""
        button(self._desk.t("jump"), self._desk.safely(lambda *_: self._open()), "b jump-button", "Ctrl+K").props("id=jump")

    def offer(self, label: str, act: Callable[[], Awaitable[Any]]) -> None:
        """Something that the page can do."""
        self._actions[label] = act

    async def _open(self) -> None:
        self._dialog.open()
        await self._search("")

    async def _search(self, typed: str) -> None:
        part = typed.strip()[:80]
        found: list[dict[str, Any]] = []
        if len(part) > 1 and self._desk.opens_cases:
            async with self._desk.work() as (session, actor, _):
                found = await case_view.found(session, actor, q=part, limit=SHOWN // 2)
        self._lines.clear()
        with self._lines:
            acts = [(label, act) for label, act in self._actions.items() if part.casefold() in label.casefold()]
            for label, act in acts:
                button(label, self._desk.safely(lambda *_, a=act: self._do(a)), "b rowbtn")
            places = [(label, path) for label, path in self._places.items() if part.casefold() in label.casefold()]
            for label, path in places[: SHOWN - len(acts) - len(found)]:
                link(label, path)
            for case in found:
                link(f"{case['number']} · {case['person']}", f"/staff/cases/{case['number']}")
            if not (acts or places or found):
                words(self._desk.t("jump_nothing"), "p", "muted")

    async def _do(self, act: Callable[[], Awaitable[Any]]) -> None:
        self._dialog.close()
        await act()

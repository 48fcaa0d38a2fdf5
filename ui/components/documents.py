"""Files of a case on a page: in a form's field, as a list with previews, and the input that sends a new one."""

import json
from collections.abc import Callable
from functools import partial
from html import escape
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from nicegui import ui

from models.definitions.definition import Definition
from models.definitions.schema import FormField
from models.services import attachments, case_view, files
from models.services.attachments import Attachment
from ui.components.elements import button, el, empty, words
from ui.components.focus import focus_soon
from ui.components.form_fields import tick_box
from ui.desk import Desk
from ui.formatters import exact, file_size

if TYPE_CHECKING:
    from ui.components.form import TaskForm

MB = files.LARGEST_BYTES // 1024**2
# The file goes to its own address; the page only hears what came of it.
SEND = """async (e) => {
  const input = e.target, file = input.files[0], said = document.getElementById(input.id + '-said');
  if (!file) return;
  if (file.size > %d) { input.value = ''; emit({too_large: true}); return; }
  said.textContent = %s;
  const body = new FormData();
  body.append('file', file);
  try {
    const answer = await fetch(%s, {method: 'POST', body});
    const told = await answer.json();
    emit(answer.ok ? {id: told.id} : {refused: told.detail});
  } catch { emit({lost: true}); }
  input.value = '';
}"""

SAY = """((id, text) => { let left = 40;
  const say = () => {
    const there = document.getElementById(id);
    if (there) there.textContent = text; else if (left--) setTimeout(say, 25);
  };
  setTimeout(say, 60);
})(%s, %s)"""


def file_input(
    desk: Desk,
    name: str,
    target: str,
    act: Callable[[dict[str, Any]], Any],
    *,
    described: str = "",
    photo: bool = False,
    wrong: bool = False,
) -> None:
    """An input that sends the chosen file to an address; `act` gets what the browser says came of it."""
    words(desk.t("photo_hint" if photo else "document_hint", mb=MB), "div", "hint").props(f'id="{name}-kinds"')
    accepted = files.ACCEPTED if not photo else files.ACCEPTED.replace(f",{files.PDF}", "")
    element = el("input", "i").props("aria-invalid=true" if wrong else "")
    element.props(f'type=file id="{name}" accept="{accepted}" aria-describedby="{described} {name}-kinds {name}-said"')
    words("", "div", "hint said").props(f'id="{name}-said" role=status')
    send = SEND % (files.LARGEST_BYTES, json.dumps(desk.t("document_uploading")), json.dumps(target))
    element.on("change", lambda e: desk.safely(act)(e.args if isinstance(e.args, dict) else {}), js_handler=send)


def what_failed(desk: Desk, told: dict[str, Any]) -> str:
    """Why a file was not taken, in the person's language."""
    if told.get("too_large"):
        return desk.t("document_too_large", mb=MB)
    refused = told.get("refused")
    return desk.half(refused[:300]) if isinstance(refused, str) and refused else desk.t("document_failed")


def document_row(desk: Desk, definition: Definition, item: Attachment, remove: Callable[[], Any] | None = None) -> None:
    """One file: what it is, who added it when for which step; shown below when asked for."""
    address = f"/staff-files/documents/{item.id}"
    what = document_title(desk, definition, item)
    with el("li", "doc"):
        words(what, "b")
        step = f" · {case_view.step_name(definition, item.step, desk.locale)}" if item.step else ""
        words(f"{exact(item.added_at, desk.locale)} · {item.author_name}{step} · {file_size(item.size, desk.locale)}", "small")
        with el("div", "doc-acts"):
            toggle = button(desk.t("document_show"), lambda _: _toggle(shown, toggle, item, address, what))
            toggle.props(f'aria-expanded=false aria-label="{escape(desk.t("of_document", what=desk.t("document_show"), name=what))}"')
            label = desk.t("of_document", what=desk.t("document_download"), name=what)
            with el("a", "b").props(f'href="{address}?download=true" download aria-label="{escape(label)}"'):
                words(desk.t("document_download"))
            if remove is not None:
                label = desk.t("of_document", what=desk.t("document_remove"), name=what)
                button(desk.t("document_remove"), desk.safely(lambda *_: remove())).props(f'aria-label="{escape(label)}"')
        shown = el("div", "preview")
        shown.set_visibility(False)


def _toggle(shown: ui.element, toggle: ui.element, item: Attachment, address: str, what: str) -> None:
    """A file is loaded when somebody wants to see it, not before: that it was opened is kept."""
    on = not shown.visible
    shown.set_visibility(on)
    toggle.props(f"aria-expanded={'true' if on else 'false'}")
    if on and not shown.default_slot.children:
        with shown:
            if item.media_type == files.PDF:
                el("iframe").props(f'src="{address}" title="{escape(what)}"')
            else:
                el("img").props(f'src="{address}" alt="{escape(what)}"')


def document_title(desk: Desk, definition: Definition, item: Attachment) -> str:
    """What a file is called: the field that it answers, and the name that it came with."""
    field = definition.fields.get(item.field or "")
    label = field.label.in_(desk.locale) if field else desk.t("document_other")
    return f"{label} ({item.name})" if item.name else label


class CaseFiles:
    """The files of one case on a page; for a task, those of its fields can be added and taken away."""

    def __init__(self, desk: Desk, definition: Definition, number: str, found: list[Attachment], task_id: str | None = None) -> None:
        self.desk, self.definition, self.number, self.found, self.task_id = desk, definition, number, found, task_id
        self._client = ui.context.client

    def target(self, field: str = "") -> str:
        """Where a new file goes."""
        query = f"?task={self.task_id}&field={quote(field)}" if self.task_id else ""
        return f"/staff-files/cases/{quote(self.number)}/documents{query}"

    async def reload(self) -> None:
        """Look again which files there are."""
        async with self.desk.work() as (session, actor, _):
            self.found = await attachments.of_case(session, actor, self.number)

    def draw_field(self, form: "TaskForm", item: FormField, path: str, described: str, wrong: bool) -> None:
        """A field of a form that takes a file: what is there, the input, and for a paper whether its original was seen."""
        holder = el("div", "upload")

        def draw() -> None:
            holder.clear()
            with holder:
                self._of_field(form, item, path, described, wrong, draw)

        draw()

    def _of_field(self, form: "TaskForm", item: FormField, path: str, described: str, wrong: bool, draw: Callable[[], None]) -> None:
        name, there = f"{form.prefix}-{path}", [found for found in self.found if found.field == item.name]
        own = [found.id for found in there if found.task_id == self.task_id]
        present = form.value(path)
        if own and (present in (None, "", "tidak") or (len(str(present)) == 36 and present not in own)):
            form.answers[path] = own[0]

        async def added(told: dict[str, Any]) -> None:
            await self.reload()
            known = next((found for found in self.found if found.id == told.get("id")), None)
            if known is not None:
                form.put(path, known.id)
            self._redrawn(draw, name, self.desk.t("document_added") if known else what_failed(self.desk, told))

        async def remove(document: str) -> None:
            async with self.desk.work() as (session, actor, _):
                await attachments.remove(session, actor, document)
            await self.reload()
            form.put(path, "")
            self._redrawn(draw, name, "")

        if there:
            with el("ul", "list"):
                for found in there:
                    takes_away = found.task_id == self.task_id and found.author == self.desk.actor.id
                    document_row(self.desk, self.definition, found, partial(remove, found.id) if takes_away else None)
        file_input(self.desk, name, self.target(item.name), added, described=described, photo=item.type == "photo", wrong=wrong)
        if item.type == "document":
            seen = form.value(path) == "ya"
            without = own[0] if own else ""
            tick_box(f"{name}-seen", self.desk.t("document_seen"), seen, lambda on: form.put(path, "ya" if on is True else without))

    def _redrawn(self, draw: Callable[[], None], name: str, said: str) -> None:
        """The field as it is now; what came of it is told where the input's messages stand, and the input has the focus."""
        draw()
        focus_soon(self._client, name)
        self._client.run_javascript(SAY % (json.dumps(f"{name}-said"), json.dumps(said)))


def draw_documents(case_files: CaseFiles, *, may_add: bool) -> None:
    """All files of a case as a list; with an input for another one when the person may add."""
    desk, holder = case_files.desk, el("div")

    async def added(told: dict[str, Any]) -> None:
        await case_files.reload()
        known = any(found.id == told.get("id") for found in case_files.found)
        ui.notify(desk.t("document_added") if known else what_failed(desk, told), type="positive" if known else "warning", position="top")
        draw()

    def draw() -> None:
        holder.clear()
        with holder:
            if not case_files.found:
                empty(desk.t("no_documents"))
            with el("ul", "list"):
                for item in case_files.found:
                    document_row(desk, case_files.definition, item)
            if may_add:
                with el("div", "field"):
                    ui.html(escape(desk.t("document_add")), sanitize=False, tag="label").props("for=document-add")
                    file_input(desk, "document-add", case_files.target(), added)

    draw()

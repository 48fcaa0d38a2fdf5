"""What colleagues write about a case, and the list of what mentions oneself."""

import json
from html import escape
from typing import Any

from nicegui import ui

from models.errors import Invalid
from models.services import comments
from models.services.comments import Comment
from ui.components.elements import button, el, empty, link, words
from ui.desk import Desk
from ui.formatters import exact

# The word that is being typed is replaced; what stands around it stays.
CHOSEN = """(f => { if (!f) return; const at = f.selectionStart ?? f.value.length, before = f.value.slice(0, at).replace(/@[^@]*$/, '');
  f.value = before + %s + f.value.slice(at); f.focus(); f.selectionEnd = f.selectionStart = before.length + %d;
  f.dispatchEvent(new Event('input')); })(document.getElementById('c-comment'))"""
TYPED = "(e) => emit([e.target.value, e.target.value.slice(0, e.target.selectionStart)])"


class Comments:
    """The comments of a case with a field for a new one; `changed` is called when one was sent."""

    def __init__(self, desk: Desk, number: str, found: list[Comment], *, may_write: bool) -> None:
        self.desk, self.number, self.found, self.may_write = desk, number, found, may_write
        self._words, self._error, self._asked_for = "", "", ""
        self._client = ui.context.client
        self._holder = el("div")
        self._draw()

    def _draw(self) -> None:
        desk = self.desk
        self._holder.clear()
        with self._holder:
            if self.may_write:
                with el("div", "field err" if self._error else "field"):
                    ui.html(escape(desk.t("comment")), sanitize=False, tag="label").props("for=c-comment")
                    words(desk.t("comment_hint"), "div", "hint").props("id=c-comment-hint")
                    if self._error:
                        words(self._error, "div", "msg").props("id=c-comment-error role=alert")
                    area = el("textarea", "i").props('id=c-comment aria-describedby="c-comment-hint c-comment-error"')
                    area.on("input", lambda e: desk.safely(self._typed)(e.args), js_handler=TYPED)
                    self._offer = el("div", "offer").props(f'role=group aria-label="{desk.t("mention_offer")}" aria-live=polite')
                    button(desk.t("comment_send"), desk.safely(lambda *_: self._send()))
            if not self.found:
                empty(desk.t("no_comments"))
            with el("ul", "list"):
                for comment in self.found:
                    with el("li"):
                        words(comment.words, "div", "said-by")
                        words(f"{exact(comment.written_at, desk.locale)} · {comment.author_name}", "small")
        if self._words and self.may_write:
            self._client.run_javascript(f"setTimeout(() => document.getElementById('c-comment').value = {json.dumps(self._words)}, 50)")

    async def _typed(self, told: Any) -> None:
        text, before = (str(part)[:4000] for part in (told if isinstance(told, list) and len(told) == 2 else ("", "")))
        self._words = text
        begun = before.rpartition("@")[2] if "@" in before else ""
        self._asked_for = begun
        names: list[str] = []
        if begun.strip() and len(begun) <= 40 and "\n" not in begun:
            async with self.desk.work() as (session, actor, _):
                names = await comments.mentionable(session, actor, self.number, begun)
        if begun != self._asked_for:
            return
        self._offer.clear()
        with self._offer:
            for name in names:
                button(f"@{name}", lambda _, n=name: self._choose(n))

    def _choose(self, name: str) -> None:
        self._offer.clear()
        said = f"@{name} "
        self._client.run_javascript(CHOSEN % (json.dumps(said), len(said)))

    async def _send(self) -> None:
        try:
            async with self.desk.work() as (session, actor, now):
                told = await comments.write(session, actor, self.number, self._words, now)
                self.found = await comments.of_case(session, actor, self.number)
        except Invalid as error:
            self._error = self.desk.half(error.message)
            self._draw()
            return
        self._words = self._error = ""
        said = self.desk.t("comment_told", names=", ".join(told)) if told else self.desk.t("comment_sent")
        ui.notify(said, type="positive", position="top")
        self._draw()


async def draw_mentions(desk: Desk) -> None:
    """The comments that mention the person and were not put away; nothing when there are none."""
    async with desk.work() as (session, actor, _):
        found = await comments.mentioning(session, actor)
    holder = el("div")

    def draw() -> None:
        holder.clear()
        if not found:
            return
        with holder, el("section", "card mentions").props(f'aria-label="{desk.t("mentions")}"'):
            words(desk.t("mentions"), "h2")
            with el("ul", "list"):
                for comment in found:
                    with el("li"):
                        link(comment.case_number, f"/staff/cases/{comment.case_number}")
                        words(comment.words, "div", "said-by")
                        words(f"{exact(comment.written_at, desk.locale)} · {comment.author_name}", "small")
                        button(desk.t("mention_done"), desk.safely(lambda *_, c=comment: put_away(c)))

    async def put_away(comment: Comment) -> None:
        async with desk.work() as (session, actor, _):
            await comments.put_away(session, actor, comment.id)
        found.remove(comment)
        draw()

    draw()

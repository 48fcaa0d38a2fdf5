"""Saving what a list shows as a view, changing it and taking it away."""

from typing import Any

from nicegui import ui

from models.definitions.definition import Definition
from models.services import views
from models.services.filter_words import Words
from models.services.views import View
from ui.components.dialog import ask, field
from ui.desk import Desk


def save(desk: Desk, definition: Definition, words: Words, view: View | None = None) -> None:
    """Ask for a name and whom to share with, store, and go to the view."""
    groups = {key: definition.live.groups[key].name.in_(desk.locale) for key in views.groups_of(definition, desk.actor)}

    async def store(answers: dict[str, Any]) -> None:
        async with desk.work() as (session, actor, _):
            kept = await views.save(
                session, actor, answers["name"], words, group=answers.get("group") or None, view_id=view.id if view else None
            )
        ui.notify(desk.t("view_saved"), type="positive", position="top")
        ui.navigate.to(f"/staff/views/{kept.id}")

    asked = [field("name", "text", "view_name")]
    if groups:
        asked.append(field("group", "choice", "view_group", required=False, hint="view_group_hint", options=groups))
    known = {"name": view.name, "group": view.group or ""} if view else {}
    ask(desk, desk.t("save_view"), asked, store, known=known)


def remove(desk: Desk, view: View) -> None:
    """Ask whether, then forget the view."""

    async def forget(_: dict[str, Any]) -> None:
        async with desk.work() as (session, actor, _now):
            await views.remove(session, actor, view.id)
        ui.navigate.to("/staff")

    ask(desk, desk.t("delete_view_sure", name=view.name), [], forget)

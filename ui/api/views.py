"""Saved views: what may be claimed from besides a queue."""

from typing import Any

from fastapi import APIRouter

from models.services import views
from ui.api import shapes
from ui.api.deps import Database, Who
from ui.api.description import answers

router = APIRouter(tags=["tasks"])


class View(shapes.Shape):
    """A saved filter over open tasks; `group` shares it, none when it is one person's."""

    id: str
    name: str
    group: str | None
    filter: dict[str, str]


@router.get("/views", **answers(shapes.Page[View]))
async def saved_views(session: Database, actor: Who) -> dict[str, Any]:
    """The saved views that you may claim from: your own and those shared with a group of yours."""
    found = await views.seen_by(session, actor)
    return {"items": [{"id": v.id, "name": v.name, "group": v.group, "filter": v.words} for v in found], "next": None}

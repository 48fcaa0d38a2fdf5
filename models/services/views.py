"""Saved views: a stored filter over open tasks, of one person alone or shared with a group.

A view opens nothing: whoever uses it sees what their own rights let them see.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from models.definitions.definition import Definition
from models.definitions.live import Group
from models.errors import Invalid, NotAllowed, NotFound, Problem
from models.services import filter_words, programmes
from models.services.actor import Actor
from models.services.filter_words import Words

MOST, LONGEST_NAME = 50, 60


@dataclass(frozen=True, slots=True)
class View:
    """A saved view; `group` is the key of the group that shares it, `words` are as filter_words knows them."""

    id: str
    name: str
    owner: str
    group: str | None
    words: Words


def groups_of(definition: Definition, actor: Actor) -> list[str]:
    """The groups whose views an actor sees and may share with: the own ones, and those whose work the actor may do."""
    return [key for key, group in definition.live.groups.items() if _belongs(actor, group)]


def _belongs(actor: Actor, group: Group) -> bool:
    stages: list[str | None] = [*group.stages] or [None]
    return any(_works(actor, group.role, stage) for stage in stages)


def _works(actor: Actor, role: str, stage: str | None) -> bool:
    return actor.may("work_task", stage=stage) or any(grant.role == role and grant.reaches(stage, None) for grant in actor.grants)


async def seen_by(session: AsyncSession, actor: Actor) -> list[View]:
    """The views of an actor: the own ones and those of the actor's groups, by name."""
    definition = await programmes.current(session)
    rows = await session.execute(
        text(
            "SELECT id::text, name, owner, group_key, words FROM task_view WHERE programme = :programme"
            " AND (owner = :me OR group_key = ANY(:groups)) ORDER BY lower(name), id LIMIT 200"
        ),
        {"programme": definition.programme, "me": actor.id, "groups": groups_of(definition, actor)},
    )
    return [View(row.id, row.name, row.owner, row.group_key, filter_words.understood(row.words, definition)) for row in rows]


async def find(session: AsyncSession, actor: Actor, view_id: str) -> View:
    """One of the actor's views. Raises NotFound for any other id, whatever it is."""
    for view in await seen_by(session, actor):
        if view.id == view_id:
            return view
    raise NotFound("Tampilan tidak ditemukan / there is no such view")


async def save(
    session: AsyncSession, actor: Actor, name: str, words: Mapping[str, Any], *, group: str | None = None, view_id: str | None = None
) -> View:
    """Store a view, or store it anew under its id.

    Raises Invalid for a name or group that cannot be, NotAllowed for what is somebody else's.
    """
    definition = await programmes.current(session)
    name = " ".join(name.split())
    if not 0 < len(name) <= LONGEST_NAME:
        _refuse("name", "bad_name", f"Isi nama, paling panjang {LONGEST_NAME} huruf", f"Give a name of at most {LONGEST_NAME} letters")
    if group is not None and group not in groups_of(definition, actor):
        _refuse("group", "unknown_group", "Pilih salah satu kelompok Anda", "Choose one of your groups")
    if view_id is None:
        own = await session.scalar(
            text("SELECT count(*) FROM task_view WHERE programme = :programme AND owner = :me"),
            {"programme": definition.programme, "me": actor.id},
        )
        if own >= MOST:
            _refuse("name", "too_many", f"Anda sudah punya {MOST} tampilan; hapus salah satu", f"You have {MOST} views; delete one first")
        owner, known = actor.id, str(uuid4())
    else:
        before = await _changeable(session, actor, view_id)
        owner, known = before.owner, before.id
    view = View(known, name, owner, group, filter_words.understood(words, definition))
    await session.execute(
        text(
            "INSERT INTO task_view (id, programme, name, owner, group_key, words)"
            " VALUES (CAST(:id AS uuid), :programme, :name, :owner, :group, CAST(:words AS jsonb))"
            " ON CONFLICT (id) DO UPDATE SET name = EXCLUDED.name, group_key = EXCLUDED.group_key, words = EXCLUDED.words"
        ),
        {
            "id": view.id,
            "programme": definition.programme,
            "name": view.name,
            "owner": view.owner,
            "group": view.group,
            "words": json.dumps(view.words),
        },
    )
    return view


async def remove(session: AsyncSession, actor: Actor, view_id: str) -> None:
    """Forget a view. Raises NotFound, and NotAllowed for what is somebody else's."""
    view = await _changeable(session, actor, view_id)
    await session.execute(text("DELETE FROM task_view WHERE id = :id"), {"id": UUID(view.id)})


def changeable(view: View, actor: Actor) -> bool:
    """Whether an actor may change or delete a view: the own ones, and for managers those that a group shares."""
    return view.owner == actor.id or (view.group is not None and actor.may("assign_task"))


async def _changeable(session: AsyncSession, actor: Actor, view_id: str) -> View:
    view = await find(session, actor, view_id)
    if not changeable(view, actor):
        raise NotAllowed("Tampilan ini milik orang lain / this view is somebody else's")
    return view


def _refuse(field: str, code: str, indonesian: str, english: str) -> None:
    message = f"{indonesian} / {english}"
    raise Invalid(message, [Problem(code, message, field=field)])

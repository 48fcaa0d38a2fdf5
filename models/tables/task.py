"""Tasks in queues."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Column, ForeignKey, Index, text
from sqlmodel import Field, SQLModel

from models.tables.base import document, moment

OPEN = "state in ('open','claimed') and not held"


class TaskRow(SQLModel, table=True):
    """A piece of human work; `version` guards it alone, so that a parallel branch never makes a form stale.

    `held`: its case is on hold, so nobody can work on it now and no queue shows it.
    `touched_at`: when its assignee last worked on it; like leases it follows no journal (services/left_claims).
    """

    __tablename__ = "task"
    __table_args__ = (
        Index("task_open", "queue", "district", "due_at", "id", postgresql_where=text(OPEN)),
        Index("task_due", "due_at", "id", postgresql_where=text(OPEN)),
        Index("task_mine", "assignee", "due_at", postgresql_where=text("state = 'claimed'")),
        Index("task_case", "case_id"),
        Index("task_claimed", "touched_at", postgresql_where=text("state = 'claimed' and not held")),
        Index(
            "task_urgency",
            text("(not escalated)"),
            text("(-priority)"),
            text("(coalesce(due_at, 'infinity'))"),
            "id",
            postgresql_where=text(OPEN),
        ),
    )

    id: UUID = Field(primary_key=True)
    case_id: UUID = Field(sa_column=Column(ForeignKey("cases.id"), nullable=False))
    step: str
    stage: str
    queue: str
    district: str
    state: str
    version: int
    priority: int
    escalated: bool = False
    assignee: str | None = None
    outcome: str | None = None
    due_at: datetime | None = moment()
    held: bool = Field(default=False, sa_column_kwargs={"server_default": text("false")})
    opened_at: datetime = moment(nullable=False)
    closed_at: datetime | None = moment()
    touched_at: datetime | None = moment()


class TaskView(SQLModel, table=True):
    """A stored filter over open tasks, of its owner alone or shared with a group; `words` as in services/filter_words."""

    __tablename__ = "task_view"
    __table_args__ = (Index("task_view_owner", "programme", "owner"),)

    id: UUID = Field(primary_key=True)
    programme: str
    name: str
    owner: str
    group_key: str | None = None
    words: dict[str, Any] = document()
    created_at: datetime = moment(nullable=False, default_now=True)

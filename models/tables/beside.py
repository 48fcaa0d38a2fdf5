"""What people put beside a case: files, drafts of forms, and whom a comment mentions. None of it is in the journal."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Column, ForeignKey, Index, LargeBinary, text
from sqlmodel import Field, SQLModel

from models.tables.base import moment


class Attachment(SQLModel, table=True):
    """A file of a case; its name and content are encrypted. `task_id`, `step` and `field` say for what it was added."""

    __tablename__ = "attachment"

    id: UUID = Field(primary_key=True)
    case_id: UUID = Field(sa_column=Column(ForeignKey("cases.id"), nullable=False, index=True))
    task_id: UUID | None = None
    step: str | None = None
    field: str | None = None
    media_type: str
    size: int
    name: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    body: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    author: str
    added_at: datetime = moment(nullable=False)


class TaskDraft(SQLModel, table=True):
    """What somebody has typed into a task's form so far, encrypted; gone when the task ends.

    `task_version` is the task's when it was written, `revision` counts the savings, so that two machines notice each other.
    """

    __tablename__ = "task_draft"

    task_id: UUID = Field(sa_column=Column(ForeignKey("task.id"), primary_key=True))
    account: str = Field(primary_key=True)
    body: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    task_version: int
    revision: int
    saved_at: datetime = moment(nullable=False)


class Mention(SQLModel, table=True):
    """Somebody whom a comment mentions; `seen_at` when it was put away."""

    __tablename__ = "mention"
    __table_args__ = (Index("mention_unseen", "account", postgresql_where=text("seen_at is null")),)

    note_id: UUID = Field(sa_column=Column(ForeignKey("note.id", ondelete="CASCADE"), primary_key=True))
    account: str = Field(primary_key=True)
    seen_at: datetime | None = moment()

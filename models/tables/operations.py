"""What running the programme needs: incidents, jobs, weekly updates, workers, scarce places, settings."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Column, Date, ForeignKey, Index, LargeBinary, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from models.tables.base import document, moment


class IncidentRow(SQLModel, table=True):
    """Something that needs a person. Those of a case follow its journal; those of the programme stand alone."""

    __tablename__ = "incident"
    __table_args__ = (Index("incident_open", "raised_at", postgresql_where=text("state = 'open'")),)

    id: UUID = Field(primary_key=True)
    case_id: UUID | None = Field(default=None, sa_column=Column(ForeignKey("cases.id"), index=True))
    cause: str
    state: str
    detail: str = Field(default="", sa_column_kwargs={"server_default": ""})
    stage: str | None = None
    district: str | None = None
    step: str | None = None
    position_id: UUID | None = None
    handoff_id: UUID | None = None
    raised_at: datetime = moment(nullable=False)
    resolved_at: datetime | None = moment()


class Job(SQLModel, table=True):
    """A long or bulk action with a result per item."""

    __tablename__ = "job"

    id: UUID = Field(primary_key=True)
    kind: str
    state: str
    total: int = Field(default=0, sa_column_kwargs={"server_default": text("0")})
    done: int = Field(default=0, sa_column_kwargs={"server_default": text("0")})
    failed: int = Field(default=0, sa_column_kwargs={"server_default": text("0")})
    actor: str
    summary: dict[str, Any] = document()
    payload: bytes | None = Field(default=None, sa_column=Column(LargeBinary))
    file_name: str | None = None
    created_at: datetime = moment(nullable=False, default_now=True)
    started_at: datetime | None = moment()
    finished_at: datetime | None = moment()
    error: str | None = None


class JobItem(SQLModel, table=True):
    """The result of one item of a job; `body` is encrypted, since it may quote personal data."""

    __tablename__ = "job_item"

    job_id: UUID = Field(sa_column=Column(ForeignKey("job.id", ondelete="CASCADE"), primary_key=True))
    key: str = Field(primary_key=True)
    number: int
    state: str
    code: str | None = None
    message: str | None = None  # not written any more: it quoted cells; the body holds it
    case_id: UUID | None = None
    body: bytes | None = Field(default=None, sa_column=Column(LargeBinary))


class WeeklyUpdateRow(SQLModel, table=True):
    """One frozen week: its figures as canonical JSON with their hash, and the journal position they go up to."""

    __tablename__ = "weekly_update"

    programme: str = Field(primary_key=True)
    week: str = Field(primary_key=True, max_length=8)
    journal_position: int = Field(sa_column=Column(BigInteger, nullable=False))
    content_hash: str = Field(max_length=64)
    body: dict[str, Any] = document()
    frozen_at: datetime = moment(nullable=False, default_now=True)
    sent_at: datetime | None = moment()


class WorkerHeartbeat(SQLModel, table=True):
    """A worker process that lives, or lived."""

    __tablename__ = "worker_heartbeat"

    worker_id: str = Field(primary_key=True)
    host: str
    pid: int
    started_at: datetime = moment(nullable=False, default_now=True)
    seen_at: datetime = moment(nullable=False, default_now=True)
    details: dict[str, Any] = document()


class RunCase(SQLModel, table=True):
    """Which flow run touched which case, and how it went."""

    __tablename__ = "run_case"
    __table_args__ = (Index("run_case_case", "case_id"),)

    flow_run_id: UUID = Field(primary_key=True)
    case_id: UUID = Field(sa_column=Column(ForeignKey("cases.id"), primary_key=True))
    step: str = Field(primary_key=True)
    outcome: str
    at: datetime = moment(nullable=False)


class Resource(SQLModel, table=True):
    """Something scarce: a class with seats, a mentor with places. `kind` and `starts_at` are for choosing."""

    __tablename__ = "resource"
    __table_args__ = (
        UniqueConstraint("programme", "kind", "name", name="resource_name"),
        CheckConstraint("taken BETWEEN 0 AND places", name="never_overbooked"),
        Index("resource_choice", "programme", "kind", "district", "starts_at"),
    )

    id: UUID = Field(primary_key=True)
    programme: str
    kind: str
    name: str
    district: str
    places: int
    taken: int = Field(default=0, sa_column_kwargs={"server_default": text("0")})
    starts_at: datetime | None = moment()
    day: date | None = Field(default=None, sa_column=Column(Date))
    details: dict[str, Any] = document()


class Seat(SQLModel, table=True):
    """One taken place of a resource."""

    __tablename__ = "seat"

    resource_id: UUID = Field(sa_column=Column(ForeignKey("resource.id"), primary_key=True))
    case_id: UUID = Field(sa_column=Column(ForeignKey("cases.id"), primary_key=True, index=True))
    taken_at: datetime = moment(nullable=False)


class Setting(SQLModel, table=True):
    """A value that belongs to this database, such as the offset of the demo clock."""

    __tablename__ = "setting"

    key: str = Field(primary_key=True)
    value: Any = document("'null'")


class IdempotencyKey(SQLModel, table=True):
    """The answer to a request that carried an Idempotency-Key, so that asking again does nothing twice.

    `body` is encrypted, since an answer may quote personal data.
    """

    __tablename__ = "idempotency_key"

    key: str = Field(primary_key=True)
    actor: str = Field(primary_key=True)
    fingerprint: str
    status: int
    body: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    created_at: datetime = moment(nullable=False, default_now=True)


class CaseNumber(SQLModel, table=True):
    """The last case number of a programme and year."""

    __tablename__ = "case_number"

    programme: str = Field(primary_key=True)
    year: int = Field(primary_key=True)
    last: int

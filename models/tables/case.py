"""The case, its journal and its positions. Everything here but the journal is a projection of the journal."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, BigInteger, Column, ForeignKey, Identity, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import UserDefinedType
from sqlmodel import Field, SQLModel

from models.tables.base import moment


class TransactionId(UserDefinedType[int]):
    """PostgreSQL's 64-bit transaction id."""

    cache_ok = True

    def get_col_spec(self, **_: Any) -> str:
        """The name of the type in SQL."""
        return "xid8"


class CaseRow(SQLModel, table=True):
    """One case; `state` is the engine's folded case, the columns are what lists and searches need."""

    __tablename__ = "cases"
    __table_args__ = (
        UniqueConstraint("programme", "participant_id", name="one_case_per_programme"),
        Index("cases_by_stage", "programme", "stage", "district", postgresql_where=text("status in ('active','on_hold')")),
        Index("cases_by_opening", "opened_at", "id"),
        Index("cases_on_hold", "hold_until", postgresql_where=text("status = 'on_hold' and hold_until is not null")),
    )

    id: UUID = Field(primary_key=True)
    number: str = Field(unique=True)
    programme: str
    definition: str = Field(foreign_key="definition.hash")
    participant_id: UUID = Field(foreign_key="participant.id", index=True)
    district: str
    village: str | None = None
    stage: str | None = None
    status: str
    status_reason: str | None = None
    version: int
    opened_at: datetime = moment(nullable=False)
    ended_at: datetime | None = moment()
    due_at: datetime | None = moment()
    hold_until: datetime | None = moment()
    updated_at: datetime = moment(nullable=False)
    state: Any = Field(sa_column=Column(JSON, nullable=False))


class JournalRow(SQLModel, table=True):
    """One fact. Insert-only. `stage`, `district`, `status`, `due_at` are those of the case after the command."""

    __tablename__ = "journal"
    __table_args__ = (
        UniqueConstraint("case_id", "sequence", name="journal_sequence"),
        Index("journal_recorded_at", "recorded_at"),
        Index("journal_counted", "position", postgresql_where=text("type = 'case_opened' or type like 'stage\\_%'")),
        Index("journal_transaction", "transaction_id"),
    )

    position: int | None = Field(default=None, sa_column=Column(BigInteger, Identity(), primary_key=True))
    case_id: UUID = Field(sa_column=Column(ForeignKey("cases.id"), nullable=False))
    sequence: int
    transaction_id: int | None = Field(
        default=None,
        sa_column=Column(TransactionId, nullable=False, server_default=text("pg_current_xact_id()")),
    )
    recorded_at: datetime = moment(nullable=False)
    occurred_at: datetime = moment(nullable=False)
    actor: str
    on_behalf_of: str | None = None
    channel: str
    type: str
    type_version: int = 1
    data: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    definition: str
    stage: str | None = None
    district: str | None = None
    status: str
    due_at: datetime | None = moment()


class PositionRow(SQLModel, table=True):
    """An active step instance. `ready` marks an automated step that may be done now; the lease says who does it."""

    __tablename__ = "position"
    __table_args__ = (
        Index("position_ready", "since", postgresql_where=text("ready")),
        Index("position_alarm", "alarm_at", postgresql_where=text("alarm_at is not null")),
        Index("position_case", "case_id"),
    )

    id: UUID = Field(primary_key=True)
    case_id: UUID = Field(sa_column=Column(ForeignKey("cases.id"), nullable=False))
    step: str
    kind: str
    stage: str
    district: str
    attempt: int
    since: datetime = moment(nullable=False)
    due_at: datetime | None = moment()
    alarm_at: datetime | None = moment()
    ready: bool = False
    lease_owner: str | None = None
    lease_until: datetime | None = moment()
    tries: int = Field(default=0, sa_column_kwargs={"server_default": text("0")})

"""Hand-offs to partners, and what partners said."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Column, ForeignKey, Index, LargeBinary, text
from sqlmodel import Field, SQLModel

from models.tables.base import moment


class HandoffRow(SQLModel, table=True):
    """A step done by a partner. The columns from `tries` on belong to delivery and are not in the journal."""

    __tablename__ = "handoff"
    __table_args__ = (
        Index("handoff_outbox", "next_try_at", postgresql_where=text("state = 'queued' and not blocked")),
        Index("handoff_case", "case_id"),
        Index("handoff_open", "partner", "state", "due_at"),
    )

    id: UUID = Field(primary_key=True)
    case_id: UUID = Field(sa_column=Column(ForeignKey("cases.id"), nullable=False))
    kind: str
    message: str
    partner: str
    stage: str
    step: str
    district: str
    state: str
    attempt: int
    position_id: UUID | None = None
    due_at: datetime | None = moment()
    outcome: str | None = None
    ordered_at: datetime = moment(nullable=False)
    blocked: bool = False
    tries: int = Field(default=0, sa_column_kwargs={"server_default": text("0")})
    next_try_at: datetime = moment(nullable=False, default_now=True)
    lease_owner: str | None = None
    lease_until: datetime | None = moment()
    last_error: str | None = None
    sent_at: datetime | None = moment()
    partner_reference: str | None = None


class PartnerMessage(SQLModel, table=True):
    """A raw answer as it came (encrypted). One that fits no hand-off stays here, unmatched, for a person.

    Ids are the partner's own, so two partners may use the same.
    """

    __tablename__ = "partner_message"

    partner: str = Field(primary_key=True, sa_column_kwargs={"server_default": ""})
    id: str = Field(primary_key=True)
    handoff_id: UUID | None = Field(default=None, index=True)
    state: str
    body: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    received_at: datetime = moment(nullable=False, default_now=True)

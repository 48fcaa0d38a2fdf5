"""What the public pages keep: codes, the sessions of participants, second numbers, and attempts to be counted.

Whoever asks is known by hashes alone.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Column, ForeignKey, Index, LargeBinary
from sqlmodel import Field, SQLModel

from models.tables.base import moment


class OneTimeCode(SQLModel, table=True):
    """An attempt to sign in by code; without a case it is one that can never succeed, kept so that both look alike."""

    __tablename__ = "one_time_code"

    flow_hash: bytes = Field(sa_column=Column(LargeBinary, primary_key=True))
    case_id: UUID | None = Field(sa_column=Column(ForeignKey("cases.id"), nullable=True, index=True))
    handoff_id: UUID | None = Field(default=None, index=True)
    code: bytes | None = Field(sa_column=Column(LargeBinary, nullable=True))
    tries: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    created_at: datetime = moment(nullable=False, default_now=True)
    expires_at: datetime = moment(nullable=False)


class ParticipantSession(SQLModel, table=True):
    """A participant who signed in to their own case; only a hash of the token is kept."""

    __tablename__ = "participant_session"

    token_hash: bytes = Field(sa_column=Column(LargeBinary, primary_key=True))
    case_id: UUID = Field(sa_column=Column(ForeignKey("cases.id"), nullable=False, index=True))
    created_at: datetime = moment(nullable=False, default_now=True)
    expires_at: datetime = moment(nullable=False)


class OtherNumber(SQLModel, table=True):
    """A number that somebody got who registered once more; it leads to the case that they have already."""

    __tablename__ = "other_number"

    number: str = Field(primary_key=True)
    case_id: UUID = Field(sa_column=Column(ForeignKey("cases.id"), nullable=False, index=True))


class PublicAttempt(SQLModel, table=True):
    """Something that may be done so often in so long: what, and by which (hashed) key it is counted."""

    __tablename__ = "public_attempt"
    __table_args__ = (Index("public_attempt_counted", "what", "key_hash", "at"),)

    id: UUID = Field(primary_key=True)
    what: str
    key_hash: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    at: datetime = moment(nullable=False, default_now=True)

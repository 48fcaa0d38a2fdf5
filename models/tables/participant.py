"""The person: the only place, with notes, where personal data lives."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Date, ForeignKey, Index, LargeBinary, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from models.tables.base import moment


class Participant(SQLModel, table=True):
    """One person. The NIK is encrypted, found by a keyed hash, shown by its last four digits.

    `district` and `village` are those of the registration; where a person is now, her case says.
    """

    __tablename__ = "participant"
    __table_args__ = (
        Index(
            "participant_name_search",
            "name_search",
            postgresql_using="gin",
            postgresql_ops={"name_search": "gin_trgm_ops"},
        ),
        Index("participant_nik_last4", "nik_last4"),
        Index("participant_phone", "phone"),
        Index("participant_phone2", "phone2", postgresql_where=text("phone2 IS NOT NULL")),
    )

    id: UUID = Field(primary_key=True)
    nik_hash: bytes = Field(sa_column=Column(LargeBinary, unique=True, nullable=False))
    nik_encrypted: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    nik_last4: str = Field(max_length=4)
    name: str
    name_search: str
    sex: str | None = Field(default=None, max_length=1)
    birth_place: str | None = None
    birth_date: date | None = Field(default=None, sa_column=Column(Date))
    phone: str | None = None
    phone2: str | None = None
    email: str | None = None
    address: str | None = None
    rt: str | None = None
    rw: str | None = None
    village: str | None = None
    district: str
    business_type: str | None = None
    locale: str = Field(default="id", max_length=2)
    created_at: datetime = moment(nullable=False, default_now=True)
    updated_at: datetime = moment(nullable=False, default_now=True)


class Note(SQLModel, table=True):
    """Free text about a case; erasable, the journal holds only its id. `kind` is note (an event refers to it) or comment."""

    __tablename__ = "note"

    id: UUID = Field(primary_key=True)
    case_id: UUID = Field(sa_column=Column(ForeignKey("cases.id"), nullable=False, index=True))
    author: str
    text: str
    kind: str = Field(default="note", sa_column_kwargs={"server_default": "note"})
    created_at: datetime = moment(nullable=False, default_now=True)


class CaseAnswer(SQLModel, table=True):
    """A personal answer of a form that is no column of the participant; erasable, the newest one holds."""

    __tablename__ = "case_answer"

    case_id: UUID = Field(sa_column=Column(ForeignKey("cases.id"), primary_key=True))
    name: str = Field(primary_key=True)
    value: Any = Field(sa_column=Column(JSONB, nullable=False))
    written_at: datetime = moment(nullable=False, default_now=True)


class Reveal(SQLModel, table=True):
    """Somebody looked at a masked value of a person, and why."""

    __tablename__ = "reveal"

    id: UUID = Field(primary_key=True)
    case_id: UUID = Field(sa_column=Column(ForeignKey("cases.id"), nullable=False, index=True))
    actor: str
    what: str
    reason: str
    at: datetime = moment(nullable=False, default_now=True)

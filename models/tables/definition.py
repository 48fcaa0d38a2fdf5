"""Published definitions: the pinned part by content hash, the live parts by date."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Column, Date
from sqlmodel import Field, SQLModel

from models.tables.base import counter, moment


class PublishedDefinition(SQLModel, table=True):
    """One immutable pinned part; cases refer to it for ever."""

    __tablename__ = "definition"

    hash: str = Field(primary_key=True, max_length=64)
    programme: str = Field(index=True)
    version: str
    effective_from: date = Field(sa_column=Column(Date, nullable=False))
    body: Any = Field(sa_column=Column(JSON, nullable=False))  # JSON keeps the order of steps and outcomes
    published_at: datetime = moment(nullable=False, default_now=True)
    published_by: str


class LivePart(SQLModel, table=True):
    """One version of a programme's live parts; the newest one holds."""

    __tablename__ = "live_part"

    id: int | None = counter()
    programme: str = Field(index=True)
    hash: str = Field(max_length=64)
    body: Any = Field(sa_column=Column(JSON, nullable=False))  # JSON keeps the order of steps and outcomes
    published_at: datetime = moment(nullable=False, default_now=True)
    published_by: str

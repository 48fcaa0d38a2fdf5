"""Columns that many tables share."""

from typing import Any

from sqlalchemy import BigInteger, Column, DateTime, Identity, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

NOW = "now()"


def moment(*, nullable: bool = True, index: bool = False, default_now: bool = False) -> Any:
    """A point in time, kept in UTC."""
    server_default = text(NOW) if default_now else None
    return Field(
        default=None,
        sa_column=Column(DateTime(timezone=True), nullable=nullable, index=index, server_default=server_default),
    )


def document(default: str = "'{}'") -> Any:
    """A JSONB value with a default written in SQL."""
    return Field(default=None, sa_column=Column(JSONB, nullable=False, server_default=text(default)))


def counter() -> Any:
    """A bigint primary key that the database counts."""
    return Field(default=None, sa_column=Column(BigInteger, Identity(), primary_key=True))

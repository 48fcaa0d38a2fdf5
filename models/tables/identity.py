"""Accounts, sign-ins and tokens of the people and machines that work with the programme."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Column, ForeignKey, Index, LargeBinary
from sqlmodel import Field, SQLModel

from models.tables.base import document, moment


class UserAccount(SQLModel, table=True):
    """A person of the staff; `grants` is a list of {role, stages, areas}.

    `phone` (E.164) is known so that no participant's file gets it: codes for participants never go to staff.
    """

    __tablename__ = "user_account"

    id: UUID = Field(primary_key=True)
    email: str = Field(unique=True)
    name: str
    phone: str | None = Field(default=None, index=True)
    password_hash: str
    grants: list[dict[str, Any]] = document("'[]'")
    locale: str = Field(default="id", max_length=2)
    active: bool = True
    created_at: datetime = moment(nullable=False, default_now=True)


class SignIn(SQLModel, table=True):
    """A session; only a hash of its token is kept. `searches` is encrypted: what somebody searches may be a person's name."""

    __tablename__ = "sign_in"

    token_hash: bytes = Field(sa_column=Column(LargeBinary, primary_key=True))
    user_id: UUID = Field(sa_column=Column(ForeignKey("user_account.id", ondelete="CASCADE"), nullable=False, index=True))
    created_at: datetime = moment(nullable=False, default_now=True)
    expires_at: datetime = moment(nullable=False)
    searches: bytes | None = Field(default=None, sa_column=Column(LargeBinary))


class SignInAttempt(SQLModel, table=True):
    """An attempt to sign in, written down before it is tried, by account and address, for slowing down guesses."""

    __tablename__ = "sign_in_attempt"
    __table_args__ = (
        Index("attempt_by_account", "account", "at"),
        Index("attempt_by_address", "address", "at"),
    )

    id: UUID = Field(primary_key=True)
    account: str
    address: str
    at: datetime = moment(nullable=False, default_now=True)


class ApiToken(SQLModel, table=True):
    """A machine's key; only its hash is kept."""

    __tablename__ = "api_token"

    id: UUID = Field(primary_key=True)
    name: str
    token_hash: bytes = Field(sa_column=Column(LargeBinary, unique=True, nullable=False))
    grants: list[dict[str, Any]] = document("'[]'")
    created_at: datetime = moment(nullable=False, default_now=True)
    revoked_at: datetime | None = moment()

"""What Langkah and its partners say to each other. One shape for all kinds; payloads are typed per kind in partners/.

We send `POST {url}/{kind}/orders` with an Idempotency-Key; the partner answers at once with a Receipt, and later, when
it has done the work, with an Answer to our callback address, signed by Standard Webhooks.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from models.safe_text import Safe

Status = Literal["acknowledged", "completed", "returned", "rejected"]


class Order(BaseModel):
    """A hand-off as it leaves. `key` stays the same however often it is sent; a correction has a new attempt."""

    model_config = ConfigDict(extra="forbid")

    key: str = Field(description="idempotency key: hand-off id and attempt")
    handoff: str
    attempt: int = Field(ge=1)
    message: str
    case_number: str
    callback_url: str
    payload: dict[str, Any]


class Receipt(BaseModel):
    """What the partner says at once."""

    reference: str
    state: Literal["received", "refused"] = "received"


class Answer(Safe):
    """What the partner says when it has done the work; `facts` identify nobody, `outcome` is one of the contract's words.

    `attempt` is that of the order which is answered, so that a late answer to an earlier one is known as such.
    """

    handoff: str
    attempt: int | None = Field(default=None, ge=1)
    status: Status
    outcome: str | None = Field(default=None, pattern=r"^[a-z][a-z0-9_]{0,39}$")
    facts: dict[str, str | int | float | bool | None] = Field(default_factory=dict)
    reason: str | None = Field(default=None, max_length=2000)
    occurred_at: datetime | None = None


class PartnerError(Exception):
    """A hand-off could not be delivered; the text names no person."""


class PartnerUnavailable(PartnerError):
    """The partner did not answer; it may have received the order all the same, so it is asked before anything is repeated."""


class PartnerRefused(PartnerError):
    """The partner refuses the order as it is; repeating it would not help."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of partner: its messages, the outcomes that a step must be ready for, the facts of its answers by type."""

    name: str
    messages: frozenset[str]
    outcomes: dict[str, frozenset[str]]
    payload: type[BaseModel]
    facts: Mapping[str, type] = field(default_factory=dict)

"""What every staff page works with: who looks, in which language, and how a handler acts safely."""

import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from fastapi import Request
from nicegui import ui
from sqlalchemy.ext.asyncio import AsyncSession

from models.clock import programme_now
from models.db import fault, transaction
from models.errors import LangkahError, NotSignedIn
from models.services.actor import Actor
from models.services.views import View
from ui.auth import COOKIE, actor_again
from ui.formatters import exact
from ui.i18n import t
from ui.problems import where

log = logging.getLogger(__name__)
FAULT_WORDS = {"value": "bad_value", "outage": "database_away", "ours": "trouble_page"}


@dataclass(slots=True)
class Desk:
    """One open page of one person."""

    actor: Actor
    token: str | None
    locale: str
    path: str
    views: list[View] = field(default_factory=list)

    @classmethod
    def of(cls, request: Request) -> "Desk":
        """The desk of a request; the middleware has found the actor."""
        actor: Actor = request.state.actor
        return cls(actor, request.cookies.get(COOKIE), actor.locale, request.url.path)

    @property
    def works(self) -> bool:
        """Whether the person takes tasks at all; others may only read them."""
        return self.actor.may("work_task") or self.actor.may("claim_own_queue")

    @property
    def opens_cases(self) -> bool:
        """Whether the person may follow a link to the list of cases."""
        return self.actor.may("read_case") or self.actor.may("claim_own_queue")

    def t(self, key: str, **values: object) -> str:
        """A text in the person's language."""
        return t(self.locale, key, **values)

    def span(self, since: datetime | None, until: datetime | None) -> str:
        """Since when something waits, and until when."""
        return f"{self.t('since').lower()} {exact(since, self.locale)} · {self.t('due').lower()} {exact(until, self.locale)}"

    @asynccontextmanager
    async def work(self) -> AsyncIterator[tuple[AsyncSession, Actor, datetime]]:
        """A transaction for one act: who acts is asked again, since a page outlives a sign-out."""
        self.actor = await actor_again(self.token)
        async with transaction() as session:
            yield session, self.actor, await programme_now(session)

    def sentence(self, error: LangkahError) -> str:
        """The part of an error in the person's language."""
        return self.half(error.message)

    def half(self, message: str) -> str:
        """Of a message "Indonesian / English", the part in the person's language."""
        parts = message.split(" / ")
        return parts[-1] if self.locale == "en" else parts[0]

    def safely(self, act: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[None]]:
        """A handler that tells errors instead of losing them."""

        async def handler(*arguments: Any) -> None:
            try:
                await act(*arguments)
            except NotSignedIn:
                ui.navigate.to(f"/login?next={self.path}")
            except LangkahError as error:
                ui.notify(self.sentence(error), type="warning", position="top", timeout=6000)
            except Exception as error:
                whose = fault(error)
                if whose == "ours":
                    log.error("a page's handler broke: %s\n%s", type(error).__name__, where(error))
                ui.notify(self.t(FAULT_WORDS[whose]), type="negative", position="top", timeout=6000)

        return handler

"""The demo's clock, moved on by hand to the next morning; the worker then does what that day brings."""

from datetime import UTC, datetime, time, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from models.clock import programme_now, set_programme_time
from models.errors import NotAllowed
from models.services.actor import Actor
from models.settings import get_settings
from ui.formatters import ZONE

MOVERS = ("administrator", "programme_manager")


def may_move(actor: Actor) -> bool:
    """Whether somebody may let the demo go on: it moves for everybody."""
    return get_settings().demo and actor.has_role(*MOVERS)


async def go_to_next_morning(session: AsyncSession, actor: Actor) -> datetime:
    """Let the programme's clock show nine o'clock of the next day. Raises NotAllowed outside the demo and for other roles."""
    if not may_move(actor):
        raise NotAllowed("Hanya manajer atau administrator, dan hanya di demo / only managers and administrators, in the demo")
    now = await programme_now(session)
    morning = datetime.combine(now.astimezone(ZONE).date() + timedelta(days=1), time(9), ZONE).astimezone(UTC)
    await set_programme_time(session, morning)
    return morning

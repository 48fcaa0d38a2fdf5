"""The demo's clock, moved on by hand to the next morning; the worker then does what that day brings."""

from datetime import UTC, datetime, time, timedelta

from models.clock import programme_now, set_programme_time
from models.db import transaction
from models.errors import NotAllowed
from models.settings import get_settings
from ui.formatters import ZONE


async def go_to_next_morning() -> datetime:
    """Let the programme's clock show nine o'clock of the next day. Raises NotAllowed outside the demo."""
    if not get_settings().demo:
        raise NotAllowed("Hanya di demo / only in the demo")
    async with transaction() as session:
        now = await programme_now(session)
        morning = datetime.combine(now.astimezone(ZONE).date() + timedelta(days=1), time(9), ZONE).astimezone(UTC)
        await set_programme_time(session, morning)
    return morning

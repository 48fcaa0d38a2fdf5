"""Whose phone a number is: codes and consent are for one person alone, so a shared number, or one of staff, carries neither."""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession


async def is_own(session: AsyncSession, phone: str | None, participant: str | None) -> bool:
    """Whether a number (E.164) is on no file but the participant's own (None: on no file yet) and is nobody's of the staff.

    A file that was merged into another is the same person's and does not count.
    """
    if not phone:
        return False
    shared = await session.scalar(
        text(
            "SELECT EXISTS (SELECT FROM participant p JOIN cases c ON c.participant_id = p.id AND c.status <> 'merged'"
            " WHERE (p.phone = :phone OR p.phone2 = :phone) AND p.id IS DISTINCT FROM CAST(:own AS uuid))"
            " OR EXISTS (SELECT FROM user_account WHERE phone = :phone AND active)"
        ),
        {"phone": phone, "own": participant},
    )
    return not shared

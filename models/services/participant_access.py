"""How a participant gets to their own case: number and birth date, then a one-time code to the phone on file.

Whether there is such a case shows nowhere: an attempt that cannot succeed is kept, counted and answered like any other.
"""

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from models.clock import system_now
from models.definitions.definition import Definition
from models.engine.commands import Message, SendMessage
from models.errors import NotSignedIn, TooMany
from models.services import cases, programmes, reach, throttle
from models.services.actor import MACHINE, Actor
from models.services.vault import decrypt, encrypt

CODE_MINUTES, SESSION_MINUTES, LONGEST_HOURS = 15, 30, 4
TRIES, CODES_FOR_A_CASE = 5, 5
AT_ONE_ADDRESS, WINDOW = 40, timedelta(minutes=15)
PURPOSE = "one_time_code"
DIGITS = 6


@dataclass(frozen=True, slots=True)
class Own:
    """A participant who is signed in: who acts, and on which case."""

    actor: Actor
    case_id: str
    number: str


async def count_visit(session: AsyncSession, what: str, address: str) -> None:
    """Count one more code asked for, or tried, from an address; the caller commits before it goes on. Raises TooMany."""
    await throttle.count(session, what, address, AT_ONE_ADDRESS, WINDOW)


async def ask_code(session: AsyncSession, number: str, born: date, now: datetime) -> str:
    """Send a code to whoever is behind a number, if the birth date is theirs and the phone on file is theirs alone.

    Returns the secret of this attempt, with which alone the code is worth something.
    """
    flow = secrets.token_urlsafe(24)
    found = await _behind(session, number)
    case_id = handoff = code = None
    if found is not None and found.birth_date == born and await _may_get_code(session, found):
        definition = await programmes.by_hash(session, found.definition)
        handoff, code = await _order(session, definition, found.id, now)
        case_id = found.id if code else None
    await session.execute(
        text(
            "INSERT INTO one_time_code (flow_hash, case_id, handoff_id, code, expires_at)"
            " VALUES (:flow, CAST(:case AS uuid), CAST(:handoff AS uuid), :code, :until)"
        ),
        {
            "flow": _digest(flow),
            "case": case_id,
            "handoff": handoff,
            "code": encrypt((code or "-").encode(), PURPOSE),
            "until": system_now() + timedelta(minutes=CODE_MINUTES),
        },
    )
    return flow


async def _behind(session: AsyncSession, number: str) -> Any:
    """The case behind a number, also one that its participant got by registering again; of a merged one the case that goes on."""
    statement = text(
        "SELECT c.id::text, c.definition, c.participant_id::text AS participant, c.status, c.status_reason, p.birth_date, p.phone"
        " FROM cases c JOIN participant p ON p.id = c.participant_id"
        " WHERE c.number = :number OR c.id = (SELECT case_id FROM other_number WHERE number = :number)"
    )
    found = (await session.execute(statement, {"number": number})).first()
    if found is not None and found.status == "merged":
        found = (await session.execute(statement, {"number": found.status_reason})).first()
    return found


async def _may_get_code(session: AsyncSession, found: Any) -> bool:
    own = await reach.is_own(session, found.phone, found.participant)
    return own and await throttle.within(session, "codes of a case", found.id, CODES_FOR_A_CASE, timedelta(hours=1))


async def _order(session: AsyncSession, definition: Definition, case_id: str, now: datetime) -> tuple[str | None, str | None]:
    """Order the message with a new code; (None, None) when the programme has no such message. The journal learns no code."""
    public = definition.live.public
    if public is None:
        return None, None
    key = public.messages.code
    command = SendMessage(Message(key, definition.live.messages[key].channel))
    after = await cases.execute(session, MACHINE, case_id, command, now)
    handoff = next(reversed(after.handoffs.values()))
    return handoff.id, f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}"


async def codes_of(session: AsyncSession, handoff_ids: Sequence[str]) -> dict[str, str]:
    """The codes that hand-offs carry, by hand-off: for the message itself and nobody else."""
    rows = await session.execute(
        text("SELECT handoff_id::text, code FROM one_time_code WHERE handoff_id = ANY(CAST(:ids AS uuid[]))"), {"ids": list(handoff_ids)}
    )
    return {row.handoff_id: decrypt(bytes(row.code), PURPOSE).decode() for row in rows}


async def use_code(session: AsyncSession, flow: str, code: str) -> str | None:
    """Try a code; returns the token of a new session, or None for a wrong one. Each try counts, also a wrong one.

    A code works once, for the visit that asked for it. Raises TooMany after the last try, NotSignedIn when it is past
    its time or was used.
    """
    row = (
        await session.execute(
            text(
                "UPDATE one_time_code SET tries = tries + 1 WHERE flow_hash = :flow AND expires_at > :now"
                " RETURNING tries, code, case_id::text"
            ),
            {"flow": _digest(flow), "now": system_now()},
        )
    ).first()
    if row is None:
        raise NotSignedIn("Kode sudah tidak berlaku; minta kode baru / the code is no longer valid; ask for a new one")
    if row.tries > TRIES:
        raise TooMany("Terlalu banyak kode salah; minta kode baru / too many wrong codes; ask for a new one")
    right = hmac.compare_digest(decrypt(bytes(row.code), PURPOSE), code.strip().encode())
    if row.case_id is None or not right:
        return None
    await session.execute(text("DELETE FROM one_time_code WHERE flow_hash = :flow"), {"flow": _digest(flow)})
    token = secrets.token_urlsafe(32)
    await session.execute(
        text("INSERT INTO participant_session (token_hash, case_id, expires_at) VALUES (:hash, CAST(:case AS uuid), :until)"),
        {"hash": _digest(token), "case": row.case_id, "until": system_now() + timedelta(minutes=SESSION_MINUTES)},
    )
    return token


async def own_of(session: AsyncSession, token: str, locale: str) -> Own | None:
    """Who is signed in with a token, None when nobody is; using it keeps the session alive, up to some hours."""
    row = (
        await session.execute(
            text(
                "UPDATE participant_session s SET expires_at = least(:until, s.created_at + make_interval(hours => :hours))"
                " FROM cases c WHERE s.token_hash = :hash AND s.expires_at > :now AND c.id = s.case_id"
                " RETURNING c.id::text, c.number, c.participant_id::text AS participant"
            ),
            {
                "hash": _digest(token),
                "now": system_now(),
                "until": system_now() + timedelta(minutes=SESSION_MINUTES),
                "hours": LONGEST_HOURS,
            },
        )
    ).first()
    if row is None:
        return None
    return Own(Actor(row.participant, "", "participant", channel="public", locale=locale), row.id, row.number)


async def sign_out(session: AsyncSession, token: str) -> None:
    """End a participant's session."""
    await session.execute(text("DELETE FROM participant_session WHERE token_hash = :hash"), {"hash": _digest(token)})


def _digest(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()

"""Accounts, sign-in and tokens."""

import asyncio
import hashlib
import json
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import uuid4

from pwdlib import PasswordHash
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from models.clock import system_now
from models.errors import Conflict, Invalid, NotSignedIn, Problem, TooMany
from models.intake.phones import phones_of
from models.safe_text import is_safe
from models.services.actor import MACHINE, Actor, Grant, Role

SESSION_HOURS = 12
WINDOW = timedelta(minutes=15)
TRIES_ACCOUNT_AND_ADDRESS, TRIES_ADDRESS = 8, 60
_hasher = PasswordHash.recommended()
_UNKNOWN = _hasher.hash("nobody has this password")


@dataclass(frozen=True, slots=True)
class Account:
    """A member of staff as lists show them."""

    id: str
    email: str
    name: str
    grants: tuple[Grant, ...]
    locale: str

    def covers(self, district: str) -> bool:
        """Whether the person works in a district."""
        return any(grant.reaches(None, district) for grant in self.grants)


def grants_to_json(grants: Iterable[Grant]) -> list[dict[str, Any]]:
    """Grants as they are stored."""
    return [{"role": g.role.value, "stages": sorted(g.stages), "areas": sorted(g.areas)} for g in grants]


def grants_from_json(stored: list[dict[str, Any]]) -> tuple[Grant, ...]:
    """Grants as they work."""
    return tuple(Grant(Role(g["role"]), frozenset(g["stages"]), frozenset(g["areas"])) for g in stored)


def read_grant(role: str, stages: Iterable[str], areas: Iterable[str]) -> Grant:
    """A grant from words. Raises Invalid naming the known roles."""
    try:
        return Grant(Role(role), frozenset(stages), frozenset(areas))
    except ValueError:
        known = ", ".join(item.value for item in Role)
        raise Invalid(f"role {role}: satu dari / one of {known}", [Problem("unknown_role", known, field="role")]) from None


async def add_user(
    session: AsyncSession,
    actor: Actor,
    email: str,
    name: str,
    password: str,
    grants: Iterable[Grant],
    locale: str = "id",
    phone: str | None = None,
) -> str:
    """Add an account and return its id; to `phone` go no codes of participants.

    Raises Invalid for a short password or a phone that is none, Conflict when the address is known.
    """
    actor.require("manage_users")
    if len(password) < 8:
        message = "Kata sandi paling sedikit 8 huruf / at least 8 characters"
        raise Invalid(message, [Problem("short_password", message, field="password")])
    numbers = phones_of(phone)[0] if phone else []
    if phone and len(numbers) != 1:
        message = f"{phone}: bukan nomor HP / no mobile number (0812 3456 7890)"
        raise Invalid(message, [Problem("invalid_phone", message, field="phone")])
    stored = await hashed(password)
    user_id = str(uuid4())
    added = await session.execute(
        text(
            "INSERT INTO user_account (id, email, name, phone, password_hash, grants, locale, active)"
            " VALUES (CAST(:id AS uuid), :email, :name, :phone, :hash, CAST(:grants AS jsonb), :locale, true) ON CONFLICT DO NOTHING"
        ),
        {
            "id": user_id,
            "email": email.strip().lower(),
            "name": name,
            "phone": numbers[0] if numbers else None,
            "hash": stored,
            "grants": json.dumps(grants_to_json(grants)),
            "locale": locale,
        },
    )
    if not added.rowcount:  # type: ignore[attr-defined]
        raise Conflict(f"{email} sudah ada / is known already", [Problem("known_email", email, field="email")])
    return user_id


async def hashed(password: str) -> str:
    """The stored form of a password; made in a thread, since it takes a while on purpose."""
    return await asyncio.to_thread(_hasher.hash, password)


async def count_attempt(session: AsyncSession, email: str, address: str) -> None:
    """Count an attempt to sign in before its password is looked at; the caller commits, then calls sign_in.

    Raises TooMany after many attempts at one account from one address, or from one address at all; the account itself
    stays open to its owner elsewhere, so that nobody can lock others out. Attempts that come at once are counted in turn.
    """
    account = _account(email)
    await session.execute(text("SELECT pg_advisory_xact_lock(hashtext('sign_in:' || :address))"), {"address": address})
    row = (
        await session.execute(
            text(
                "SELECT count(*) FILTER (WHERE account = :account) AS both, count(*) AS address FROM sign_in_attempt"
                " WHERE address = :address AND at > :since"
            ),
            {"account": account, "address": address, "since": system_now() - WINDOW},
        )
    ).one()
    if row.both >= TRIES_ACCOUNT_AND_ADDRESS or row.address >= TRIES_ADDRESS:
        minutes = int(WINDOW.total_seconds() // 60)
        raise TooMany(f"Terlalu banyak percobaan; coba lagi dalam {minutes} menit / too many attempts, wait {minutes} minutes")
    await session.execute(
        text("INSERT INTO sign_in_attempt (id, account, address) VALUES (gen_random_uuid(), :account, :address)"),
        {"account": account, "address": address},
    )


async def sign_in(session: AsyncSession, email: str, password: str, address: str) -> str:
    """Check a password and return a new session's token; a right one clears the account's attempts from this address.

    Raises NotSignedIn alike for an unknown address and a wrong password.
    """
    account = _account(email)
    row = (
        await session.execute(text("SELECT id::text, password_hash FROM user_account WHERE email = :email AND active"), {"email": account})
    ).first()
    right = await asyncio.to_thread(_hasher.verify, password[:500], row.password_hash if row else _UNKNOWN)
    if row is None or not right:
        raise NotSignedIn("Alamat surel atau kata sandi salah / wrong e-mail address or password")
    await session.execute(
        text("DELETE FROM sign_in_attempt WHERE account = :account AND address = :address"), {"account": account, "address": address}
    )
    token = secrets.token_urlsafe(32)
    await session.execute(
        text("INSERT INTO sign_in (token_hash, user_id, expires_at) VALUES (:hash, CAST(:user AS uuid), :until)"),
        {"hash": token_hash(token), "user": row.id, "until": system_now() + timedelta(hours=SESSION_HOURS)},
    )
    return token


def _account(email: str) -> str:
    """An address as accounts are known by; text that cannot be kept becomes that of nobody."""
    return email.strip().lower()[:200] if is_safe(email) else ""


async def sign_out(session: AsyncSession, token: str) -> None:
    """End a session."""
    await session.execute(text("DELETE FROM sign_in WHERE token_hash = :hash"), {"hash": token_hash(token)})


async def actor_of_session(session: AsyncSession, token: str) -> Actor | None:
    """Who is signed in with a token, None when nobody is."""
    row = (
        await session.execute(
            text(
                "SELECT u.id::text, u.name, u.grants, u.locale FROM sign_in s JOIN user_account u ON u.id = s.user_id"
                " WHERE s.token_hash = :hash AND s.expires_at > :now AND u.active"
            ),
            {"hash": token_hash(token), "now": system_now()},
        )
    ).first()
    return Actor(row.id, row.name, "user", grants_from_json(row.grants), "desk", locale=row.locale) if row else None


async def add_token(session: AsyncSession, actor: Actor, name: str, grants: Iterable[Grant]) -> str:
    """Add a token and return it; it cannot be shown again."""
    actor.require("manage_users")
    token = f"lk_{secrets.token_urlsafe(32)}"
    await session.execute(
        text("INSERT INTO api_token (id, name, token_hash, grants) VALUES (gen_random_uuid(), :name, :hash, CAST(:grants AS jsonb))"),
        {"name": name, "hash": token_hash(token), "grants": json.dumps(grants_to_json(grants))},
    )
    return token


async def actor_of_token(session: AsyncSession, token: str) -> Actor | None:
    """Which machine carries a token, None when it is not valid."""
    row = (
        await session.execute(
            text("SELECT id::text, name, grants FROM api_token WHERE token_hash = :hash AND revoked_at IS NULL"),
            {"hash": token_hash(token)},
        )
    ).first()
    return Actor(row.id, row.name, "token", grants_from_json(row.grants), "api") if row else None


async def actor_of_id(session: AsyncSession, id_: str) -> Actor | None:
    """Who is behind the id of an account, a token or the machine, as they may act now; None when they may not any more."""
    if id_ == MACHINE.id:
        return MACHINE
    row = (
        await session.execute(
            text(
                "SELECT name, grants, 'user' AS kind FROM user_account WHERE id::text = :id AND active"
                " UNION ALL SELECT name, grants, 'token' FROM api_token WHERE id::text = :id AND revoked_at IS NULL"
            ),
            {"id": id_},
        )
    ).first()
    return Actor(id_, row.name, row.kind, grants_from_json(row.grants)) if row else None


async def people_with_role(session: AsyncSession, role: str) -> list[Account]:
    """The active accounts that have a role."""
    rows = await session.execute(
        text(
            "SELECT id::text, email, name, grants, locale FROM user_account WHERE active"
            " AND grants @> jsonb_build_array(jsonb_build_object('role', CAST(:role AS text))) ORDER BY id"
        ),
        {"role": role},
    )
    return [Account(r.id, r.email, r.name, tuple(g for g in grants_from_json(r.grants) if g.role == role), r.locale) for r in rows]


async def set_locale(session: AsyncSession, actor: Actor, locale: str) -> None:
    """Remember the language that a person reads."""
    await session.execute(
        text("UPDATE user_account SET locale = :locale WHERE id = CAST(:id AS uuid)"),
        {"locale": "en" if locale == "en" else "id", "id": actor.id},
    )


async def names(session: AsyncSession) -> dict[str, str]:
    """The names of all accounts and tokens by id, for showing who did what."""
    rows = await session.execute(text("SELECT id::text, name FROM user_account UNION ALL SELECT id::text, name FROM api_token"))
    return {row.id: row.name for row in rows} | {MACHINE.id: MACHINE.name}


def token_hash(token: str) -> bytes:
    """What is kept of the token of a session or machine."""
    return hashlib.sha256(token.encode()).digest()

"""Connections: one async engine a process, sessions for the edges, the raw driver for set-based statements."""

import asyncio
import re
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from functools import cache
from typing import Any, Final, Literal, TypeVar, cast

import asyncpg
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine
from sqlalchemy.orm import Session as SyncSession
from sqlalchemy.util import greenlet_spawn

from models.database_url import arguments
from models.errors import SettingsError

_engine: AsyncEngine | None = None
_remembered: dict[str, tuple[float, Any]] = {}
REMEMBER_SECONDS = 1.0
T = TypeVar("T")
_url = ""
ANSWER_SECONDS = 10
# What is raised when the server is away, starting or ending; while a connection is made the driver's errors come unwrapped.
# Refused values and faults of ours are among them: `fault` tells which.
AWAY: Final = (OSError, sa.exc.SQLAlchemyError, asyncpg.PostgresError, asyncpg.InterfaceError)


def open_engine(url: str, connecting: dict[str, Any] | None = None, **options: Any) -> AsyncEngine:
    """An engine for a libpq address; `connecting` are more arguments of the driver, `options` SQLAlchemy's."""
    return create_async_engine("postgresql+asyncpg://", connect_args=(connecting or {}) | arguments(url), hide_parameters=True, **options)


def connect(url: str, *, size: int = 10) -> AsyncEngine:
    """Open this process's engine. Connections are made when they are needed."""
    global _engine, _url
    _remembered.clear()
    connecting = {"statement_cache_size": 500, "timeout": ANSWER_SECONDS}
    # Last in, first out: the connection used last has its statements prepared.
    pool = {"pool_size": size, "max_overflow": size, "pool_timeout": ANSWER_SECONDS, "pool_use_lifo": True}
    _engine, _url = open_engine(url, connecting, **pool), url
    sa.event.listen(_engine.sync_engine, "checkout", _only_living)
    return _engine


def _only_living(dbapi_connection: Any, *_: Any) -> None:
    """Have the pool replace a connection whose server is gone: the driver has seen its socket close, no question is needed."""
    if dbapi_connection.driver_connection.is_closed():
        raise sa.exc.DisconnectionError


def engine() -> AsyncEngine:
    """This process's engine. Raises SettingsError when nothing was connected yet."""
    if _engine is None:
        raise SettingsError("The database is not connected (expected: connect() at the start of the process)")
    return _engine


def address() -> str:
    """The address that this process is connected to. Raises SettingsError when nothing was connected yet."""
    engine()
    return _url


class _OnDriver(SyncSession):
    """The inner session: once a transaction was begun on a borrowed connection, SQLAlchemy works on that same one."""

    borrowed: Any = None
    joined: sa.Connection | None = None

    def get_bind(self, *args: Any, **kwargs: Any) -> Any:
        """The borrowed connection if there is one, else what the session was made with."""
        if self.borrowed is None:
            return super().get_bind(*args, **kwargs)
        if self.joined is None:
            self.joined = sa.Connection(engine().sync_engine, connection=self.borrowed)
        return self.joined

    def give_back(self, commit: bool) -> None:
        """Return the borrowed connection to the pool; what is not committed is rolled back there."""
        borrowed, joined, self.borrowed, self.joined = self.borrowed, self.joined, None, None
        try:
            if commit:
                borrowed.dbapi_connection.commit()
        finally:
            (joined or borrowed).close()


class Session(AsyncSession):
    """A session that can begin on the driver, where a short command spends a fifth of what it costs through SQLAlchemy.

    Whatever SQLAlchemy does afterwards belongs to the same transaction (docs/decisions/0012).
    """

    sync_session_class = _OnDriver
    sync_session: _OnDriver

    def __init__(self) -> None:
        super().__init__(engine(), expire_on_commit=False)
        self.after_commit: dict[str, Callable[[], None]] = {}

    async def driver(self) -> Any:
        """The asyncpg connection of this session's own transaction; begins one when there is none."""
        inner = self.sync_session
        if inner.borrowed is None and not self.in_transaction():
            await self._borrow()
        if inner.borrowed is not None:
            return inner.borrowed.dbapi_connection.driver_connection
        connection = await self.connection()
        raw = (await connection.get_raw_connection()).driver_connection
        if raw is not None and not raw.is_in_transaction():
            # SQLAlchemy begins with the first statement that goes through it.
            await connection.execute(sa.text("SELECT 1"))
        return raw

    async def _borrow(self) -> None:
        borrowed: Any = await greenlet_spawn(engine().sync_engine.pool.connect)
        try:
            # What the dialect does itself before its first statement.
            await borrowed.dbapi_connection._start_transaction()
        except BaseException:
            borrowed.invalidate()
            raise
        self.sync_session.borrowed = borrowed

    async def commit(self) -> None:
        """Make it durable, then do what waited for that."""
        if self.sync_session.borrowed is None or self.in_transaction():
            await super().commit()
        if self.sync_session.borrowed is not None:
            await greenlet_spawn(self.sync_session.give_back, True)
        waiting, self.after_commit = self.after_commit, {}
        for told in waiting.values():
            told()

    async def rollback(self) -> None:
        """Undo everything since the last commit."""
        self.after_commit = {}
        await super().rollback()
        if self.sync_session.borrowed is not None:
            await greenlet_spawn(self.sync_session.give_back, False)

    async def close(self) -> None:
        """Undo what was not committed and return the connection to the pool."""
        self.after_commit = {}
        await super().close()
        if self.sync_session.borrowed is not None:
            await greenlet_spawn(self.sync_session.give_back, False)


@asynccontextmanager
async def transaction() -> AsyncIterator[Session]:
    """A session that commits when the block ends well and rolls back when it raises: for edges only."""
    session = Session()
    try:
        yield session
        await session.commit()
    except BaseException:
        # Also when it was cancelled: the connection must get home.
        await asyncio.shield(session.close())
        raise


async def driver(session: AsyncSession) -> Any:
    """The asyncpg connection of the session's own transaction."""
    return await _ours(session).driver()


async def fetch(session: AsyncSession, statement: str, values: Mapping[str, Any]) -> list[Any]:
    """Rows of a statement with `:named` values, straight from the driver: for lists that people wait for."""
    positional, names = _positional(statement)
    return list(await (await driver(session)).fetch(positional, *(values[name] for name in names)))


@cache
def _positional(statement: str) -> tuple[str, tuple[str, ...]]:
    names: dict[str, int] = {}

    def number(found: re.Match[str]) -> str:
        return f"${names.setdefault(found[1], len(names) + 1)}"

    return re.sub(r"(?<!:):([a-z_][a-z_0-9]*)", number, statement), tuple(names)


def when_committed(session: AsyncSession, name: str, told: Callable[[], None]) -> None:
    """Do something once the session's transaction is durable; a second call with the same name replaces the first."""
    _ours(session).after_commit[name] = told


async def remembered(key: str, read: Callable[[], Awaitable[T]]) -> T:
    """What hardly ever changes and every command asks for: read again after a second, so other processes lag that much."""
    known = _remembered.get(key)
    if known is not None and time.monotonic() < known[0]:
        return cast(T, known[1])
    value = await read()
    _remembered[key] = (time.monotonic() + REMEMBER_SECONDS, value)
    return value


def changed(session: AsyncSession, key: str) -> None:
    """Read a remembered thing anew, now and after the commit (another task may have read the old one in between)."""
    _remembered.pop(key, None)

    def forget() -> None:
        _remembered.pop(key, None)

    when_committed(session, f"changed {key}", forget)


def _ours(session: AsyncSession) -> Session:
    if not isinstance(session, Session):
        raise TypeError("sessions are made by models.db")
    return session


def is_outage(error: BaseException) -> bool:
    """Whether an error says that the database went away or had two of us in each other's way, not that the work is wrong."""
    if isinstance(error, sa.exc.DBAPIError):
        return error.connection_invalidated or is_outage(error.orig.__cause__ or error.orig) if error.orig else False
    if isinstance(error, OSError):
        # A file that cannot be opened carries its name; a socket has none.
        return error.filename is None
    return isinstance(
        error,
        (
            sa.exc.TimeoutError,
            asyncpg.InterfaceError,
            asyncpg.PostgresConnectionError,
            asyncpg.OperatorInterventionError,
            asyncpg.TransactionRollbackError,
            asyncpg.InsufficientResourcesError,
        ),
    )


def fault(error: BaseException) -> Literal["value", "outage", "ours"]:
    """Whose fault an error is: a value that the database refuses (SQLSTATE 22…), its absence, or a defect of the program."""
    original = getattr(error, "orig", None)
    found = (error, original, getattr(original, "__cause__", None))
    if any(isinstance(item, asyncpg.DataError) or str(getattr(item, "sqlstate", "") or "").startswith("22") for item in found):
        return "value"
    return "outage" if isinstance(error, AWAY) and is_outage(error) else "ours"


async def listener() -> Any:
    """A connection of its own for LISTEN, outside the pool; the caller closes it."""
    return await asyncpg.connect(**({"timeout": ANSWER_SECONDS} | arguments(address())))

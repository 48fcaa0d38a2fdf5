"""The address of the database as libpq knows it: TLS modes and their parameters, for us and for Prefect beside us."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

import pytest
import sqlalchemy as sa

from flows import prefect_server
from models import db, schema
from models.errors import SettingsError


@asynccontextmanager
async def over_tcp(cluster, name: str) -> AsyncIterator[str]:
    """The address of a database of the embedded server through a TCP port; it speaks no TLS, and sockets know none."""

    async def pipe(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
        writer.close()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there = await asyncio.open_unix_connection(str(cluster.socket_dir / ".s.PGSQL.5432"))
        await asyncio.gather(pipe(reader, there[1]), pipe(there[0], writer), return_exceptions=True)

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port, password = server.sockets[0].getsockname()[1], (cluster.data_dir / "postgres.password").read_text()
    try:
        yield f"postgresql://postgres:{password}@127.0.0.1:{port}/{name}"
    finally:
        server.close()


@pytest.fixture
async def tcp(cluster) -> AsyncIterator[str]:
    """The migrated template through TCP."""
    async with over_tcp(cluster, "template") as url:
        yield url


@pytest.mark.parametrize("mode", ["disable", "allow", "prefer"])
async def test_a_server_without_tls_is_reached_when_the_mode_allows_it(tcp, mode):
    url = f"{tcp}?sslmode={mode}&connect_timeout=5&application_name=langkah&channel_binding=prefer"
    await schema.check_server(url)
    probe = db.open_engine(url)
    async with probe.connect() as connection:
        assert await connection.scalar(sa.text("SHOW application_name")) == "langkah"
    await probe.dispose()


@pytest.mark.parametrize(
    ("parameters", "says"),
    [
        ("sslmode=require", "LANGKAH_DATABASE_URL: cannot reach the database: .* rejected SSL upgrade$"),
        ("sslmode=verify-full&sslrootcert=/no/such.crt", "LANGKAH_DATABASE_URL: sslrootcert: there is no file /no/such.crt$"),
        ("sslmode=maybe", "LANGKAH_DATABASE_URL: cannot reach the database: `sslmode` parameter must be one of"),
        ("channel_binding=require", "LANGKAH_DATABASE_URL: channel_binding=require is not supported"),
        ("connect_timeout=soon", "LANGKAH_DATABASE_URL: not an address"),
    ],
)
async def test_what_cannot_be_had_is_one_sentence(tcp, parameters, says):
    with pytest.raises(SettingsError, match=says):
        await schema.check_server(f"{tcp}?{parameters}")


async def test_every_connection_of_the_process_keeps_to_the_parameters(tcp):
    db.connect(f"{tcp}?sslmode=disable&application_name=desk")
    try:
        connection = await db.listener()
        assert await connection.fetchval("SHOW application_name") == "desk"
        await connection.close()
        assert await asyncio.to_thread(schema.revision, db.address()) == schema.head()
    finally:
        await db.engine().dispose()


async def test_prefects_database_lies_beside_ours_with_the_same_parameters(cluster, tcp, tmp_path):
    authority = tmp_path / "root.crt"
    authority.touch()
    url = await schema.beside(f"{tcp}?sslmode=prefer&sslrootcert={authority}", "prefect_beside")
    assert await asyncio.to_thread(cluster.sql, "SELECT 1 FROM pg_database WHERE datname = 'prefect_beside'") == "1"
    assert await schema.beside(tcp, "prefect_beside") == url.partition("?")[0]
    env = prefect_server.server_environment(tmp_path, 4200, url)
    given = urlsplit(env["PREFECT_API_DATABASE_CONNECTION_URL"])
    assert (given.scheme, given.path, given.query) == ("postgresql+asyncpg", "/prefect_beside", "")
    assert given.netloc == urlsplit(tcp).netloc
    assert (env["PGSSLMODE"], env["PGSSLROOTCERT"]) == ("prefer", str(authority))
    assert prefect_server.server_environment(tmp_path, 4200, cluster.url())["PREFECT_API_DATABASE_CONNECTION_URL"].endswith(
        f"/langkah?host={str(cluster.socket_dir).replace('/', '%2F')}"
    )

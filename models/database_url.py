"""The address of the database as operators write it: libpq's, with its parameters."""

from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from models.errors import SettingsError

EXPECTED = "postgresql://user:password@host/db"
LIBPQ_ONLY = frozenset(
    "connect_timeout channel_binding gssencmode keepalives keepalives_idle keepalives_interval keepalives_count tcp_user_timeout"
    " fallback_application_name load_balance_hosts require_auth".split()
)


def arguments(url: str) -> dict[str, Any]:
    """What the driver needs for a libpq address. Raises SettingsError for another kind of address.

    The driver reads host, sslmode, sslrootcert and the like itself; a parameter that only libpq knows would reach the
    server as a setting of its own and be refused there.
    """
    scheme = url.partition("://")[0]
    if scheme not in ("postgresql", "postgres"):
        raise SettingsError(f"LANGKAH_DATABASE_URL: {scheme}:// is not supported (expected: {EXPECTED})")
    try:
        parts = urlsplit(url)
        asked = dict(parse_qsl(parts.query))
        patience = {"timeout": float(asked["connect_timeout"])} if "connect_timeout" in asked else {}
        _ = None if "," in parts.netloc else parts.port
    except ValueError:
        raise SettingsError(f"LANGKAH_DATABASE_URL: not an address (expected: {EXPECTED})") from None
    if asked.get("channel_binding") == "require":
        raise SettingsError("LANGKAH_DATABASE_URL: channel_binding=require is not supported (expected: prefer, or none at all)")
    for name in ("sslrootcert", "sslcert", "sslkey"):
        if name in asked and not Path(asked[name]).is_file():
            raise SettingsError(f"LANGKAH_DATABASE_URL: {name}: there is no file {asked[name]}")
    kept = {name: value for name, value in asked.items() if name not in LIBPQ_ONLY}
    return {"dsn": parts._replace(query=urlencode(kept)).geturl()} | patience

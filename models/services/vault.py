"""Encryption of personal values and keyed look-up hashes, from one secret key."""

import hashlib
import hmac
import os
import secrets
from functools import lru_cache
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from models.errors import SettingsError
from models.private_files import kept
from models.settings import get_settings

_NONCE = 12


@lru_cache
def secret() -> bytes:
    """The secret: LANGKAH_SECRET_KEY, or a generated one kept in the data directory (mode 0600)."""
    settings = get_settings()
    if settings.secret_key:
        return settings.secret_key.encode()
    if settings.database_url:
        raise SettingsError("LANGKAH_SECRET_KEY: missing (expected: at least 32 random characters, the same for all processes)")
    return kept_secret(settings.data_dir).encode()


def kept_secret(data_dir: Path) -> str:
    """The generated secret of a data directory, made when it is missing."""
    return kept(data_dir / "secret.key", lambda: secrets.token_urlsafe(48))


@lru_cache
def key_for(purpose: str) -> bytes:
    """A 32-byte key for one purpose, derived from the secret."""
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=f"langkah:{purpose}".encode()).derive(secret())


def encrypt(value: bytes, purpose: str) -> bytes:
    """AES-256-GCM with a random nonce in front."""
    nonce = os.urandom(_NONCE)
    return nonce + AESGCM(key_for(purpose)).encrypt(nonce, value, None)


def decrypt(value: bytes, purpose: str) -> bytes:
    """The reverse of encrypt. Raises SettingsError when the secret is not the one it was encrypted with."""
    try:
        return AESGCM(key_for(purpose)).decrypt(value[:_NONCE], value[_NONCE:], None)
    except InvalidTag:
        raise SettingsError(
            "LANGKAH_SECRET_KEY: not the key that this database was written with (expected: the one in use before)"
        ) from None


def lookup_hash(value: str, purpose: str) -> bytes:
    """HMAC-SHA256: equal values give equal hashes, and without the secret nobody can try values."""
    return hmac.new(key_for(f"lookup:{purpose}"), value.encode(), hashlib.sha256).digest()

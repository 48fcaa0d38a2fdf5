"""The sandbox's secret and address, kept in the data directory, so that commands beside it find the partners."""

import base64
import binascii
import os
import secrets
from pathlib import Path

from ruamel.yaml import YAML

from models.errors import SettingsError
from models.private_files import kept, write
from ui.shipped import SHIPPED

VARIABLE = "LANGKAH_SANDBOX_SECRET"
FORM = "whsec_ and base64 of 24 random bytes"


def secret(data_dir: Path) -> str:
    """The secret with which the sandbox signs: the setting, else one that is made once and kept (mode 0600)."""
    given = os.environ.get(VARIABLE)
    if given:
        return _checked(given)
    return kept(data_dir / "sandbox.secret", lambda: "whsec_" + base64.b64encode(secrets.token_bytes(24)).decode())


def _checked(given: str) -> str:
    try:
        fits = given.startswith("whsec_") and len(base64.b64decode(given.removeprefix("whsec_"), validate=True)) >= 24
    except binascii.Error:
        fits = False
    if not fits:
        raise SettingsError(f"{VARIABLE}: not a secret (expected: {FORM})")
    return given


def partner_settings(port: int, shared: str) -> dict[str, str]:
    """The settings that send every partner of the shipped programme to the sandbox on a port."""
    wanted: dict[str, str] = {}
    programme = YAML(typ="safe").load((SHIPPED / "programme.yaml").read_text(encoding="utf-8"))
    for name in map(str.upper, programme["partners"]):
        wanted |= {
            f"LANGKAH_PARTNER_{name}_URL": f"http://127.0.0.1:{port}",
            f"LANGKAH_PARTNER_{name}_TOKEN": "sandbox",
            f"LANGKAH_PARTNER_{name}_WEBHOOK_SECRET": shared,
        }
    return wanted


def file_of(data_dir: Path) -> Path:
    """Where the settings of a running sandbox stand, as a shell reads them."""
    return data_dir / "partners.env"


def keep(data_dir: Path, settings: dict[str, str]) -> None:
    """Write the settings of the sandbox that runs now (mode 0600)."""
    write(file_of(data_dir), "".join(f"{name}={value}\n" for name, value in settings.items()))


def forget(data_dir: Path) -> None:
    """The sandbox has ended."""
    file_of(data_dir).unlink(missing_ok=True)


def find(data_dir: Path) -> None:
    """Take the settings of a sandbox that runs on this data directory; the operator's own settings win."""
    path = file_of(data_dir)
    for line in path.read_text().splitlines() if path.exists() else []:
        name, _, value = line.partition("=")
        os.environ.setdefault(name, value)

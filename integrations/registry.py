"""Where a partner is: its kind comes from the definition, address and secrets from the settings."""

from dataclasses import dataclass

from models.definitions.definition import Definition
from models.errors import SettingsError
from models.settings import partner_setting


@dataclass(frozen=True, slots=True)
class Address:
    """How to reach a partner."""

    name: str
    kind: str
    url: str
    token: str


def address_of(definition: Definition, name: str) -> Address:
    """The address of a partner. Raises SettingsError naming the variable that is missing."""
    partner = definition.live.partners.get(name)
    if partner is None:
        raise SettingsError(f"partner {name}: not in the programme (expected: one of {', '.join(definition.live.partners)})")
    url = partner_setting(name, "URL")
    if not url:
        raise SettingsError(f"LANGKAH_PARTNER_{name.upper()}_URL: missing (expected: the address of {name})")
    return Address(name, partner.kind, url.rstrip("/"), partner_setting(name, "TOKEN") or "")


def webhook_secrets(name: str) -> list[str]:
    """The secrets with which a partner may sign, newest first (blank-separated while they rotate)."""
    return (partner_setting(name, "WEBHOOK_SECRET") or "").split()

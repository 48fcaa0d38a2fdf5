"""Licence offices: the application for a micro business licence."""

from pydantic import BaseModel

from integrations.contract import Kind


class LicenceApplication(BaseModel):
    """Who applies, for which business, where, with which papers."""

    name: str
    nik: str
    address: str | None
    district: str
    village: str | None
    business_type: str | None
    premises: str | None
    zone: str | None
    papers: list[str]


KIND = Kind(
    "licensing",
    frozenset({"licence_application"}),
    {"licence_application": frozenset({"issued", "returned", "refused"})},
    LicenceApplication,
    frozenset({"licence_type", "licence_number", "licence_issuer", "licence_until"}),
)

"""Licence offices: the application for a micro business licence."""

from datetime import date

from pydantic import BaseModel

from integrations.contract import Kind


class LicenceApplication(BaseModel):
    """Who applies when, for which business, where, with which papers; `office` is the area code of the office applied to."""

    ordered_on: str | None = None
    office: str | None = None
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
    {"licence_type": str, "licence_number": str, "licence_issuer": str, "licence_issued_on": date, "licence_until": date},
)

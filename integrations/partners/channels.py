"""Marketing channels: a product is offered to an outlet."""

from pydantic import BaseModel

from integrations.contract import Kind


class ProductListing(BaseModel):
    """Which product of whom, at which price in rupiah."""

    name: str
    phone: str | None
    product_name: str | None
    product_kind: str | None
    product_price: int | None
    channels: list[str]


KIND = Kind(
    "marketing",
    frozenset({"product_listing"}),
    {"product_listing": frozenset({"listed", "declined", "returned"})},
    ProductListing,
)

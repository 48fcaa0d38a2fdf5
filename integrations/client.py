"""The one way to a partner: an httpx client with limits, and errors sorted by whether repeating is safe."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
from pydantic import ValidationError

from integrations.contract import Order, PartnerRefused, PartnerUnavailable, Receipt
from integrations.registry import Address

TIMEOUT = httpx.Timeout(10, connect=3)
LIMITS = httpx.Limits(max_connections=20, max_keepalive_connections=10)


@asynccontextmanager
async def build_client(address: Address, transport: httpx.AsyncBaseTransport | None = None) -> AsyncIterator["PartnerClient"]:
    """Open a client for one partner; tests hand in a transport."""
    headers = {"User-Agent": "langkah"} | ({"Authorization": f"Bearer {address.token}"} if address.token else {})
    async with httpx.AsyncClient(base_url=address.url, headers=headers, timeout=TIMEOUT, limits=LIMITS, transport=transport) as http:
        yield PartnerClient(http, address)


class PartnerClient:
    """Sends orders of one kind to one partner."""

    def __init__(self, http: httpx.AsyncClient, address: Address) -> None:
        self._http, self._address = http, address

    async def send(self, order: Order) -> Receipt:
        """Hand an order over. Raises PartnerUnavailable or PartnerRefused."""
        response = await self._request(
            "POST",
            f"/{self._address.kind}/orders",
            content=order.model_dump_json(),
            headers={"Idempotency-Key": order.key, "Content-Type": "application/json"},
        )
        receipt = self._receipt(response)
        if receipt.state == "refused":
            raise PartnerRefused(f"{self._address.name}: refused")
        return receipt

    async def find(self, key: str) -> Receipt | None:
        """Ask whether an order arrived already, before repeating it. Raises PartnerUnavailable or PartnerRefused."""
        response = await self._request("GET", f"/{self._address.kind}/orders/{key}", may_be_missing=True)
        return None if response.status_code == 404 else self._receipt(response)

    def _receipt(self, response: httpx.Response) -> Receipt:
        """What a 2xx says. Anything but a receipt leaves open what happened there."""
        try:
            return Receipt.model_validate_json(response.content)
        except ValidationError:
            raise PartnerUnavailable(f"{self._address.name}: HTTP {response.status_code} without a receipt") from None

    async def check(self) -> str:
        """Say what the partner answers to a question that changes nothing."""
        response = await self._request("GET", "/health")
        return f"{self._address.name}: {response.status_code}"

    async def _request(
        self,
        method: str,
        path: str,
        content: str | None = None,
        headers: dict[str, str] | None = None,
        *,
        may_be_missing: bool = False,
    ) -> httpx.Response:
        name = self._address.name
        try:
            response = await self._http.request(method, path, content=content, headers=headers)
        except httpx.HTTPError as error:
            raise PartnerUnavailable(f"{name}: {type(error).__name__}") from None
        if response.status_code >= 500 or response.status_code in (408, 425, 429):
            raise PartnerUnavailable(f"{name}: HTTP {response.status_code}")
        if response.status_code >= 400 and not (may_be_missing and response.status_code == 404):
            raise PartnerRefused(f"{name}: HTTP {response.status_code} {_code(response)}".rstrip())
        return response


def _code(response: httpx.Response) -> str:
    """The partner's code of the problem, when it is one plain word: its sentences could quote what we sent."""
    try:
        body = response.json()
        word = str(body.get("code") or str(body.get("type", "")).rpartition("/")[2])
    except (ValueError, AttributeError):
        return ""
    return word if re.fullmatch(r"[a-z][a-z0-9_-]{1,39}", word) else ""

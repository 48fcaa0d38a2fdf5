"""Five partners on one address, for demos and tests: the contract over real HTTP, with switches for bad days."""

import asyncio
import json
import random
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
from fastapi import FastAPI, Header, HTTPException
from fastapi.responses import PlainTextResponse
from pydantic import ValidationError
from standardwebhooks.webhooks import Webhook

from integrations.contract import Order, Receipt
from integrations.kinds import KINDS
from integrations.sandbox.ledger import Ledger
from integrations.sandbox.script import Faults, answer_for, dice


def create_app(folder: Path, secret: str, faults: Faults) -> FastAPI:
    """Build the sandbox with its ledger in `folder`; answers are signed with `secret`."""
    ledger = Ledger(folder / "sandbox.db")
    phones: deque[str] = deque(maxlen=100)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        sender = asyncio.create_task(_answer_for_ever(ledger, secret, faults))
        yield
        sender.cancel()
        with suppress(asyncio.CancelledError):
            await sender

    app = FastAPI(title="Langkah partner contract", version="1", lifespan=lifespan)

    @app.get("/health")
    async def health() -> dict[str, str]:
        return {"status": "ok"}

    @app.post("/{kind}/orders", status_code=202)
    async def receive(kind: str, order: Order, idempotency_key: str = Header()) -> Receipt:
        if kind not in KINDS or idempotency_key != order.key:
            raise HTTPException(422, detail="unknown kind, or the Idempotency-Key is not the order's")
        try:
            KINDS[kind].payload.model_validate(order.payload)
        except ValidationError as error:
            raise HTTPException(422, detail=[item["loc"] for item in error.errors()]) from None
        if kind == "messaging":
            phones.appendleft(f"{order.payload['to']}  {order.case_number}\n{order.payload['body']}\n")
        return await _take(ledger, kind, order, faults)

    @app.get("/{kind}/orders/{key}")
    async def find(kind: str, key: str) -> Receipt:
        reference = await asyncio.to_thread(ledger.find, key)
        if kind not in KINDS or reference is None:
            raise HTTPException(404, detail="no such order")
        return Receipt(reference=reference)

    _for_people(app, ledger, phones, faults)
    return app


def _for_people(app: FastAPI, ledger: Ledger, phones: deque[str], faults: Faults) -> None:
    """What is no part of the contract: looking at what came in, and switching faults."""

    @app.get("/ledger")
    async def books(kind: str | None = None) -> list[dict[str, Any]]:
        return await asyncio.to_thread(ledger.orders, kind)

    @app.get("/phones")
    async def shown_on_phones() -> PlainTextResponse:
        """The latest messages, newest first, as phones would show them; they are in memory alone, since they may hold codes."""
        return PlainTextResponse("\n".join(phones))

    @app.put("/sandbox/faults")
    async def misbehave(wanted: dict[str, Any]) -> dict[str, Any]:
        for name, value in wanted.items():
            if name not in Faults.__dataclass_fields__:
                raise HTTPException(422, detail=f"unknown fault {name}")
            setattr(faults, name, value)
        return wanted


async def _take(ledger: Ledger, kind: str, order: Order, faults: Faults) -> Receipt:
    """Enter an order and plan its answers, as well or badly as the faults say."""
    await asyncio.sleep(faults.latency * random.uniform(0.5, 1.5))
    if random.random() < faults.loss_before:
        raise HTTPException(503, detail="lost before it arrived")
    body = order.model_dump(mode="json")
    answers = [(f"msg_{order.key}", answer_for(body, faults), faults.answer_after * (0.5 + dice(order.key, "delay")))]
    if dice(order.key, "double") < faults.duplicates:
        answers.append((f"msg_{order.key}_again", answers[0][1], answers[0][2] + 0.2))
    reference = await asyncio.to_thread(ledger.enter, kind, body, answers)
    if random.random() < faults.loss_after:
        raise HTTPException(504, detail="the answer was lost")
    return Receipt(reference=reference)


async def _answer_for_ever(ledger: Ledger, secret: str, faults: Faults) -> None:
    """Deliver answers when their time has come, again and again until the other side takes them."""
    async with httpx.AsyncClient(timeout=10) as http:
        while True:
            due = await asyncio.to_thread(ledger.due)
            await asyncio.gather(*(_deliver(http, ledger, secret, faults, answer) for answer in due))
            await asyncio.sleep(0.1 if due else 0.25)


async def _deliver(http: httpx.AsyncClient, ledger: Ledger, secret: str, faults: Faults, answer: dict[str, Any]) -> None:
    body = json.dumps(json.loads(answer["body"]))
    now = datetime.now(UTC)
    signature = Webhook(secret).sign(answer["id"], now, body)
    if random.random() < faults.wrong_signature:
        signature = "v1,d3Jvbmc="
    headers = {
        "webhook-id": answer["id"],
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": signature,
        "content-type": "application/json",
    }
    try:
        response = await http.post(answer["callback_url"], content=body, headers=headers)
        taken = response.status_code < 300 or response.status_code in (404, 410)
    except httpx.HTTPError:
        taken = False
    if taken:
        await asyncio.to_thread(ledger.delivered, answer["id"])
    else:
        await asyncio.to_thread(ledger.later, answer["id"], min(60, 0.5 * 2 ** min(answer["tries"], 7)))

"""Everybody who works while processes die: who registers, who does tasks, who withdraws, who follows the journal."""

import asyncio
import json
import random
import uuid
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import httpx

STRAIGHT, REFUSED, AN_HOUR, WITHDRAWN, RELEASED = 1, 2, 3, 4, 5
ENDS = {STRAIGHT: "finished", REFUSED: "rejected", AN_HOUR: "finished", WITHDRAWN: "withdrawn", RELEASED: "finished"}
OUTCOMES = {"k1.look": "good", "k2.visit": "seen", "k2.mend": "mended", "k2.close": "closed"}


@dataclass
class Acknowledged:
    """What the product said it had done: nothing of this may be missing afterwards."""

    cases: dict[str, int] = field(default_factory=dict)
    claimed: list[tuple[str, str]] = field(default_factory=list)
    completed: list[tuple[str, str]] = field(default_factory=list)
    feed: list[tuple[int, str, int]] = field(default_factory=list)
    answers: Counter[str] = field(default_factory=Counter)
    refusals: list[str] = field(default_factory=list)
    retried: int = 0


class Person:
    """One client of the API; a request is repeated with the same key until somebody answers for good."""

    def __init__(self, token: str, addresses: list[str], told: Acknowledged, chance: random.Random) -> None:
        self.told, self.chance = told, chance
        self._addresses, self._place = addresses, chance.randrange(len(addresses))
        self._http = httpx.AsyncClient(timeout=15, headers={"Authorization": f"Bearer {token}"})

    async def ask(self, method: str, path: str, body: dict[str, Any] | None = None, *, key: str | None = None) -> httpx.Response:
        """The final answer (2xx or 4xx). Another process is asked when one does not answer."""
        headers = {"Idempotency-Key": key or uuid.uuid4().hex} if method == "POST" else {}
        while True:
            try:
                url = f"{self._addresses[self._place]}/api/v1{path}"
                answer = await self._http.request(method, url, json=body, headers=headers)
                self.told.answers[str(answer.status_code)] += 1
                if answer.status_code < 500:
                    return answer
            except httpx.HTTPError as error:
                self.told.answers[type(error).__name__] += 1
            self._place = (self._place + 1) % len(self._addresses)
            await asyncio.sleep(0.2)

    async def close(self) -> None:
        """Hang up."""
        await self._http.aclose()


def participant(number: int, way: int) -> dict[str, Any]:
    """An invented woman whose months in business say which way her case goes."""
    return {
        "nik": f"317101{41 + number % 28:02d}{1 + number // 28 % 12:02d}80{1 + number // 336:04d}",
        "name": f"Uji Tahan {number}",
        "district": "Gambir",
        "phone": f"08121{number:07d}",
        "business_months": way,
    }


async def register(person: Person, numbers: asyncio.Queue[int]) -> None:
    """Register whoever is waiting, and withdraw those whose script says so."""
    while True:
        number = await numbers.get()
        way = person.chance.choice(list(ENDS))
        answer = await person.ask("POST", "/registrations", participant(number, way), key=f"registration-{number}")
        if answer.status_code != 201:
            person.told.refusals.append(f"registration {number}: {answer.status_code} {answer.text[:200]}")
        else:
            case = answer.json()["case_number"]
            person.told.cases[case] = way
            if way == WITHDRAWN:
                await _withdraw(person, case)
        numbers.task_done()


async def _withdraw(person: Person, case: str) -> None:
    while (seen := (await person.ask("GET", f"/cases/{case}")).json())["status"] == "active":
        body = {"type": "withdraw", "version": seen["version"], "reason": "pindah kota"}
        await person.ask("POST", f"/cases/{case}/commands", body)


async def work(person: Person) -> None:
    """Claim the next task of a queue and do what its case's script says, for ever."""
    while True:
        queue = person.chance.choice(["k1", "k2", "k2"])
        task = (await person.ask("POST", "/tasks/claim-next", {"queue": queue})).json()
        if task is None:
            await asyncio.sleep(0.3)
            continue
        person.told.claimed.append((task["id"], task["assignee"]))
        await _do(person, task)


async def _do(person: Person, task: dict[str, Any]) -> None:
    way = person.told.cases.get(task["case_number"])
    body: dict[str, Any] = {"version": task["version"]}
    if way is None or (way == RELEASED and person.chance.random() < 0.3):
        # Her registration is not acknowledged yet, so nobody knows her script; or somebody thinks better of it.
        await _send(person, task, "release", body)
        return
    outcome = "bad" if way == REFUSED and task["step"] == "k1.look" else OUTCOMES[task["step"]]
    if await _send(person, task, "complete", body | {"outcome": outcome}):
        person.told.completed.append((task["id"], task["assignee"]))


async def _send(person: Person, task: dict[str, Any], act: str, body: dict[str, Any]) -> bool:
    answer = await person.ask("POST", f"/tasks/{task['id']}/{act}", body)
    done = answer.status_code == 200
    if not done and person.told.cases.get(task["case_number"]) not in (None, WITHDRAWN):
        # Whoever holds a task can always end it, unless its case is withdrawn meanwhile.
        person.told.refusals.append(f"{act} {task['step']} of {task['case_number']}: {answer.status_code} {answer.text[:300]}")
    return done


async def follow(person: Person) -> None:
    """Read the journal's feed from the beginning, for ever."""
    while True:
        after = person.told.feed[-1][0] if person.told.feed else 0
        answer = await person.ask("GET", f"/events?after={after}&limit=1000")
        events = [json.loads(line) for line in answer.text.splitlines()] if answer.status_code == 200 else []
        person.told.feed += [(event["position"], event["case_number"], event["sequence"]) for event in events]
        await asyncio.sleep(0.2)


async def mend(person: Person) -> None:
    """A manager lets deliveries be tried again that the partner did not answer for too long."""
    while True:
        answer = await person.ask("GET", "/incidents?limit=500")
        for incident in answer.json()["items"] if answer.status_code == 200 else []:
            if incident["cause"] == "partner_unavailable":
                await person.ask("POST", f"/incidents/{incident['id']}/retry")
                person.told.retried += 1
        await asyncio.sleep(3)

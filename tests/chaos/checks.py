"""What must hold after a trial; each check returns what it found wrong, in plain words."""

import asyncio
import json
import time
from collections import Counter, defaultdict
from collections.abc import Sequence

import httpx

from tests.chaos.killer import UNFINISHED, Kill, rows, runs
from tests.chaos.people import ENDS, Acknowledged
from tests.chaos.stack import Stack

LONGEST_TAKEOVER = 30.0
ARRIVED = ("sent", "acknowledged", "completed", "returned", "rejected")


async def waiting(told: Acknowledged) -> list[str]:
    """Cases that are not where their script ends, hand-offs that have not left or were not answered."""
    found = {row.number: row.status for row in await rows("SELECT number, status FROM cases")}
    late = [f"{number} (way {way}) is {found.get(number)}" for number, way in told.cases.items() if found.get(number) != ENDS[way]]
    open_ = await rows(
        "SELECT id::text, state, tries, lease_owner AS owner, lease_until - now() AS leased, next_try_at - now() AS pause FROM handoff"
        " WHERE state IN ('queued','sent','acknowledged') AND NOT blocked"
    )
    why = "{0.tries} tries, next in {0.pause}, leased by {0.owner} for {0.leased}"
    return late + [f"hand-off {row.id} is {row.state} ({why.format(row)})" for row in open_]


async def cases(told: Acknowledged, registered: int) -> list[str]:
    """Every registration is one case, and every case reached where its script ends."""
    there = await rows("SELECT number, status FROM cases")
    wrong = [] if len(there) == registered == len(told.cases) else [f"{registered} registered, {len(told.cases)} told, {len(there)} there"]
    wrong += await waiting(told)
    incidents = await rows(
        "SELECT c.number, i.cause, i.state, i.detail FROM incident i JOIN cases c ON c.id = i.case_id"
        " WHERE i.cause <> 'partner_unavailable' OR i.state = 'open'"
    )
    return wrong + [f"{row.number}: incident {row.cause} ({row.detail}) is {row.state}" for row in incidents]


async def tasks(told: Acknowledged) -> list[str]:
    """Whoever ends a task holds it at that moment, nobody ends it twice, and what was acknowledged is in the journal."""
    told_of = defaultdict(list)
    for row in await rows(
        "SELECT data->>'task' AS task, type, coalesce(data->>'by', data->>'to') AS who FROM journal"
        " WHERE type IN ('task_claimed','task_released','task_assigned','task_completed') ORDER BY position"
    ):
        told_of[row.task].append((row.type, row.who))
    wrong = [found for task, events in told_of.items() for found in _one_task(task, events)]
    there = Counter((task, type_, who) for task, events in told_of.items() for type_, who in events)
    for kind, acknowledged in (("task_claimed", told.claimed), ("task_completed", told.completed)):
        for (task, who), count in Counter(acknowledged).items():
            if there[(task, kind, who)] < count:
                wrong.append(f"{kind} of {task} by {who} was acknowledged {count} times, the journal knows {there[(task, kind, who)]}")
    for task, count in Counter(task for task, _ in told.completed).items():
        if count > 1:
            wrong.append(f"task {task} was completed for {count} people")
    return wrong


def _one_task(task: str, events: Sequence[tuple[str, str]]) -> list[str]:
    holder, done, wrong = None, 0, []
    for type_, who in events:
        if type_ == "task_claimed":
            if holder is not None:
                wrong.append(f"task {task}: claimed by {who} while {holder} holds it")
            holder = who
        elif type_ == "task_assigned":
            holder = who
        else:
            if holder != who:
                wrong.append(f"task {task}: {type_} by {who} while {holder} holds it")
            holder, done = None, done + (type_ == "task_completed")
    return [*wrong, *([f"task {task} was done {done} times"] if done > 1 else [])]


async def ledger(stack: Stack, numbers: dict[str, int]) -> list[str]:
    """The partner's books and our hand-offs agree one to one; `numbers` gets its requests and duplicates."""
    async with httpx.AsyncClient(timeout=30) as http:
        books = {entry["key"]: entry for entry in (await http.get(f"{stack.partner}/ledger")).json()}
    numbers |= {"partner_orders": len(books), "partner_requests": sum(entry["times"] for entry in books.values())}
    wrong, ours = [], dict[str, str]()
    for row in await rows("SELECT id::text, attempt, state, outcome FROM handoff"):
        keys = [f"{row.id}:{attempt}" for attempt in range(1, row.attempt + 1)]
        ours |= dict.fromkeys(keys, row.state)
        arrived = keys if row.state in ARRIVED else keys[:-1]
        wrong += [f"hand-off {key} is {row.state}, the partner has no such order" for key in arrived if key not in books]
        entry = books.get(keys[-1])
        answer = json.loads(entry["answer"]) if entry and entry["answer"] else {}
        if row.state in ("completed", "rejected") and answer.get("outcome") != row.outcome:
            wrong.append(f"hand-off {keys[-1]}: we say {row.outcome}, the partner {answer.get('outcome')}")
    return wrong + [f"the partner has {key}, we do not" for key in books if key not in ours]


async def feed(told: Acknowledged) -> list[str]:
    """The follower got every event of the journal once, in order."""
    there = [tuple(row) for row in await rows(
        "SELECT j.position, c.number, j.sequence FROM journal j JOIN cases c ON c.id = j.case_id ORDER BY j.position"
    )]  # fmt: skip
    if told.feed == there:
        return []
    seen = Counter(told.feed)
    missed, twice = [event for event in there if event not in seen], [event for event, count in seen.items() if count > 1]
    return [f"the feed missed {missed[:10]}, gave twice {twice[:10]}; {len(told.feed)} events for {len(there)}"]


async def figures(stack: Stack) -> list[str]:
    """Each week that was frozen while commits raced comes out of the journal again, at a position after the one before."""
    wrong, before = [], 0
    frozen = await rows("SELECT week, journal_position AS upto FROM weekly_update WHERE programme = 'uji-tahan' ORDER BY week")
    for row in frozen:
        counted = stack.cli("weekly", "--week", row.week, "--verify", "--out", str(stack.folder / f"{row.week}.json"))
        if counted.returncode:
            wrong.append(f"week {row.week}: {counted.stderr.strip()[-300:]}")
        if row.upto < before:
            wrong.append(f"week {row.week} ends before the one before")
        before = row.upto
    return wrong if frozen else ["no week was frozen"]


async def prefect(stack: Stack, patience: float = LONGEST_TAKEOVER) -> list[str]:
    """Prefect shows no run of ours unfinished for ever."""
    began = time.monotonic()
    while (left := await runs(stack, UNFINISHED)) and time.monotonic() - began < patience:
        # Deployments on a schedule go on running: what counts is whether one and the same run stays.
        await asyncio.sleep(1)
        still = {run["id"] for run in await runs(stack, UNFINISHED)}
        left = [run for run in left if run["id"] in still]
        if not left:
            break
    return [f"run {run['name']} is {run['state_type']} since {run['start_time']}, tags {run['tags']}" for run in left]


def takeovers(kills: Sequence[Kill]) -> list[str]:
    """The work of a dead worker is taken over, and its runs are marked, within half a minute of a whole product."""
    return [
        f"worker {kill.owner}: {what} after {took} s"
        for kill in kills
        for what, took in (("leases were taken over", kill.leases_taken_over_net), ("runs were marked", kill.runs_marked_net))
        if kill.owner and (took is None or took > LONGEST_TAKEOVER)
    ]


def verify(stack: Stack) -> list[str]:
    """`langkah verify` finds no difference."""
    done = stack.cli("verify", "--json")
    return [] if done.returncode == 0 else [(done.stdout + done.stderr).strip()[-1000:]]

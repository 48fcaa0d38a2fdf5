"""Claims that were left alone: after the time that their queue gives (`claim_lasts`) the machine puts them back.

A claim is touched when its task is taken, opened or worked on by whoever has it. What the case gave to its own person, as to
its mentor, was never claimed and stays.
"""

from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from models.db import driver
from models.engine.commands import ReturnTask
from models.services import programmes
from models.services.actor import Actor

_TAKEN = (
    "SELECT max(j.occurred_at) FROM journal j WHERE j.case_id = t.case_id AND j.type IN ('task_claimed','task_assigned')"
    " AND j.data->>'task' = t.id::text"
)


async def touch(session: AsyncSession, actor: Actor, task_id: str, now: datetime) -> None:
    """Note that a person works on a task; nothing happens unless it is theirs."""
    await session.execute(
        text(
            "UPDATE task SET touched_at = :now WHERE id = CAST(:id AS uuid) AND state = 'claimed' AND assignee = :me"
            " AND touched_at IS DISTINCT FROM 'infinity'"
        ),
        {"id": task_id, "me": actor.id, "now": now},
    )


async def left_alone(session: AsyncSession, now: datetime, limit: int) -> dict[str, ReturnTask]:
    """What is to be put back now, by case id: one task of a case at a time."""
    definition = await programmes.current(session)
    lasting = {key: queue.claim_lasts for key, queue in definition.live.queues.items() if queue.claim_lasts}
    if not lasting:
        return {}
    connection = await driver(session)
    # Whoever took a task a moment ago has not touched it yet; what nobody took ('infinity') is nobody's claim.
    await connection.execute(
        f"UPDATE task t SET touched_at = coalesce(({_TAKEN}), 'infinity')"
        " WHERE t.state = 'claimed' AND NOT t.held AND t.touched_at IS NULL AND t.queue = ANY($1)",
        list(lasting),
    )
    rows = await connection.fetch(
        "SELECT DISTINCT ON (t.case_id) t.case_id::text, t.id::text, t.assignee FROM task t"
        " JOIN unnest($1::text[], $2::timestamptz[]) AS q(queue, before) ON q.queue = t.queue"
        f" WHERE t.state = 'claimed' AND NOT t.held AND t.touched_at < q.before AND ({_TAKEN}) < q.before ORDER BY t.case_id LIMIT $3",
        list(lasting),
        [definition.calendar.before(now, text_) for text_ in lasting.values()],
        limit,
    )
    return {row["case_id"]: ReturnTask(row["id"], row["assignee"]) for row in rows}

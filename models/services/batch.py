"""Several commands for several cases in one transaction, each case in its own order; what is refused is told, not raised."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from models.engine.commands import Command
from models.engine.decide import decide
from models.services import programmes, store
from models.services.actor import Actor
from models.services.store import Change


async def carry(
    session: AsyncSession,
    actor: Actor | Mapping[str, Actor],
    commands: Mapping[str, Sequence[Command]],
    now: datetime,
    occurred_at: datetime | None = None,
) -> dict[str, str]:
    """Carry commands by case id; returns "done", or the code of the first refusal, by case id.

    `actor` acts on all of them, or is given by case id. A refused command ends its case's list; what came before it stays. The
    caller has authorised the actor.
    """
    cases = await store.load(session, commands)
    changes, results = [], {}
    definitions = await programmes.of_cases(session, cases.values())
    for case_id, wanted in commands.items():
        before = after = cases[case_id]
        events, results[case_id] = [], "done"
        for command in wanted:
            decision = decide(definitions[after.definition], after, command, now)
            if decision.rejection is not None:
                results[case_id] = decision.rejection.code
                break
            events += decision.events
            after = decision.case
        if events:
            changes.append(Change(before, after, events, actor if isinstance(actor, Actor) else actor[case_id], occurred_at))
    await store.append(session, changes, now)
    return results

"""Who may work what waits in a queue: its group's own people, and whoever has a right to work there."""

from models.definitions.live import Live
from models.services.actor import Actor


def of_group(live: Live, actor: Actor, queue: str, district: str | None = None) -> bool:
    """Whether somebody belongs to the group of a queue whose tasks each takes for himself (a mentor), here or (None) anywhere."""
    known = live.queues.get(queue)
    if known is None or actor.kind == "machine":
        return False
    role = live.groups[known.group].role
    return any(grant.role == role and grant.reaches(known.stage, district) for grant in actor.grants_for("claim_own_queue"))


def may_work(live: Live, actor: Actor, queue: str, stage: str | None, district: str) -> bool:
    """Whether somebody may work tasks of a queue in a district."""
    return actor.may_work(stage, district) or of_group(live, actor, queue, district)

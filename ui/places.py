"""Where somebody may go: the entries of the rail, which are also what can be jumped to."""

from dataclasses import dataclass

from models.definitions.definition import Definition
from models.services import queues
from ui.desk import Desk

PAGES = (
    ("cases", "/staff/cases", "read_case"),
    ("imports", "/staff/imports", "read_imports"),
    ("weekly", "/staff/weekly", "read_figures"),
    ("runs", "/staff/runs", "read_runs"),
    ("incidents", "/staff/incidents", "read_incidents"),
)


@dataclass(frozen=True, slots=True)
class Place:
    """An entry; `count` names its number among the rail's counts, `late` ones stand out unless they are 0."""

    label: str
    path: str
    count: str = ""
    late: bool = False


def places(desk: Desk, definition: Definition) -> list[tuple[str, list[Place]]]:
    """All entries by heading ("" for the first), within the person's rights."""
    found: list[tuple[str, list[Place]]] = []
    actor = desk.actor
    if actor.may("read_task") or actor.may("claim_own_queue"):
        names = ("mine", "unassigned", "overdue", "escalated") if desk.works else ("unassigned", "overdue", "escalated")
        found.append(("", [Place(desk.t(name), f"/staff/tasks/{name}", name, name == "overdue") for name in names]))
        own = queues.own_queues_among(definition.live, actor)
        found.append((desk.t("stage_queues"), [
            Place(queue.name.in_(desk.locale), f"/staff/queues/{key}", f"queue:{key}")
            for key, queue in definition.live.queues.items()
            if key in own or actor.may("read_task", stage=queue.stage)
        ]))  # fmt: skip
        found.append((desk.t("views"), [Place(view.name, f"/staff/views/{view.id}") for view in desk.views]))
    pages = [
        Place(desk.t(key), path, key if key == "incidents" else "", True)
        for key, path, action in PAGES
        if actor.may(action) or (key == "cases" and actor.may("claim_own_queue"))  # type: ignore[arg-type]
    ]
    return [(heading, there) for heading, there in [*found, (desk.t("program"), pages)] if there]

"""What the demo's people do with their tasks: mostly what is expected, sometimes not, the same for the same seed."""

import random
from datetime import date, timedelta
from typing import Any

from flows.demo.roster import Roster
from flows.demo.story import story
from models.engine.case import Case
from models.engine.commands import ClaimTask, Command, CompleteTask
from models.services.actor import Actor


def work_on(case: Case, roster: Roster, chance: random.Random, day: date) -> tuple[Actor | None, list[Command]]:
    """Who works on a case on one day, and the commands; nobody and none when nobody gets to it.

    One person works on a case in a day: what waits for others waits on.
    """
    person: Actor | None = None
    commands: list[Command] = []
    for task in case.tasks.values():
        if task.state not in ("open", "claimed"):
            continue
        habit = story().habits[task.step]
        if chance.random() > habit.share:
            continue
        declined = case.facts.get("lenders_declined") or []
        ways = [way for way in habit.ways if way.answers.get("lender") not in declined]
        [way] = chance.choices(ways, [way.weight for way in ways])
        worker = roster.worker(case, task)
        if worker != (person or worker):
            continue
        person = worker
        if task.state == "open":
            commands.append(ClaimTask(task.id, worker.id))
        commands.append(CompleteTask(task.id, worker.id, way.outcome, filled(way.answers, chance, day)))
    return person, commands


def filled(answers: dict[str, Any], chance: random.Random, day: date) -> dict[str, Any]:
    """Answers with what depends on the day and on chance: {number}, {month}, {year}, {ago_N}."""
    if not any("{" in value for value in answers.values() if isinstance(value, str)):
        return answers
    known = {"number": chance.randint(100, 999), "month": f"{day:%m}", "year": day.year}
    known |= {f"ago_{most}": (day - timedelta(days=chance.randint(0, most))).isoformat() for most in (2, 5)}
    return {name: value.format(**known) if isinstance(value, str) else value for name, value in answers.items()}

"""What can be wrong with forks and joins: branches begin at their fork, end at its join, and stay inside between them."""

from collections.abc import Iterator

from models.definitions.checking import Checking
from models.definitions.loader import Finding


def forks(c: Checking) -> Iterator[Finding]:
    """Every fork has one join that can be satisfied; nothing leaves the branches or comes into them on the way."""
    d = c.definition
    joins: dict[str, list[str]] = {}
    for name, step in d.steps.items():
        if step.join is not None:
            joins.setdefault(f"{name.split('.')[0]}.{step.join.of}", []).append(name)
    for name, step in d.steps.items():
        if step.fork is None:
            continue
        if name not in joins:
            yield c.found(c.step_path(name), f"{name} forks but nothing joins it", "add a step with join: {of: …}")
            continue
        join, *more = joins[name]
        for other in more:
            yield c.found(c.step_path(other), f"{other} joins {name}, as {join} does", "let all branches end at one join")
        yield from _needs(c, name, join)
        branches = {key: c.reached([d.target_of(name.split(".")[0], first)], join) for key, first in step.fork.items()}
        for branch, inside in branches.items():
            yield from _branch(c, name, join, branch, inside)
        yield from _awaits(c, name, list(branches.values()))
        yield from _outside(c, name, join, set().union(*branches.values()))


def _needs(c: Checking, fork: str, join: str) -> Iterator[Finding]:
    asked, given = c.definition.steps[join].join, len(c.definition.steps[fork].fork or {})
    if asked is not None and isinstance(asked.needs, int) and not 1 <= asked.needs <= given:
        yield c.found(
            (*c.step_path(join), "join"), f"{join} needs {asked.needs} branches, {fork} has {given}", f"say all, any, or 1 to {given}"
        )


def _branch(c: Checking, fork: str, join: str, branch: str, inside: set[str]) -> Iterator[Finding]:
    first = c.definition.target_of(fork.split(".")[0], (c.definition.steps[fork].fork or {})[branch])
    if first != join and not any(join in c.next_steps(place) for place in inside):
        yield c.found(c.step_path(fork), f"branch {branch} of {fork} never reaches {join}", "let it go there")
    for place in sorted(inside):
        if place.split(".")[0] != fork.split(".")[0]:
            yield c.found(c.step_path(fork), f"branch {branch} of {fork} leaves the stage for {place}", f"let it go to {join}")
        elif any(way.finish == "stage" for _, way, _ in c.targets(place)):
            yield c.found(c.step_path(place), f"{place} ends the stage inside branch {branch}", "end it after the join")


def _awaits(c: Checking, fork: str, branches: list[set[str]]) -> Iterator[Finding]:
    """Two branches that wait for the same at once: when it arrives, nobody could say for which."""
    for number, inside in enumerate(branches):
        before = {c.definition.steps[place].await_ for earlier in branches[:number] for place in earlier}
        for place in sorted(inside):
            waits = c.definition.steps[place].await_
            if waits is not None and waits in before:
                message = f"{place} awaits {waits}, as another branch of {fork} does"
                yield c.found((*c.step_path(place), "await"), message, "give what arrives two names")


def _outside(c: Checking, fork: str, join: str, inside: set[str]) -> Iterator[Finding]:
    """Steps that are reached beside the fork: from the beginning of a stage, or from what comes after the join."""
    d = c.definition
    starts = [f"{key}.{stage.enter}" for key, stage in d.stages.items()]
    if join in starts:
        yield c.found(c.step_path(join), f"{join} is reached from outside {fork}", "only its branches may go there")
    outside = c.reached([*(name for name in starts if name != join), *c.next_steps(join)], fork)
    for place in sorted(outside - inside):
        if place != join and join in c.next_steps(place):
            yield c.found(c.step_path(place), f"{place} goes to {join} from outside {fork}", "only its branches may go there")
    stage = fork.split(".")[0]
    for place in sorted(outside & inside):
        if place.split(".")[0] == stage:
            hint = f"a branch ends at {join}, and nothing comes into it but through {fork}"
            yield c.found(c.step_path(place), f"{place} lies in a branch of {fork} and outside it", hint)

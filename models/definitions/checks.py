"""Everything that can be wrong with a definition before anybody is run through it: place, what, and a hint."""

from collections.abc import Iterator, Mapping

from models.definitions.check_actions import action
from models.definitions.check_conditions import conditions, known_facts, ways_of
from models.definitions.check_forks import forks
from models.definitions.check_messages import messages
from models.definitions.check_partners import partners
from models.definitions.check_public import public
from models.definitions.check_resources import resources
from models.definitions.check_times import times
from models.definitions.checking import ActionSpec as ActionSpec
from models.definitions.checking import Checking, near
from models.definitions.checking import ContractSpec as ContractSpec
from models.definitions.definition import Definition
from models.definitions.loader import Finding, Loaded, Path_
from models.definitions.schema import Step

WAITS = frozenset({"task", "timer", "handoff", "event"})


def check(
    loaded: Loaded, actions: Mapping[str, ActionSpec], contracts: Mapping[str, ContractSpec], roles: frozenset[str] = frozenset()
) -> list[Finding]:
    """All findings of a bundle; those of reading it alone when it cannot be read. `roles` are those that people may have."""
    if loaded.bundle is None:
        return loaded.findings
    checking = Checking(Definition(loaded.bundle), actions, contracts, loaded.source.place, roles)
    if twice := list(_twice(checking)):
        return twice  # one hides the other: what else could be found would be told of the wrong one
    rules = (
        _names,
        _merges,
        _groups,
        _stages,
        _forms,
        conditions,
        _coverage,
        _after_that,
        _reach,
        _loops,
        forks,
        _contracts,
        partners,
        times,
        resources,
        public,
        _messages,
        _evidence,
    )
    return [finding for rule in rules for finding in rule(checking)]


def _twice(c: Checking) -> Iterator[Finding]:
    keys = [stage.stage for stage in c.definition.pinned.stages]
    for number, key in enumerate(keys):
        if key in keys[:number]:
            yield c.found(("pinned", "stages", number, "stage"), f"there are two stages {key}", "give each a name of its own")


def _names(c: Checking) -> Iterator[Finding]:
    d = c.definition
    for number, (key, stage) in enumerate(d.stages.items()):
        if f"{key}.{stage.enter}" not in d.steps:
            yield c.found(
                ("pinned", "stages", number, "enter"), f"{key} enters {stage.enter}, which is no step", near(stage.enter, stage.steps)
            )
    for name, step in d.steps.items():
        path = c.step_path(name)
        for outcome, _, target in c.targets(name):
            if target is not None and target not in d.steps:
                yield c.found((*path, *_way_path(step, outcome)), f"{name} goes to {target}, which is no step", near(target, d.steps))
        if step.form is not None and step.form not in d.forms:
            yield c.found((*path, "form"), f"{name}: there is no form {step.form}", near(step.form, d.forms))
        if step.kind == "task" and d.queue_of(name) not in d.live.queues:
            yield c.found((*path, "queue"), f"{name}: there is no queue {d.queue_of(name)}", near(d.queue_of(name), d.live.queues))
        if step.do is not None:
            yield from action(c, name, step, path)
        if step.join is not None and f"{name.split('.')[0]}.{step.join.of}" not in d.steps:
            yield c.found((*path, "join"), f"{name} joins {step.join.of}, which is no step")


def _merges(c: Checking) -> Iterator[Finding]:
    """A person merges, by an outcome of its own: there the other case is looked up before, and told afterwards."""
    for name, step in c.definition.steps.items():
        for place, way in ways_of(step):
            path = (*c.step_path(name), *place)
            if way.after_that is not None and way.after_that.merge is not None:
                yield c.found((*path, "after_that"), f"{name}: merge: may not stand under after_that", "give it an outcome of its own")
            if way.merge is None:
                continue
            if step.kind != "task":
                yield c.found(path, f"{name}: only a person may say that two cases are the same person", "let an ask: step have merge:")
            elif place[2:] or way.at_most is not None:
                wrong = "in a then: list" if place[2:] else "with at_most:"
                yield c.found((*path, "merge"), f"{name}: merge: may not stand {wrong}", "give it an outcome of its own")
            elif way.merge in c.definition.fields and c.definition.fields[way.merge].type != "case":
                yield c.found(path, f"{name} merges into {way.merge}, which is no case number", "let the form ask it with type: case")
        late = step.outcomes.get(step.deadline.then) if step.deadline else None
        if late is not None and any(way.merge is not None for way in late.ways()):
            message = f"{name}: a deadline may not say that two cases are the same person"
            yield c.found((*c.step_path(name), "deadline", "then"), message, "say escalate, or another outcome")


def _groups(c: Checking) -> Iterator[Finding]:
    live = c.definition.live
    for number, stage in enumerate(c.definition.stages.values()):
        if stage.owner not in live.groups:
            path: Path_ = ("pinned", "stages", number, "owner")
            yield c.found(path, f"{stage.stage}: there is no group {stage.owner}", near(stage.owner, live.groups))
    for key, group in live.groups.items():
        if c.roles and group.role not in c.roles:
            yield c.found(("live", "groups", key, "role"), f"group {key}: there is no role {group.role}", near(group.role, sorted(c.roles)))
    for key, queue in live.queues.items():
        if queue.group not in live.groups:
            yield c.found(("live", "queues", key), f"queue {key}: there is no group {queue.group}", near(queue.group, live.groups))


def _stages(c: Checking) -> Iterator[Finding]:
    live, known = c.definition.live, c.definition.stages
    named: list[tuple[Path_, str, list[str]]] = [
        *((("live", "evidence", n, "skip"), f"evidence {rule.id} skips", rule.skip) for n, rule in enumerate(live.evidence)),
        *((("live", "groups", key, "stages"), f"group {key} has", group.stages) for key, group in live.groups.items()),
        *((("live", "queues", key, "stage"), f"queue {key} has", [queue.stage]) for key, queue in live.queues.items()),
    ]
    for place, words, keys in named:
        for key in keys:
            if key not in known:
                yield c.found(place, f"{words} {key}, which is no stage", near(key, known))


def _messages(c: Checking) -> Iterator[Finding]:
    yield from messages(c, known_facts(c))


def _forms(c: Checking) -> Iterator[Finding]:
    for key, form in c.definition.forms.items():
        for number, field in enumerate(form.fields):
            free = [item.name for item in (field, *field.fields) if item.type in ("text", "long_text")]
            if free and not field.personal:
                path: Path_ = ("pinned", "forms", key, "fields", number)
                yield c.found(path, f"{key}: free text {free[0]} would stand in the journal for ever", "say personal: true")


def _coverage(c: Checking) -> Iterator[Finding]:
    for name, step in c.definition.steps.items():
        for key, outcome in step.outcomes.items():
            if outcome.then == []:
                yield c.found(
                    (*c.step_path(name), "outcomes", key), f"{name}: outcome {key} goes nowhere", "say go:, or put a way into then:"
                )
        if step.choose == []:
            yield c.found((*c.step_path(name), "choose"), f"{name}: choose: is empty", "put a way into it")
        lists = [step.then, step.choose or [], *(outcome.then or [] for outcome in step.outcomes.values())]
        for ways in lists:
            if ways and ways[-1].when is not None:
                yield c.found(c.step_path(name), f"{name} does not cover every case", "let the last way have no when:")
            for way in ways[:-1]:
                if way.when is None and way.at_most is None:
                    yield c.found(c.step_path(name), f"{name} has ways after one that is always taken", "put it last")


def _evidence(c: Checking) -> Iterator[Finding]:
    """What a person may add to a proof is asked as a form asks it."""
    for number, rule in enumerate(c.definition.live.evidence):
        for name in rule.also:
            if name not in c.definition.fields:
                path: Path_ = ("live", "evidence", number, "also")
                yield c.found(path, f"evidence {rule.id} brings {name}, which no form asks", near(name, c.definition.fields))


def _after_that(c: Checking) -> Iterator[Finding]:
    """What comes after the last try is taken always: a condition or another count there would never be asked."""
    for name in c.definition.steps:
        for place, way in ways_of(c.definition.steps[name]):
            for word in ("when", "at_most") if way.after_that is not None else ():
                if getattr(way.after_that, word) is not None:
                    path = (*c.step_path(name), *place, "after_that", word)
                    yield c.found(path, f"{name}: {word}: under after_that is never asked", "let it go to a step with choose:")


def _reach(c: Checking) -> Iterator[Finding]:
    d = c.definition
    seen: set[str] = set()
    ahead = [f"{key}.{stage.enter}" for key, stage in d.stages.items()]
    while ahead:
        name = ahead.pop()
        if name in seen or name not in d.steps:
            continue
        seen.add(name)
        ahead += [target for _, _, target in c.targets(name) if target]
    for name in d.steps:
        if name not in seen:
            yield c.found(c.step_path(name), f"{name} is never reached", "let a way go there, or remove it")
    for name in _dead_ends(c):
        yield c.found(c.step_path(name), f"{name} never comes to an end of the stage or the case", "give it a way out")


def _dead_ends(c: Checking) -> list[str]:
    ends = {name for name in c.definition.steps if any(way.finish or way.merge for _, way, _ in c.targets(name))}
    grown = True
    while grown:
        more = {n for n in c.definition.steps if n not in ends and any(t in ends for _, _, t in c.targets(n))}
        ends |= more
        grown = bool(more)
    return [name for name in c.definition.steps if name not in ends]


def _loops(c: Checking) -> Iterator[Finding]:
    passing = {name for name, step in c.definition.steps.items() if step.kind not in WAITS}
    for start in sorted(passing):
        ahead, seen = [t for _, _, t in c.targets(start) if t in passing], set[str]()
        while ahead:
            name = ahead.pop()
            if name == start:
                yield c.found(
                    c.step_path(start),
                    f"{start} comes round to itself without waiting for anybody",
                    "put a task or a timer into the circle",
                )
                break
            if name not in seen:
                seen.add(name)
                ahead += [t for _, _, t in c.targets(name) if t in passing]


def _contracts(c: Checking) -> Iterator[Finding]:
    served = {partner.kind for partner in c.definition.live.partners.values()}
    for name, step in c.definition.steps.items():
        if step.hand_off is None:
            continue
        if step.hand_off not in served:
            yield c.found((*c.step_path(name), "hand_off"), f"{name}: no partner serves {step.hand_off}", "add one under partners:")
        contract = c.contracts.get(step.hand_off)
        if contract is None:
            continue
        expected = contract.outcomes.get(str(step.send))
        if expected is None:
            yield c.found(
                (*c.step_path(name), "send"), f"{name}: {step.hand_off} knows no {step.send}", near(str(step.send), contract.outcomes)
            )
            continue
        for outcome in sorted(expected - set(step.outcomes)):
            yield c.found(
                (*c.step_path(name), "outcomes"), f"{name} is not ready for the answer {outcome}", f"add {outcome}: under outcomes:"
            )


def _way_path(step: Step, outcome: str | None) -> Path_:
    return ("outcomes", outcome) if outcome is not None and outcome in step.outcomes else ("then",) if step.then else ()

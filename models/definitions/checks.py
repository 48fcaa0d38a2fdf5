"""Everything that can be wrong with a definition before anybody is run through it: place, what, and a hint."""

from collections.abc import Iterable, Iterator, Mapping

from rapidfuzz import process

from models.definitions.check_forks import forks
from models.definitions.checking import ActionSpec as ActionSpec
from models.definitions.checking import Checking
from models.definitions.checking import ContractSpec as ContractSpec
from models.definitions.conditions import ROOTS, ConditionError, names_used, roots_used
from models.definitions.definition import Definition
from models.definitions.loader import Finding, Loaded, Path_
from models.definitions.schema import Step

# What registration always records about a case (services/intake).
INTAKE_FACTS = frozenset({"registered_on", "has_phone", "business_months", "monthly_turnover", "stage_stated"})
WAITS = frozenset({"task", "timer", "handoff", "event"})


def check(loaded: Loaded, actions: Mapping[str, ActionSpec], contracts: Mapping[str, ContractSpec]) -> list[Finding]:
    """All findings of a bundle; those of reading it alone when it cannot be read."""
    if loaded.bundle is None:
        return loaded.findings
    checking = Checking(Definition(loaded.bundle), actions, contracts, loaded.source.place)
    rules = (_names, _groups, _forms, _conditions, _coverage, _reach, _loops, forks, _contracts)
    return [finding for rule in rules for finding in rule(checking)]


def _names(c: Checking) -> Iterator[Finding]:
    d = c.definition
    for number, (key, stage) in enumerate(d.stages.items()):
        if f"{key}.{stage.enter}" not in d.steps:
            yield c.found(
                ("pinned", "stages", number, "enter"), f"{key} enters {stage.enter}, which is no step", _near(stage.enter, stage.steps)
            )
    for name, step in d.steps.items():
        path = c.step_path(name)
        for outcome, _, target in c.targets(name):
            if target is not None and target not in d.steps:
                yield c.found((*path, *_way_path(step, outcome)), f"{name} goes to {target}, which is no step", _near(target, d.steps))
        if step.form is not None and step.form not in d.forms:
            yield c.found((*path, "form"), f"{name}: there is no form {step.form}", _near(step.form, d.forms))
        if step.kind == "task" and d.queue_of(name) not in d.live.queues:
            yield c.found((*path, "queue"), f"{name}: there is no queue {d.queue_of(name)}", _near(d.queue_of(name), d.live.queues))
        if step.do is not None:
            yield from _action(c, name, step, path)
        if step.join is not None and f"{name.split('.')[0]}.{step.join.of}" not in d.steps:
            yield c.found((*path, "join"), f"{name} joins {step.join.of}, which is no step")


def _action(c: Checking, name: str, step: Step, path: Path_) -> Iterator[Finding]:
    spec = c.actions.get(str(step.do))
    if spec is None:
        yield c.found((*path, "do"), f"{name}: there is no action {step.do}", _near(str(step.do), c.actions))
        return
    for need in sorted(spec.needs - set(step.with_)):
        yield c.found((*path, "with"), f"{name}: {step.do} needs {need}", f"say it under with: {need}: …")
    message = step.with_.get("message")
    if step.do == "send_message" and message not in c.definition.live.messages:
        yield c.found((*path, "with"), f"{name}: there is no message {message}", _near(str(message), c.definition.live.messages))


def _groups(c: Checking) -> Iterator[Finding]:
    live = c.definition.live
    for number, stage in enumerate(c.definition.stages.values()):
        if stage.owner not in live.groups:
            path: Path_ = ("pinned", "stages", number, "owner")
            yield c.found(path, f"{stage.stage}: there is no group {stage.owner}", _near(stage.owner, live.groups))
    for key, queue in live.queues.items():
        if queue.group not in live.groups:
            yield c.found(("live", "queues", key), f"queue {key}: there is no group {queue.group}", _near(queue.group, live.groups))


def _forms(c: Checking) -> Iterator[Finding]:
    for key, form in c.definition.forms.items():
        for number, field in enumerate(form.fields):
            if field.type in ("text", "long_text") and not field.personal:
                path: Path_ = ("pinned", "forms", key, "fields", number)
                yield c.found(path, f"{key}: free text {field.name} would stand in the journal for ever", "say personal: true")


def _conditions(c: Checking) -> Iterator[Finding]:
    known = _known_facts(c)
    personal = {
        f"{root}.{f.name}" for form in c.definition.forms.values() for f in form.fields if f.personal for root in ("facts", "answers")
    }
    for path, text in _all_conditions(c):
        try:
            unknown_roots = roots_used(text) - ROOTS
        except ConditionError as error:
            yield c.found(path, f"not a condition: {str(error).splitlines()[0]}", "e.g. facts.zone != 'green'")
            continue
        if unknown_roots:
            yield c.found(path, f"a condition may not read {', '.join(sorted(unknown_roots))}", "read case, facts or answers")
        for name in sorted(names_used(text)):
            if name in personal:
                yield c.found(path, f"a condition may not read the personal {name}", "let an action put a harmless fact into the journal")
            elif name.startswith("facts.") and name.removeprefix("facts.") not in known:
                yield c.found(path, f"nothing gives {name}", "no form asks it, no action gives it, no partner answers it")


def _known_facts(c: Checking) -> set[str]:
    d = c.definition
    known = set(INTAKE_FACTS) | {field.name for form in d.forms.values() for field in form.fields if not field.personal}
    known |= {fact for rule in d.live.evidence for fact in (rule.fact, *rule.also)}
    for step in d.steps.values():
        if step.do is not None and step.do in c.actions:
            known |= c.actions[step.do].gives | set(step.with_.get("facts", {}) if isinstance(step.with_.get("facts"), dict) else ())
            if step.with_.get("fact"):
                known |= {str(step.with_["fact"]), f"{step.with_['fact']}_found"}
            if step.with_.get("document"):
                known |= {f"{step.with_['document']}_written", f"{step.with_['document']}_on"}
        if step.hand_off is not None and step.hand_off in c.contracts:
            known |= c.contracts[step.hand_off].facts
    return known


def _all_conditions(c: Checking) -> Iterator[tuple[Path_, str]]:
    for name, step in c.definition.steps.items():
        path = c.step_path(name)
        for outcome, way in step.ways():
            if way.when is not None:
                yield (*path, *_way_path(step, outcome)), way.when
        for key, value in step.with_.items():
            if key == "facts" and isinstance(value, dict):
                yield from (((*path, "with", key, fact), str(text)) for fact, text in value.items())
            elif key in ("rules", "channels") and isinstance(value, dict):
                yield from (((*path, "with", key, rule), str(body.get("if", ""))) for rule, body in value.items())
    for key, form in c.definition.forms.items():
        for number, field in enumerate(form.fields):
            if field.when is not None:
                yield ("pinned", "forms", key, "fields", number), field.when


def _coverage(c: Checking) -> Iterator[Finding]:
    for name, step in c.definition.steps.items():
        lists = [step.then, step.choose or [], *(outcome.then or [] for outcome in step.outcomes.values())]
        for ways in lists:
            if ways and ways[-1].when is not None:
                yield c.found(c.step_path(name), f"{name} does not cover every case", "let the last way have no when:")
            for way in ways[:-1]:
                if way.when is None and way.at_most is None:
                    yield c.found(c.step_path(name), f"{name} has ways after one that is always taken", "put it last")


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
    ends = {name for name in c.definition.steps if any(way.finish for _, way, _ in c.targets(name))}
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
                (*c.step_path(name), "send"), f"{name}: {step.hand_off} knows no {step.send}", _near(str(step.send), contract.outcomes)
            )
            continue
        for outcome in sorted(expected - set(step.outcomes)):
            yield c.found(
                (*c.step_path(name), "outcomes"), f"{name} is not ready for the answer {outcome}", f"add {outcome}: under outcomes:"
            )


def _way_path(step: Step, outcome: str | None) -> Path_:
    return ("outcomes", outcome) if outcome is not None and outcome in step.outcomes else ("then",) if step.then else ()


def _near(wrong: str, known: Iterable[str]) -> str:
    names = list(known)
    best = process.extractOne(wrong, names, score_cutoff=60)
    return f"did you mean {best[0]}?" if best else f"known are {', '.join(names[:8])}"

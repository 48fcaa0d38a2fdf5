"""What can be wrong with conditions: unreadable, names that nobody gives where they stand, values that are not yes or no."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from models.definitions import expressions
from models.definitions.check_actions import facts_of
from models.definitions.checking import Checking, near
from models.definitions.conditions import ROOTS, ConditionError
from models.definitions.expressions import CASE, FUNCTIONS, LIST, NUMBER, TEXT, YES_NO, Kind
from models.definitions.loader import Finding, Path_
from models.definitions.schema import FormField, Go, Step

# What registration always records about a case (services/intake).
INTAKE_FACTS: Mapping[str, Kind] = {
    "registered_on": TEXT,
    "has_phone": YES_NO,
    "business_months": NUMBER,
    "monthly_turnover": NUMBER,
    "stage_stated": None,
    "consent_version": TEXT,
    "consent_needed": YES_NO,
}
FIELD_KINDS: Mapping[str, Kind] = {
    **dict.fromkeys(("yes_no", "document", "photo"), YES_NO),
    **dict.fromkeys(("number", "rupiah"), NUMBER),
    **dict.fromkeys(("choices", "group"), LIST),
}
GIVERS = "no form asks it, no action gives it, no partner answers it"
Known = Mapping[str, Kind]


@dataclass(frozen=True, slots=True)
class Expression:
    """An expression with what may be read where it stands; `asker` is the step or form whose answers it reads."""

    path: Path_
    text: str
    asker: str
    answers: Known
    facts: Known
    condition: bool = True


def conditions(c: Checking) -> Iterator[Finding]:
    """Every condition can be read, reads only what can be there, and gives yes or no; so with facts that steps name."""
    facts = known_facts(c)
    forms = c.definition.forms.values()
    personal = {f"{root}.{field.name}" for form in forms for field in form.fields if field.personal for root in ("facts", "answers")}
    for expression in _all(c, facts):
        yield from _one(c, expression, personal)
    for path, words, name in _named_facts(c):
        if name not in facts:
            yield c.found(path, f"{words} {name}, which nothing gives", _hint(name, facts, GIVERS))


def _one(c: Checking, e: Expression, personal: set[str]) -> Iterator[Finding]:
    try:
        roots, functions = expressions.roots_used(e.text) - ROOTS, expressions.unknown_functions(e.text)
    except ConditionError as error:
        yield c.found(e.path, f"not a condition: {str(error).splitlines()[0]}", "e.g. facts.zone != 'green'")
        return
    if roots:
        yield c.found(e.path, f"a condition may not read {', '.join(sorted(roots))}", "read case, facts or answers")
    for name in sorted(functions):
        yield c.found(e.path, f"a condition knows no function {name}", near(name, FUNCTIONS))
    wrong = False
    for name in sorted(expressions.names_used(e.text)):
        root, _, word = name.partition(".")
        if name in personal and word not in e.answers:
            wrong = True
            yield c.found(e.path, f"a condition may not read the personal {name}", "let an action put a harmless fact into the journal")
        elif root == "case" and word not in CASE:
            yield c.found(e.path, f"a case has no {word}", near(word, CASE))
        elif root == "answers" and word not in e.answers:
            yield c.found(e.path, f"{e.asker} asks no {word}, so nothing gives {name}", _hint_answer(e, word))
        elif root == "facts" and word not in e.facts:
            yield c.found(e.path, f"nothing gives {name}", _hint(word, e.facts, GIVERS))
    kinds = {f"facts.{name}": kind for name, kind in e.facts.items()} | {f"answers.{name}": kind for name, kind in e.answers.items()}
    kind = expressions.kind_of(e.text, kinds)
    if e.condition and not (wrong or roots or functions) and kind not in (None, YES_NO):
        yield c.found(e.path, f"the condition {e.text} gives {kind}, not yes or no", "compare it, e.g. facts.zone != 'green'")


def _hint_answer(e: Expression, word: str) -> str:
    if word in e.facts:
        return f"an earlier step gives it: read facts.{word}"
    return _hint(word, e.answers, "nothing is asked here: read facts.…")


def _hint(word: str, known: Iterable[str], otherwise: str) -> str:
    hint = near(word, known)
    return hint if hint.startswith("did you mean") else otherwise


def _kinds(fields: Iterable[FormField]) -> dict[str, Kind]:
    return {field.name: FIELD_KINDS.get(field.type, TEXT) for field in fields if not field.personal}


def known_facts(c: Checking) -> dict[str, Kind]:
    """What somebody can put into the journal: registration, forms that a step uses, actions, partners, evidence."""
    known: dict[str, Kind] = dict(INTAKE_FACTS)
    given = [dict.fromkeys((rule.fact, *rule.also)) for rule in c.definition.live.evidence]
    for fact, kind in (pair for facts in [*given, *(_answers(c, step) for step in c.definition.steps.values())] for pair in facts.items()):
        known[fact] = kind if known.get(fact, kind) == kind else None
    return known


def _answers(c: Checking, step: Step) -> dict[str, Kind]:
    """What a step's own end brings: answers of its form, facts of its action or of the partner's answer."""
    if step.form is not None and step.form in c.definition.forms:
        return _kinds(c.definition.forms[step.form].fields)
    if step.do is not None and step.do in c.actions:
        return dict.fromkeys(facts_of(c.actions[step.do], step.with_))
    if step.hand_off is not None and step.hand_off in c.contracts:
        return dict.fromkeys(c.contracts[step.hand_off].facts)
    return {}


def _all(c: Checking, facts: Known) -> Iterator[Expression]:
    for name, step in c.definition.steps.items():
        path, answers = c.step_path(name), _answers(c, step)
        for place, way in ways_of(step):
            if way.when is not None:
                yield Expression((*path, *place, "when"), way.when, name, answers, facts)
        for key, value in step.with_.items():
            entries = value if isinstance(value, dict) else {}
            for part, body in entries.items():
                if key == "facts" and isinstance(body, str):
                    yield Expression((*path, "with", key, part), body, name, {}, facts, condition=False)
                elif key in ("rules", "channels") and isinstance(body, dict) and isinstance(body.get("if"), str):
                    yield Expression((*path, "with", key, part, "if"), body["if"], name, {}, facts)
    yield from _in_forms(c, facts)


def _in_forms(c: Checking, facts: Known) -> Iterator[Expression]:
    for key, form in c.definition.forms.items():
        yield from _in_fields(("pinned", "forms", key, "fields"), key, form.fields, {}, facts)


def _in_fields(path: Path_, key: str, fields: list[FormField], outside: Known, facts: Known) -> Iterator[Expression]:
    """The expressions of fields; those of a group read the answers of their own row and those above the group."""
    every = {**outside, **_kinds(fields)}
    for number, field in enumerate(fields):
        at: Path_ = (*path, number)
        asker, above = f"form {key} above {field.name}", {**outside, **_kinds(fields[:number])}
        if field.when is not None:
            # A form is filled before anything of it is recorded: only the answers above a field are there.
            yield Expression((*at, "when"), field.when, asker, above, above)
        for place, option in enumerate(field.options):
            if option.when is not None:
                yield Expression((*at, "options", place, "when"), option.when, asker, above, facts)
        for place, rule in enumerate(field.must):
            yield Expression((*at, "must", place, "if"), rule.if_, f"form {key}", every, facts)
        yield from _in_fields((*at, "fields"), key, field.fields, above, facts)


def ways_of(step: Step) -> Iterator[tuple[Path_, Go]]:
    """The ways out of a step as they are written, with their places in it."""
    lists: list[tuple[Path_, list[Go]]] = [(("then",), step.then), (("choose",), step.choose or [])]
    for key, outcome in step.outcomes.items():
        if outcome.then is None:
            yield ("outcomes", key), outcome.ways()[0]
        else:
            lists.append((("outcomes", key, "then"), outcome.then))
    for path, ways in lists:
        for number, way in enumerate(ways):
            yield (*path, number), way


def _named_facts(c: Checking) -> Iterator[tuple[Path_, str, str]]:
    """Facts that steps name outside conditions: when to go on, whose task it is, which papers must be there."""
    for name, step in c.definition.steps.items():
        path = c.step_path(name)
        if step.wait is not None and step.wait.until is not None:
            yield (*path, "wait", "until"), f"{name} waits for", step.wait.until
        if step.to is not None:
            yield (*path, "to"), f"{name} goes to", step.to
        for place, way in ways_of(step):
            if way.merge is not None:
                yield (*path, *place, "merge"), f"{name} merges into", way.merge
        if step.assign_to is not None:
            yield (*path, "assign_to"), f"{name} is assigned to", step.assign_to
        for number, fact in enumerate(step.shows):
            yield (*path, "shows", number), f"{name} shows", fact
        needed = step.with_.get("needs") if step.do == "document_checklist" else None
        for number, paper in enumerate(needed if isinstance(needed, list) else []):
            if isinstance(paper, str):
                yield (*path, "with", "needs", number), f"{name} needs", paper

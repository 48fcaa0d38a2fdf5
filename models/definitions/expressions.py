"""What can be known of a condition without a case: the names that it reads, and the kind of value that it gives.

The CEL library tells variables and functions but not its syntax tree, so the text is cut into tokens here; what cannot be
decided from them is None, never a guess.
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from models.definitions.conditions import ROOTS, compiled

Kind = str | None
YES_NO, TEXT, NUMBER, LIST, MAP = "yes or no", "a text", "a number", "a list", "a map"
CASE: Final[dict[str, Kind]] = {"district": TEXT, "village": TEXT, "stage": TEXT, "today": TEXT, "attempts": MAP}
MACROS: Final = {"has": YES_NO, "all": YES_NO, "exists": YES_NO, "exists_one": YES_NO, "map": LIST, "filter": LIST}
FUNCTIONS: Final[dict[str, Kind]] = {
    **dict.fromkeys(("startsWith", "endsWith", "contains", "matches"), YES_NO),
    **dict.fromkeys(("size", "int", "uint", "double"), NUMBER),
    **dict.fromkeys(("getFullYear", "getMonth", "getDate", "getDayOfMonth", "getDayOfWeek", "getDayOfYear"), NUMBER),
    **dict.fromkeys(("getHours", "getMinutes", "getSeconds", "getMilliseconds"), NUMBER),
    "string": TEXT,
    "bytes": "bytes",
    "timestamp": "a moment",
    "duration": "a duration",
    "type": "a type",
    "dyn": None,
}
RELATIONS: Final = {"==", "!=", "<", "<=", ">", ">=", "in"}
ARITHMETIC: Final = {"+", "-", "*", "/", "%"}
Token = tuple[str, str]
_TOKEN: Final = re.compile(
    r"""(?P<space>\s+|//[^\n]*)
    |(?P<text>[rRbB]{0,2}(?:'''(?:\\.|[^\\])*?'''|\"\"\"(?:\\.|[^\\])*?\"\"\"|'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*"))
    |(?P<number>0[xX][0-9a-fA-F]+[uU]?|\d+(?:\.\d+)?(?:[eE][+-]?\d+)?[uU]?)
    |(?P<name>[A-Za-z_]\w*)
    |(?P<sign>&&|\|\||[<>=!]=|\.\?|.)""",
    re.VERBOSE | re.DOTALL,
)


def _tokens(text: str) -> list[Token]:
    return [(str(m.lastgroup), m[0]) for m in _TOKEN.finditer(text) if m.lastgroup != "space"]


@lru_cache(maxsize=4096)
def names_used(text: str) -> frozenset[str]:
    """Return the dotted names that a condition reads, such as `facts.zone`; `facts['zone']` is the same name."""
    tokens, found = _tokens(text), set[str]()
    for number, (kind, word) in enumerate(tokens[:-2]):
        if kind != "name" or word not in ROOTS or (number and tokens[number - 1][1] in (".", ".?")):
            continue
        (_, sign), (what, name) = tokens[number + 1 : number + 3]
        if sign in (".", ".?") and what == "name":
            found.add(f"{word}.{name}")
        elif sign == "[" and what == "text":
            found.add(f"{word}.{name.strip('rRbB').strip(chr(34) + chr(39))}")
    return frozenset(found)


def roots_used(text: str) -> frozenset[str]:
    """Return the variables that a condition reads, without those of its own macros. Raises ConditionError."""
    tokens = _tokens(text)
    own = {
        tokens[number + 2][1]
        for number, (_, word) in enumerate(tokens[:-3])
        if word in MACROS and [t[1] for t in tokens[number + 1 : number + 4 : 2]] == ["(", ","]
    }
    return frozenset(compiled(text).variables()) - own


def unknown_functions(text: str) -> frozenset[str]:
    """Return the functions that a condition calls and nobody has; operators go by names with signs in them. Raises ConditionError."""
    return frozenset(name for name in compiled(text).functions() if name.isidentifier() and not name.startswith("_")) - set(FUNCTIONS)


def kind_of(text: str, names: Mapping[str, Kind]) -> Kind:
    """Return what a condition gives, None when only a case can tell; `names` says it for names such as `facts.zone`."""
    return _kind(_tokens(text), {f"case.{name}": kind for name, kind in CASE.items()} | dict(names))


def _kind(tokens: list[Token], names: Mapping[str, Kind]) -> Kind:
    """The kind of an expression, by its loosest operator outside all brackets."""
    while tokens and tokens[0][1] == "(" and _closing(tokens) == len(tokens) - 1:
        tokens = tokens[1:-1]
    outside = _outside(tokens)
    choice = next((number for number in outside if tokens[number] == ("sign", "?")), None)
    if choice is not None:
        colon = _colon(tokens, [number for number in outside if number > choice])
        arms = {_kind(tokens[choice + 1 : colon], names), _kind(tokens[colon + 1 :], names)}
        return next((arm for arm in sorted(arms - {None, YES_NO}, key=str)), YES_NO if arms == {YES_NO} else None)
    for sign in ("||", "&&"):
        parts = _split(tokens, [number for number in outside if tokens[number] == ("sign", sign)])
        if len(parts) > 1:
            return next((kind for kind in (_kind(part, names) for part in parts) if kind not in (None, YES_NO)), YES_NO)
    if any(tokens[number][1] in RELATIONS and tokens[number][0] != "text" for number in outside):
        return YES_NO
    joined = [number for number in outside if number and tokens[number][0] == "sign" and tokens[number][1] in ARITHMETIC]
    if joined:
        kinds = {_kind(part, names) for part in _split(tokens, joined)}
        return next(iter(kinds)) if len(kinds) == 1 and kinds <= {TEXT, LIST} else NUMBER
    return _operand(tokens, names)


def _operand(tokens: list[Token], names: Mapping[str, Kind]) -> Kind:
    """The kind of what stands alone: a literal, a name, a call, or one of them with a sign before it."""
    if not tokens:
        return None
    kind, word = tokens[0]
    if word == "!" and kind == "sign":
        inner = _kind(tokens[1:], names)
        return YES_NO if inner is None else inner
    if word == "-" and kind == "sign":
        return NUMBER
    if len(tokens) == 1:
        literals = {"text": TEXT, "number": NUMBER}
        return {"true": YES_NO, "false": YES_NO, "null": "nothing"}.get(word) if kind == "name" else literals.get(kind)
    if word in ("[", "{") and _closing(tokens) == len(tokens) - 1:
        return LIST if word == "[" else MAP
    if tokens[-1] == ("sign", ")"):
        opening = next(
            n for n in range(len(tokens)) if tokens[n][1] == "(" and tokens[n][0] == "sign" and n + _closing(tokens[n:]) == len(tokens) - 1
        )
        called = tokens[opening - 1][1] if opening else ""
        return MACROS.get(called, FUNCTIONS.get(called))
    return names.get("".join(word for _, word in tokens))


def _outside(tokens: list[Token]) -> list[int]:
    """The numbers of the tokens that stand in no bracket."""
    depth, found = 0, []
    for number, (kind, word) in enumerate(tokens):
        if kind == "sign" and word in "([{":
            depth += 1
        elif kind == "sign" and word in ")]}":
            depth -= 1
        elif depth == 0:
            found.append(number)
    return found


def _closing(tokens: list[Token]) -> int:
    """Where the bracket that the tokens begin with is closed."""
    depth = 0
    for number, (kind, word) in enumerate(tokens):
        depth += (kind == "sign" and word in "([{") - (kind == "sign" and word in ")]}")
        if depth == 0:
            return number
    return -1


def _colon(tokens: list[Token], after: list[int]) -> int:
    """The colon that belongs to a question mark; choices in its first arm have theirs before it."""
    open_choices = 1
    for number in after:
        open_choices += (tokens[number] == ("sign", "?")) - (tokens[number] == ("sign", ":"))
        if open_choices == 0:
            return number
    return len(tokens)


def _split(tokens: list[Token], places: list[int]) -> list[list[Token]]:
    starts = [0, *(place + 1 for place in places)]
    return [tokens[start:end] for start, end in zip(starts, [*places, len(tokens)], strict=True)]

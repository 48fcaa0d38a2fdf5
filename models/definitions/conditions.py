"""Conditions of a definition: CEL over `case`, `facts` and `answers`.

Compiled once per text and process. A condition that names a fact which nobody has recorded yet is false, so that an
administrator need not guard every name with has().
"""

from functools import lru_cache
from typing import Any

import cel


class ConditionError(ValueError):
    """The text is not a condition; the message says what was expected and where."""


ROOTS = frozenset({"case", "facts", "answers"})


@lru_cache(maxsize=4096)
def compiled(text: str) -> Any:
    """Return the compiled condition. Raises ConditionError with the parser's own words."""
    try:
        return cel.compile(text)
    except ValueError as error:
        raise ConditionError(str(error)) from None


def is_true(text: str, variables: dict[str, Any]) -> bool:
    """Evaluate a condition over `variables` ({"case": …, "facts": …, "answers": …}); anything but true is false."""
    try:
        return compiled(text).execute(variables) is True
    except (KeyError, TypeError, RuntimeError, ValueError):
        return False


def value_of(text: str, variables: dict[str, Any]) -> Any:
    """Evaluate an expression to its value; None when a name in it is not known yet."""
    try:
        return compiled(text).execute(variables)
    except (KeyError, TypeError, RuntimeError, ValueError):
        return None

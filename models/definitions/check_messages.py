"""What can be wrong with message texts: braces that do not close, placeholders that nothing fills."""

from collections.abc import Iterator, Mapping
from string import Formatter
from typing import Any

from models.definitions.checking import Checking, near
from models.definitions.loader import Finding, Path_

ALWAYS = ("name", "case_number", "district")


def messages(c: Checking, facts: Mapping[str, Any]) -> Iterator[Finding]:
    """Each text of each message names only the person, the case, the district and facts that somebody gives; one brings a code."""
    public = c.definition.live.public
    code = public.messages.code if public else None
    for key, message in c.definition.live.messages.items():
        for part, text in (("subject", message.subject), ("body", message.body)):
            for locale in ("id", "en") if text else ():
                path: Path_ = ("live", "messages", key, part, locale)
                known = {*ALWAYS, *facts, *(["code"] if key == code else [])}
                yield from _one(c, path, f"message {key} ({locale})", text.in_(locale) if text else "", known)


def _one(c: Checking, path: Path_, words: str, text: str, known: set[str]) -> Iterator[Finding]:
    try:
        pieces = list(Formatter().parse(text))
    except ValueError:
        yield c.found(path, f"{words}: a brace is not closed", "write {name}; a brace that people shall read is written twice")
        return
    for _, name, spec, conversion in pieces:
        if spec or conversion:
            yield c.found(path, f"{words}: {{{name}}} is written with : or !", f"write {{{name}}} alone")
    for name in dict.fromkeys(piece[1] for piece in pieces if piece[1] is not None):
        if name not in known:
            yield c.found(path, f"{words}: nothing fills {{{name}}}", near(name, sorted(known)))

"""The words of the pages: key → (Indonesian, English). Braces are filled by `t`. One module per area; a key stands once."""

from functools import reduce
from typing import Final

from models.definitions.schema import Text
from ui.i18n import public, queues, staff, task

Words = dict[str, tuple[str, str]]


def _together(known: Words, more: Words) -> Words:
    if doubled := known.keys() & more.keys():
        raise ValueError(f"words stand twice: {', '.join(sorted(doubled))}")
    return known | more


WORDS: Final[Words] = reduce(_together, (staff.WORDS, queues.WORDS, task.WORDS, public.WORDS))


def t(locale: str, key: str, **values: object) -> str:
    """A text in a language, its braces filled. Raises KeyError for an unknown key."""
    words = WORDS[key][1 if locale == "en" else 0]
    return words.format(**values) if values else words


def both(key: str) -> Text:
    """A text in both languages, for forms that the pages make themselves. Raises KeyError for an unknown key."""
    indonesian, english = WORDS[key]
    return Text(id=indonesian, en=english)

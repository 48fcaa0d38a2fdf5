"""Every word that a public page asks for is there, in both languages, with the same braces."""

import re
from pathlib import Path

from models.engine.explain import ORDER
from models.engine.states import states_of
from ui.i18n import WORDS
from ui.public.own_case import DONE

TEMPLATES = Path(__file__).parents[2] / "ui" / "public" / "templates"
PYTHON = Path(__file__).parents[2] / "ui" / "public"


def asked_in(text):
    """The keys that a template or module names outright."""
    return set(re.findall(r"\bt\((?:locale, |locale_of\(request\), )?['\"]([a-z_0-9]+)['\"]\s*[,)]", text))


def test_every_word_of_the_public_pages_is_there():
    assert asked_in("{{ t('go_on') }} {{ t(\"back\", n=1) }}") == {"go_on", "back"}
    named = {
        key
        for folder, ends in ((TEMPLATES, "*.html"), (PYTHON, "*.py"))
        for path in folder.glob(ends)
        for key in asked_in(path.read_text())
    }
    made = {f"own_{word}" for word in (*ORDER, "hold", *states_of("case"))} - {"own_new", "own_active", "own_on_hold"}
    made |= {f"done_{word}" for word in DONE} | {f"step_{word}" for word in ("done", "now", "ahead")}
    made |= {f"{word}_{part}" for word in ("timed_out", "not_from_here", "too_many_here", "already") for part in ("title", "words")}
    assert len(named) > 60
    assert (named | made) - set(WORDS) == set()

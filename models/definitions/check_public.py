"""What can be wrong with the public pages: stages or messages that there are not, words that would stand in the journal."""

from collections.abc import Iterator

from models.definitions.checking import Checking, near
from models.definitions.loader import Finding, Path_

PUBLIC: Path_ = ("live", "public")


def public(c: Checking) -> Iterator[Finding]:
    """Every stage is explained and no other, each message is there, and what people write freely is personal."""
    page, live = c.definition.live.public, c.definition.live
    if page is None:
        return
    for stage in c.definition.stages:
        if stage not in page.stages:
            yield c.found((*PUBLIC, "stages"), f"public: stage {stage} is not explained", f"add {stage}: {{id: …, en: …}}")
    for stage in page.stages:
        if stage not in c.definition.stages:
            yield c.found((*PUBLIC, "stages", stage), f"public: there is no stage {stage}", near(stage, c.definition.stages))
    for use, key in (("code", page.messages.code), ("registered_again", page.messages.registered_again)):
        if key not in live.messages:
            yield c.found((*PUBLIC, "messages", use), f"public: there is no message {key}", near(key, live.messages))
    arriving = {name for step in c.definition.steps.values() for name in step.meanwhile}
    for name in page.replies:
        if name not in arriving:
            yield c.found((*PUBLIC, "replies", name), f"public: no timer ends by {name}", near(name, arriving))
    if live.consent is None:
        yield c.found(PUBLIC, "public: people register, but nothing says what they agree to", "add consent: to programme.yaml")
    for number, question in enumerate(page.questions):
        for place, field in enumerate(question.fields):
            if field.type in ("text", "long_text") and not field.personal:
                path: Path_ = (*PUBLIC, "questions", number, "fields", place)
                yield c.found(path, f"{question.name}: free text {field.name} would stand in the journal for ever", "say personal: true")

"""The part of the schema that forms are made of: texts, fields with their options and rules, forms."""

from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from models.language import BOTH


class Strict(BaseModel):
    """Refuses unknown keys, so that a misspelt one is found when the definition is checked."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True, frozen=True)


class Text(Strict):
    """A text in both languages of the programme."""

    id: str = Field(min_length=1)
    en: str = Field(min_length=1)

    def in_(self, locale: str) -> str:
        """Return the text in `locale` ("id", "en", or BOTH as "Indonesian / English")."""
        if locale == BOTH:
            return f"{self.id} / {self.en}"
        return self.en if locale == "en" else self.id


class Option(Strict):
    """One choice of a field; with `when`, offered only while that holds."""

    value: str
    label: Text
    when: str | None = Field(default=None, description="CEL over case, facts and the answers above")


class Must(Strict):
    """What must hold for an answer, and what people read when it does not; nothing is asked of answers that are not there."""

    if_: str = Field(alias="if", description="CEL over case, facts and answers")
    else_: Text = Field(alias="else")


# `code` is the number of a document (letters, digits and ./-, no NIK), `case` the number of a case: both may be journalled.
FieldType = Literal[
    "text",
    "long_text",
    "number",
    "rupiah",
    "date",
    "choice",
    "choices",
    "yes_no",
    "phone",
    "document",
    "photo",
    "person",
    "code",
    "case",
    "group",
]
# What an answer of a file says to the journal: that it is there. The file itself is kept beside the case, where it can be erased.
FILES: tuple[FieldType, ...] = ("document", "photo")
NOT_IN_GROUPS: tuple[FieldType, ...] = (*FILES, "group")


class FormField(Strict):
    """One field of a form. `personal` answers go to the participant or the note, never to the journal.

    A `group` asks its `fields` as often as needed (`min` to `max` times): its answer is a list of their answers.
    """

    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    type: FieldType
    label: Text
    hint: Text | None = None
    required: bool = False
    personal: bool = False
    min: float | None = None
    max: float | None = None
    error: Text | None = Field(default=None, description="what to do when min or max is violated")
    options: list[Option] = Field(default_factory=list)
    when: str | None = Field(default=None, description="CEL over answers: shown and required only then")
    must: list[Must] = Field(default_factory=list)
    section: Text | None = Field(default=None, description="a heading: a new part of the form begins with this field")
    fields: list["FormField"] = Field(default_factory=list, description="what a group asks each time")

    @model_validator(mode="after")
    def groups_hold_plain_fields(self) -> Self:
        """A group has fields and no other field has; inside one there are no files, groups, sections or personal answers."""
        if (self.type == "group") != bool(self.fields):
            raise ValueError("a group has fields:, and no other field has")
        for field in self.fields:
            if field.type in NOT_IN_GROUPS or field.personal or field.section:
                raise ValueError(f"{field.name}: inside a group there are no files, groups, sections or personal fields")
        return self


class Form(Strict):
    """A form: a title and its fields in order."""

    title: Text
    fields: list[FormField]

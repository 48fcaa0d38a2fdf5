"""What the public pages say and ask: the programme in plain words, and the questions of a registration."""

from typing import Self

from pydantic import Field, model_validator

from models.definitions.schema import FormField, Strict, Text


class Question(Strict):
    """One page of the registration: what is asked, why, and its fields.

    A field named like a column of the participant is kept there and checked as one; `village` is any spelling of a
    village of the programme. Every other field is a fact of the case.
    """

    name: str = Field(pattern=r"^[a-z][a-z_]*$")
    ask: Text
    hint: Text | None = None
    fields: list[FormField] = Field(min_length=1)


class Messages(Strict):
    """Which messages the public pages send: the one-time code (`{code}` stands in it alone), and to who registers again."""

    code: str
    registered_again: str


class Public(Strict):
    """The words of the landing page, what each stage means to a participant, and the questions in order."""

    about: Text
    stages: dict[str, Text] = Field(description="stage: what happens there, in one plain sentence")
    messages: Messages
    replies: dict[str, Text] = Field(default_factory=dict, description="what may arrive while a timer waits: how a participant says it")
    questions: list[Question] = Field(min_length=1)

    @model_validator(mode="after")
    def asks_who_it_is(self) -> Self:
        """No registration without the NIK, a name, a birth date and a place; no question and no field twice."""
        names = [question.name for question in self.questions]
        fields = [field.name for question in self.questions for field in question.fields]
        if missing := [name for name in ("nik", "name", "birth_date", "village") if name not in fields]:
            raise ValueError(f"nobody can be registered without asking {', '.join(missing)}")
        if len(set(names)) < len(names) or len(set(fields)) < len(fields):
            raise ValueError("a question or a field stands twice")
        return self

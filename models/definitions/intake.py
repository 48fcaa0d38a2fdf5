"""Rules that tell from a list's columns who is further already: evidence for passing over stages."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class EvidenceRule(BaseModel):
    """A column (by any of its spellings) or a phrase among the remarks that proves something.

    `kind` says what the column must hold: yes (anything but no), a date, or a number of a document.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    columns: list[str] = Field(default_factory=list)
    phrases: list[str] = Field(default_factory=list)
    kind: Literal["yes", "date", "number"] = "yes"
    skip: list[str]
    fact: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    also: list[str] = Field(default_factory=list, description="further facts that may come with the proof, typed by a person")

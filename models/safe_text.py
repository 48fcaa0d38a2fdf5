"""Text that the database can keep: the base of every message that comes in from outside."""

from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel, ConfigDict, field_validator
from pydantic_core import PydanticCustomError

MESSAGE = "Ada tanda yang tidak dapat disimpan (NUL) / it holds a character that cannot be kept (NUL)"


def is_safe(text: str) -> bool:
    """Whether PostgreSQL can keep a text: no NUL, no half of a surrogate pair."""
    return "\x00" not in text and not any("\ud800" <= char <= "\udfff" for char in text)


def unsafe_places(value: Any, path: str = "") -> Iterator[str]:
    """Where in a value of JSON a text stands that cannot be kept; "" is the value itself."""
    if isinstance(value, str):
        if not is_safe(value):
            yield path
    elif isinstance(value, dict):
        for key, inner in value.items():
            if not is_safe(str(key)):
                yield path
            yield from unsafe_places(inner, f"{path}.{key}" if path else str(key))
    elif isinstance(value, list | tuple):
        for number, inner in enumerate(value):
            yield from unsafe_places(inner, f"{path}.{number}" if path else str(number))


class Safe(BaseModel):
    """A message from outside: unknown fields are refused, and text that cannot be kept, each by name."""

    model_config = ConfigDict(extra="forbid")

    @field_validator("*", mode="before")
    @classmethod
    def can_be_kept(cls, value: Any) -> Any:
        """Refuse text that the database cannot keep; `path` says where inside the field."""
        for path in unsafe_places(value):
            raise PydanticCustomError("unsafe_text", MESSAGE, {"path": "".join(char for char in path if is_safe(char))})
        return value

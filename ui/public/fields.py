"""A form's fields as plain HTML draws them, and what comes back from it as people type it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from models.definitions import forms
from models.definitions.schema import FieldType, FormField

Kind = Literal["text", "long", "date", "radio", "boxes"]
KEYBOARD: Mapping[FieldType, str] = {"number": "decimal", "rupiah": "numeric", "phone": "tel"}
BY_NAME = {"nik": ("numeric", "off"), "name": ("text", "name"), "email": ("email", "email"), "address": ("text", "street-address")}
PARTS = ("d", "m", "y")


@dataclass(frozen=True, slots=True)
class Drawn:
    """One field ready to be drawn: values are as they were typed."""

    name: str
    kind: Kind
    label: str
    hint: str
    value: str
    required: bool
    keyboard: str
    fill: str
    error: str = ""
    parts: tuple[str, str, str] = ("", "", "")
    options: list[tuple[str, str, bool]] = field(default_factory=list)

    @property
    def anchor(self) -> str:
        """The id of the first control of the field."""
        return f"f-{self.name}" + {"date": "-d", "radio": "-0", "boxes": "-0"}.get(self.kind, "")


def drawn(
    fields: Iterable[FormField],
    typed: Mapping[str, Any],
    errors: Mapping[str, str],
    locale: str,
    yes_no: tuple[str, str],
    around: dict[str, Any] | None = None,
) -> list[Drawn]:
    """The fields that people may answer here, with what was typed and what is wrong; files are sent elsewhere."""
    return [_drawn(item, typed, errors, locale, yes_no, around) for item in fields if item.type not in ("document", "person")]


def _drawn(
    item: FormField,
    typed: Mapping[str, Any],
    errors: Mapping[str, str],
    locale: str,
    yes_no: tuple[str, str],
    around: dict[str, Any] | None,
) -> Drawn:
    value = typed.get(item.name, "")
    kind: Kind = "text"
    options: list[tuple[str, str, bool]] = []
    if item.type == "date":
        kind = "date"
    elif item.type == "long_text":
        kind = "long"
    elif item.type == "yes_no":
        kind, options = "radio", [("ya", yes_no[0], value == "ya"), ("tidak", yes_no[1], value == "tidak")]
    elif item.options:
        kind = "boxes" if item.type == "choices" else "radio"
        offered = forms.offered(item, {}, around)
        chosen = value if isinstance(value, list) else [value]
        options = [(option.value, option.label.in_(locale), option.value in chosen) for option in offered]
    keyboard, fill = BY_NAME.get(item.name, (KEYBOARD.get(item.type, "text"), "tel" if item.type == "phone" else "off"))
    day, month, year = value.split("/") if isinstance(value, str) and value.count("/") == 2 else ("", "", "")
    return Drawn(
        name=item.name,
        kind=kind,
        label=item.label.in_(locale),
        hint=item.hint.in_(locale) if item.hint else "",
        value=str(value),
        required=item.required and not item.when,
        keyboard=keyboard,
        fill=fill,
        error=errors.get(item.name, ""),
        parts=(day, month, year),
        options=options,
    )


def typed_of(fields: Iterable[FormField], sent: Mapping[str, str]) -> dict[str, Any]:
    """What was typed by field name: a date's three parts with slashes, several choices as a list."""
    found: dict[str, Any] = {}
    for item in fields:
        parts = [sent.get(f"{item.name}.{part}", "").strip() for part in PARTS]
        plain = sent.get(item.name, "").strip()
        found[item.name] = "/".join(parts) if any(parts) else plain
        if item.type == "choices":
            found[item.name] = [line for line in plain.split("\n") if line]
    return found

"""What is known of a case as people read it: labels for names, words for codes, groups row by row."""

from collections.abc import Mapping
from typing import Any

from models.definitions.definition import Definition
from models.engine.explain import reason_words


def facts(definition: Definition, known: Mapping[str, Any], locale: str) -> list[tuple[str, Any]]:
    """The facts that people read, as (label, value); codes in values are in words, dates stay ISO text."""
    shown = []
    for name in definition.labels:
        value = known.get(name)
        if value not in (None, "", []):
            shown.append((str(definition.word(name, locale)), _in_words(definition, value, locale)))
    return shown


def answers(definition: Definition, written: Mapping[str, Any], locale: str) -> list[tuple[str, Any]]:
    """Personal answers of forms as (label, value)."""
    labels = {field.name: field.label.in_(locale) for form in definition.forms.values() for field in form.fields}
    return [(labels.get(name, name), _in_words(definition, value, locale)) for name, value in written.items()]


def _in_words(definition: Definition, value: Any, locale: str) -> Any:
    if isinstance(value, list):
        return [_row(definition, item, locale) if isinstance(item, dict) else _in_words(definition, item, locale) for item in value]
    return reason_words(definition, value, locale) if isinstance(value, str) and definition.word(value, locale) else value


def _row(definition: Definition, row: Mapping[str, Any], locale: str) -> str:
    """A row of a group: "Biaya: Bahan; Nilai sebulan: 20000"."""
    return "; ".join(f"{definition.word(name, locale) or name}: {_in_words(definition, value, locale)}" for name, value in row.items())

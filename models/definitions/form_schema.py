"""A form of a definition as JSON Schema, for whoever draws or fills it elsewhere."""

from typing import Any

from models.definitions.forms import MOST_ROWS, Variables, offered
from models.definitions.schema import Form, FormField
from models.definitions.typed import JSON_TYPE


def json_schema(form: Form, locale: str = "id", around: Variables | None = None) -> dict[str, Any]:
    """The form as JSON Schema; `x-…` keys are hints for whoever draws it.

    With what is known `around` it, options that cannot be chosen whatever is answered are left out.
    """
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": form.title.in_(locale),
        **_object(form.fields, locale, around),
    }


def _object(fields: list[FormField], locale: str, around: Variables | None) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {field.name: _described(field, locale, around) for field in fields},
        "required": [field.name for field in fields if field.required and not field.when],
        "additionalProperties": False,
    }


def _described(field: FormField, locale: str, around: Variables | None) -> dict[str, Any]:
    described = dict(JSON_TYPE[field.type]) | {"title": field.label.in_(locale), "x-type": field.type}
    if field.hint:
        described["description"] = field.hint.in_(locale)
    if field.options:
        _options(field, described, locale, around)
    if field.type == "group":
        described["items"] = _object(field.fields, locale, around)
        described |= {"minItems": int(field.min or 0), "maxItems": int(field.max or MOST_ROWS)}
    else:
        described |= {key: limit for key, limit in (("minimum", field.min), ("maximum", field.max)) if limit is not None}
    if field.when:
        described["x-when"] = field.when
    if field.section:
        described["x-section"] = field.section.in_(locale)
    if field.personal:
        described["x-personal"] = True
    return described


def _options(field: FormField, described: dict[str, Any], locale: str, around: Variables | None) -> None:
    there = offered(field, {}, around)
    shown = [option for option in field.options if option in there or "answers." in (option.when or "")]
    described["x-labels"] = {option.value: option.label.in_(locale) for option in shown}
    if any(option.when for option in shown):
        described["x-option-when"] = {option.value: option.when for option in shown if option.when}
    values = [option.value for option in shown]
    if field.type == "choices":
        described["items"] = described["items"] | {"enum": values}
    else:
        described["enum"] = values

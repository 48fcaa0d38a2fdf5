"""What differs between two definitions, in sentences."""

from typing import Any

from models.definitions.live import Bundle


def differences(old: Bundle, new: Bundle) -> list[str]:
    """One line for each thing that was added, removed or changed, by its path."""
    return _compare("", old.model_dump(mode="json", by_alias=True), new.model_dump(mode="json", by_alias=True))


def _compare(path: str, old: Any, new: Any) -> list[str]:
    if isinstance(old, dict) and isinstance(new, dict):
        found = []
        for key in sorted({*old, *new}):
            place = f"{path}.{key}" if path else key
            if key not in new:
                found.append(f"{place}: removed")
            elif key not in old:
                found.append(f"{place}: added")
            else:
                found += _compare(place, old[key], new[key])
        return found
    if isinstance(old, list) and isinstance(new, list) and _keyed(old) and _keyed(new):
        return _compare(path, {_key(item): item for item in old}, {_key(item): item for item in new})
    return [] if old == new else [f"{path}: {_short(old)} → {_short(new)}"]


def _keyed(items: list[Any]) -> bool:
    return bool(items) and all(isinstance(item, dict) and _key(item) for item in items)


def _key(item: dict[str, Any]) -> str:
    return str(item.get("stage") or item.get("name") if isinstance(item.get("stage") or item.get("name"), str) else item.get("id") or "")


def _short(value: Any) -> str:
    shown = str(value)
    return shown if len(shown) <= 60 else shown[:57] + "…"

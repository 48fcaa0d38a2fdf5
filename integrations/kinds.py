"""All kinds of partners by name."""

from integrations.contract import Kind
from integrations.partners import banking, channels, learning, licensing, messaging

KINDS: dict[str, Kind] = {module.KIND.name: module.KIND for module in (learning, licensing, channels, banking, messaging)}

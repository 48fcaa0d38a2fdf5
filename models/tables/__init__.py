"""All tables; importing this package registers them with SQLModel.metadata."""

from models.tables import case, definition, handoff, identity, operations, participant, public, task

__all__ = ["case", "definition", "handoff", "identity", "operations", "participant", "public", "task"]

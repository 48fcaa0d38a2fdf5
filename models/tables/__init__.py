"""All tables; importing this package registers them with SQLModel.metadata."""

from models.tables import beside, case, definition, handoff, identity, operations, participant, public, task

__all__ = ["beside", "case", "definition", "handoff", "identity", "operations", "participant", "public", "task"]

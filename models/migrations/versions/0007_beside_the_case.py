"""files of a case, drafts of forms, comments and whom they mention

Expand only: an older program writes notes without a kind.
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "attachment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), sa.ForeignKey("cases.id"), nullable=False),
        sa.Column("task_id", sa.Uuid(), nullable=True),
        sa.Column("step", sa.String(), nullable=True),
        sa.Column("field", sa.String(), nullable=True),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("name", sa.LargeBinary(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("author", sa.String(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_attachment_case_id"), "attachment", ["case_id"])
    # What is encrypted does not get smaller.
    op.execute("ALTER TABLE attachment ALTER COLUMN body SET STORAGE EXTERNAL")
    op.create_table(
        "task_draft",
        sa.Column("task_id", sa.Uuid(), sa.ForeignKey("task.id"), nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("task_version", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("task_id", "account"),
    )
    op.add_column("note", sa.Column("kind", sa.String(), server_default="note", nullable=False))
    op.create_table(
        "mention",
        sa.Column("note_id", sa.Uuid(), sa.ForeignKey("note.id", ondelete="CASCADE"), nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("note_id", "account"),
    )
    op.create_index("mention_unseen", "mention", ["account"], postgresql_where="seen_at is null")


def downgrade() -> None:
    op.drop_table("mention")
    op.drop_column("note", "kind")
    op.drop_table("task_draft")
    op.drop_table("attachment")

"""saved views; a search kept in its session; when a claimed task was last worked on; the most urgent tasks in their order

Expand only: new columns may be empty, and an older program goes on without them. The index is built under a lock on `task`
alone, which takes a second for a million tasks.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
OPEN = "state in ('open','claimed') and not held"


def upgrade() -> None:
    op.create_table(
        "task_view",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("programme", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("group_key", sa.String(), nullable=True),
        sa.Column("words", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("created_at", MOMENT, server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("task_view_owner", "task_view", ["programme", "owner"])
    op.add_column("sign_in", sa.Column("searches", sa.LargeBinary(), nullable=True))
    op.add_column("task", sa.Column("touched_at", MOMENT, nullable=True))
    op.create_index("task_claimed", "task", ["touched_at"], postgresql_where="state = 'claimed' and not held")
    urgency = [sa.text(part) for part in ("(not escalated)", "(-priority)", "(coalesce(due_at, 'infinity'))", "id")]
    op.create_index("task_urgency", "task", urgency, postgresql_where=OPEN)


def downgrade() -> None:
    op.drop_index("task_urgency", "task")
    op.drop_index("task_claimed", "task")
    op.drop_column("task", "touched_at")
    op.drop_column("sign_in", "searches")
    op.drop_table("task_view")

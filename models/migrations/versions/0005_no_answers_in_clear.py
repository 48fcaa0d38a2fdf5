"""answers kept for an Idempotency-Key are encrypted from now on; those in clear go

They are kept for seven days only, and what they answered guards itself: a command by its version, a registration by its NIK.
"""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("DELETE FROM idempotency_key")


def downgrade() -> None:
    op.execute("DELETE FROM idempotency_key")

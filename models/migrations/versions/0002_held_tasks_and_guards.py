"""held tasks leave the queues; message ids belong to their partner; a frozen week stays as it is

Expand only: an older program goes on working beside the new schema.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

WEEK_GUARD = (
    "CREATE FUNCTION weekly_update_is_frozen() RETURNS trigger LANGUAGE plpgsql AS"
    " $$ BEGIN RAISE EXCEPTION 'a frozen week stays as it is'; END $$",
    "CREATE TRIGGER weekly_update_guard BEFORE UPDATE OF programme, week, journal_position, content_hash, body, frozen_at OR DELETE"
    " ON weekly_update FOR EACH ROW EXECUTE FUNCTION weekly_update_is_frozen()",
)


def upgrade() -> None:
    op.add_column("task", sa.Column("held", sa.Boolean(), server_default=sa.text("false"), nullable=False))
    op.execute("UPDATE task SET held = true FROM cases c WHERE c.id = task.case_id AND c.status = 'on_hold'")
    op.add_column("partner_message", sa.Column("partner", sa.String(), server_default="", nullable=False))
    op.execute("ALTER TABLE partner_message DROP CONSTRAINT partner_message_pkey, ADD PRIMARY KEY (partner, id)")
    for statement in WEEK_GUARD:
        op.execute(statement)


def downgrade() -> None:
    op.execute("DROP TRIGGER weekly_update_guard ON weekly_update")
    op.execute("DROP FUNCTION weekly_update_is_frozen")
    op.execute("ALTER TABLE partner_message DROP CONSTRAINT partner_message_pkey, ADD PRIMARY KEY (id)")
    op.drop_column("partner_message", "partner")
    op.drop_column("task", "held")

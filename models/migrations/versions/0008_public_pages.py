"""the public pages: one-time codes, sessions of participants, second numbers, counted attempts; numbers of staff

The number of a member of staff is known so that no code of a participant goes there.
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "one_time_code",
        sa.Column("flow_hash", sa.LargeBinary(), primary_key=True),
        sa.Column("case_id", sa.Uuid(), sa.ForeignKey("cases.id"), nullable=True),
        sa.Column("handoff_id", sa.Uuid(), nullable=True),
        sa.Column("code", sa.LargeBinary(), nullable=True),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("ix_one_time_code_case_id", "one_time_code", ["case_id"])
    op.create_index("ix_one_time_code_handoff_id", "one_time_code", ["handoff_id"])
    op.create_table(
        "participant_session",
        sa.Column("token_hash", sa.LargeBinary(), primary_key=True),
        sa.Column("case_id", sa.Uuid(), sa.ForeignKey("cases.id"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("ix_participant_session_case_id", "participant_session", ["case_id"])
    op.create_table(
        "other_number",
        sa.Column("number", sa.String(), primary_key=True),
        sa.Column("case_id", sa.Uuid(), sa.ForeignKey("cases.id"), nullable=False),
    )
    op.create_index("ix_other_number_case_id", "other_number", ["case_id"])
    op.create_table(
        "public_attempt",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("key_hash", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
    )
    op.create_index("public_attempt_counted", "public_attempt", ["what", "key_hash", "at"])
    op.create_index("participant_phone2", "participant", ["phone2"], postgresql_where="phone2 IS NOT NULL")
    op.execute("ALTER TABLE user_account ADD COLUMN IF NOT EXISTS phone varchar")
    op.execute("CREATE INDEX IF NOT EXISTS ix_user_account_phone ON user_account (phone)")


def downgrade() -> None:
    op.drop_index("ix_user_account_phone", "user_account", if_exists=True)
    op.execute("ALTER TABLE user_account DROP COLUMN IF EXISTS phone")
    op.drop_index("participant_phone2", "participant")
    for table in ("public_attempt", "other_number", "participant_session", "one_time_code"):
        op.drop_table(table)

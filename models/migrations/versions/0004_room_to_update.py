"""room for updates in place; one index for all that a week counts; held tasks are in no list's index

Rows of cases, tasks and positions are updated often while they are young: free space on their page keeps the new version
beside the old one, without new entries in every index. The index is not built concurrently: this is before the first release.
"""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

COUNTED = "type = 'case_opened' or type like 'stage\\_%'"


def upgrade() -> None:
    for table in ("cases", "task", "position"):
        op.execute(f"ALTER TABLE {table} SET (fillfactor = 80)")
    _list_indexes("state in ('open','claimed') and not held")
    op.create_index("journal_counted", "journal", ["position"], postgresql_where=COUNTED)
    op.drop_index("journal_stage_events", "journal")


def _list_indexes(which: str) -> None:
    op.drop_index("task_open", "task")
    op.create_index("task_open", "task", ["queue", "district", "due_at", "id"], postgresql_where=which)
    op.drop_index("task_due", "task")
    op.create_index("task_due", "task", ["due_at", "id"], postgresql_where=which)


def downgrade() -> None:
    _list_indexes("state in ('open','claimed')")
    op.create_index("journal_stage_events", "journal", ["type", "position"], postgresql_where="type like 'stage\\_%'")
    op.drop_index("journal_counted", "journal")
    for table in ("cases", "task", "position"):
        op.execute(f"ALTER TABLE {table} RESET (fillfactor)")

"""Drafts a migration from the tables on a throw-away database: `make migration MESSAGE="what changes"`."""

import sys
import tempfile
from pathlib import Path

from alembic import command

from models import schema
from models.embedded import Cluster


def draft(message: str) -> None:
    """Write the next revision; read it before you commit it: expand first, contract in a later release."""
    with tempfile.TemporaryDirectory(prefix="lkm", ignore_cleanup_errors=True) as folder:
        cluster = Cluster(Path(folder) / "d")
        cluster.start()
        try:
            cluster.create_database("langkah")
            schema.upgrade(cluster.url())
            script = schema.configuration(cluster.url())
            number = int(schema.head() or "0") + 1
            command.revision(script, message, autogenerate=True, rev_id=f"{number:04d}")
        finally:
            cluster.stop()


if __name__ == "__main__":
    draft(sys.argv[1])

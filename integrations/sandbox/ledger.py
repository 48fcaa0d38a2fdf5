"""The sandbox's own books: what it received, what it answered. Another party, so not in our database."""

import json
import sqlite3
import threading
import time
from pathlib import Path
from typing import Any

SCHEMA = """
CREATE TABLE IF NOT EXISTS orders (
  key TEXT PRIMARY KEY, kind TEXT NOT NULL, handoff TEXT NOT NULL, message TEXT NOT NULL, case_number TEXT NOT NULL,
  reference TEXT NOT NULL, callback_url TEXT NOT NULL, received_at REAL NOT NULL, times INTEGER NOT NULL DEFAULT 1);
CREATE TABLE IF NOT EXISTS answers (
  id TEXT PRIMARY KEY, key TEXT NOT NULL, body TEXT NOT NULL, due_at REAL NOT NULL, delivered_at REAL, tries INTEGER
  NOT NULL DEFAULT 0);
CREATE INDEX IF NOT EXISTS answers_due ON answers (due_at) WHERE delivered_at IS NULL;
"""


class Ledger:
    """A durable ledger in one SQLite file."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._db = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._db.row_factory = sqlite3.Row
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=FULL")
        self._db.executescript(SCHEMA)
        self._lock = threading.Lock()

    def enter(self, kind: str, order: dict[str, Any], answers: list[tuple[str, dict[str, Any], float]]) -> str:
        """Enter an order and the answers it will get; the same key changes nothing. Returns the reference."""
        reference = f"{kind[:3].upper()}-{order['key'][:13]}"
        with self._lock:
            self._db.execute("BEGIN IMMEDIATE")
            new = self._db.execute(
                "INSERT INTO orders (key, kind, handoff, message, case_number, reference, callback_url, received_at)"
                " VALUES (?,?,?,?,?,?,?,?) ON CONFLICT (key) DO UPDATE SET times = times + 1 RETURNING times",
                (order["key"], kind, order["handoff"], order["message"], order["case_number"], reference,
                 order["callback_url"], time.time()),
            ).fetchone()["times"] == 1  # fmt: skip
            if new:
                for answer_id, body, delay in answers:
                    row = (answer_id, order["key"], json.dumps(body), time.time() + delay)
                    self._db.execute("INSERT OR IGNORE INTO answers (id, key, body, due_at) VALUES (?,?,?,?)", row)
            self._db.execute("COMMIT")
        return reference

    def find(self, key: str) -> str | None:
        """The reference of an order, None when it never arrived."""
        with self._lock:
            row = self._db.execute("SELECT reference FROM orders WHERE key = ?", (key,)).fetchone()
        return str(row["reference"]) if row else None

    def due(self, limit: int = 50) -> list[dict[str, Any]]:
        """Answers whose time has come and that the other side has not taken yet."""
        with self._lock:
            rows = self._db.execute(
                "SELECT a.id, a.body, a.tries, o.callback_url, o.kind FROM answers a JOIN orders o USING (key)"
                " WHERE a.delivered_at IS NULL AND a.due_at <= ? ORDER BY a.due_at LIMIT ?",
                (time.time(), limit),
            ).fetchall()
        return [dict(row) for row in rows]

    def delivered(self, answer_id: str) -> None:
        """The other side took an answer."""
        with self._lock:
            self._db.execute("UPDATE answers SET delivered_at = ? WHERE id = ?", (time.time(), answer_id))

    def later(self, answer_id: str, seconds: float) -> None:
        """Try an answer again after so many seconds."""
        with self._lock:
            self._db.execute("UPDATE answers SET due_at = ?, tries = tries + 1 WHERE id = ?", (time.time() + seconds, answer_id))

    def orders(self, kind: str | None = None) -> list[dict[str, Any]]:
        """Everything that was received, for reconciliation."""
        with self._lock:
            rows = self._db.execute(
                "SELECT o.*, (SELECT body FROM answers a WHERE a.key = o.key ORDER BY due_at DESC LIMIT 1) AS answer"
                " FROM orders o WHERE ? IS NULL OR kind = ? ORDER BY received_at",
                (kind, kind),
            ).fetchall()
        return [dict(row) for row in rows]

"""What readers think of answers, and questions the plan did not answer: a small SQLite file.

No name, address or session is kept, numbers that could be a person's (telephone, identity card) are blanked,
and entries are deleted when they are older than the setting says.
"""

import json
import re
import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bot.web.conversation import Turn

REASONS = ("answer", "source", "missing")
MAX_REMARK = 500
MAX_QUESTION = 1000
_DAY = 86400.0
_PERSONAL = re.compile(
    r"\d{17}[\dXx]|\d{15}|(?<!\d)1[3-9]\d{9}(?!\d)|(?<!\d)0\d{2,3}-?\d{7,8}(?!\d)|[A-Za-z0-9._+-]+@[A-Za-z0-9-]+\.[A-Za-z0-9.-]+"
)
_SCHEMA = """
CREATE TABLE IF NOT EXISTS feedback (
  id INTEGER PRIMARY KEY, at REAL NOT NULL, rating TEXT NOT NULL, reasons TEXT NOT NULL, remark TEXT NOT NULL,
  question TEXT NOT NULL, history TEXT NOT NULL, status TEXT NOT NULL, answer TEXT NOT NULL,
  sources TEXT NOT NULL, version TEXT NOT NULL, settings TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS unanswered (
  question TEXT PRIMARY KEY, status TEXT NOT NULL, first REAL NOT NULL, last REAL NOT NULL,
  times INTEGER NOT NULL);
"""


@dataclass(frozen=True)
class Entry:
    """One reader's word on one answer; `at` is in seconds since 1970."""

    id: int
    at: float
    rating: str
    reasons: tuple[str, ...]
    remark: str
    question: str
    history: tuple[str, ...]
    status: str
    answer: str
    sources: tuple[str, ...]


@dataclass(frozen=True)
class Unanswered:
    """A question that was refused, how often, and when last."""

    question: str
    status: str
    last: float
    times: int


class FeedbackStore:
    """The file of feedback; safe to use from several threads and processes.

    Args:
        path: the SQLite file, made when first written to.
        days: how long an entry is kept; 0 keeps nothing at all.
        version: of the program and index, kept with every entry.
        settings: that shape answers, as text, kept with every entry.
    """

    def __init__(self, path: Path, days: int, version: str = "", settings: str = "") -> None:
        self.path = path
        self.days = days
        self.version = version
        self.settings = settings

    def add(self, turn: Turn, rating: str, history: Sequence[str] = ()) -> int | None:
        """Keep a rating ("good" or "bad") of a turn; returns its number, None if nothing is kept."""
        if not self.days:
            return None
        sources = [f"{source.place}：{source.quote}" for source in turn.sources]
        values = (
            time.time(), rating, "[]", "", blank(turn.question)[:MAX_QUESTION],
            _json([blank(question) for question in history]), turn.status, turn.text, _json(sources),
            self.version, self.settings,
        )  # fmt: skip
        with self._open() as db:
            self._forget(db)
            marks = ",".join("?" * len(values))
            columns = "at,rating,reasons,remark,question,history,status,answer,sources,version,settings"
            return db.execute(f"INSERT INTO feedback ({columns}) VALUES ({marks})", values).lastrowid

    def explain(self, id: int, reasons: Sequence[str], remark: str) -> None:
        """Add to a rating why it was given."""
        known = [reason for reason in REASONS if reason in reasons]
        with self._open() as db:
            db.execute(
                "UPDATE feedback SET reasons = ?, remark = ? WHERE id = ?",
                (_json(known), blank(remark.strip())[:MAX_REMARK], id),
            )

    def remove(self, id: int) -> None:
        """Take a rating back."""
        with self._open() as db:
            db.execute("DELETE FROM feedback WHERE id = ?", (id,))

    def add_unanswered(self, question: str, status: str) -> None:
        """Count a question that the plan did not answer."""
        if not self.days:
            return
        now = time.time()
        with self._open() as db:
            self._forget(db)
            db.execute(
                "INSERT INTO unanswered VALUES (?, ?, ?, ?, 1) ON CONFLICT (question) DO UPDATE"
                " SET status = excluded.status, last = excluded.last, times = times + 1",
                (blank(question)[:MAX_QUESTION], status, now, now),
            )

    def entries(self, rating: str | None = None, most: int = 500) -> list[Entry]:
        """The newest entries, all or those of a rating."""
        if not self.path.exists():
            return []
        with self._open() as db:
            self._forget(db)
            rows = db.execute(
                "SELECT id, at, rating, reasons, remark, question, history, status, answer, sources"
                " FROM feedback WHERE ? IS NULL OR rating = ? ORDER BY at DESC, id DESC LIMIT ?",
                (rating, rating, most),
            ).fetchall()
        return [
            Entry(
                i,
                at,
                rated,
                tuple(json.loads(why)),
                remark,
                question,
                tuple(json.loads(history)),
                status,
                answer,
                tuple(json.loads(sources)),
            )
            for i, at, rated, why, remark, question, history, status, answer, sources in rows
        ]

    def unanswered(self, most: int = 500) -> list[Unanswered]:
        """Refused questions, the most frequent first."""
        if not self.path.exists():
            return []
        with self._open() as db:
            self._forget(db)
            rows = db.execute(
                "SELECT question, status, last, times FROM unanswered ORDER BY times DESC, last DESC LIMIT ?",
                (most,),
            ).fetchall()
        return [Unanswered(*row) for row in rows]

    def _forget(self, db: sqlite3.Connection) -> None:
        before = time.time() - self.days * _DAY
        db.execute("DELETE FROM feedback WHERE at < ?", (before,))
        db.execute("DELETE FROM unanswered WHERE last < ?", (before,))

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        db = sqlite3.connect(self.path, timeout=5)
        try:
            db.executescript(_SCHEMA)
            with db:
                yield db
        finally:
            db.close()


def blank(text: str) -> str:
    """`text` with telephone and identity numbers and mail addresses replaced by 「＊＊＊」."""
    text = text.encode("utf-8", "replace").decode()  # SQLite takes no half of a surrogate pair
    return _PERSONAL.sub("＊＊＊", text)


def _json(value: Sequence[str]) -> str:
    return json.dumps(list(value), ensure_ascii=False)

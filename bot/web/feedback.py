"""What readers think of answers, and questions the plan did not answer: a small SQLite file.

No name, address or session is kept, numbers that could be a person's (telephone, identity card) are blanked,
and entries are deleted when they are older than the setting says. A file that is locked, damaged or cannot be
written to costs no reader an answer: counts wait in memory, a damaged file is put aside.
"""

import json
import logging
import re
import sqlite3
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from bot.web.conversation import Turn
from bot.web.retention import SCHEMA, Clock, day_of, forget
from prompts import wording

_log = logging.getLogger(__name__)

REASONS = ("answer", "source", "missing")
MAX_REMARK = 500
MAX_QUESTION = 1000
MAX_HISTORY = 20  # earlier questions kept beside one
MAX_SOURCES = 50
MAX_ANSWER = 20_000  # characters; what a browser sends back as an answer may be anything
_PATIENCE = 5.0  # seconds to wait for another process that is writing
_HASTE = 0.3  # the same while a reader waits for the answer
_WAITING = 1000  # counts kept in memory while the file cannot be written to
_PERSONAL = re.compile(
    r"\d{17}[\dXx]|\d{15}|(?<!\d)1[3-9]\d{9}(?!\d)|(?<!\d)0\d{2,3}-?\d{7,8}(?!\d)|(?<![A-Za-z0-9._+-])[A-Za-z0-9._+-]++@[A-Za-z0-9-]+\.[A-Za-z0-9.-]+"
)
_SCHEMA = (
    """
CREATE TABLE IF NOT EXISTS feedback (
  id INTEGER PRIMARY KEY, at REAL NOT NULL, rating TEXT NOT NULL, reasons TEXT NOT NULL, remark TEXT NOT NULL,
  question TEXT NOT NULL, history TEXT NOT NULL, status TEXT NOT NULL, answer TEXT NOT NULL,
  sources TEXT NOT NULL, version TEXT NOT NULL, settings TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS unanswered (
  question TEXT PRIMARY KEY, status TEXT NOT NULL, first REAL NOT NULL, last REAL NOT NULL,
  times INTEGER NOT NULL);
"""
    + SCHEMA
)


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
        self._waiting: list[tuple[str, str]] = []  # question, status
        self._waiting_lock = threading.Lock()

    def add(self, turn: Turn, rating: str, history: Sequence[str] = ()) -> int | None:
        """Keep a rating ("good" or "bad") of a turn; returns its number, None if nothing is kept."""
        if not self.days:
            return None
        earlier = [_short(question, MAX_QUESTION) for question in history[-MAX_HISTORY:]]
        sources = [f"{source.place}：{source.quote}"[:MAX_ANSWER] for source in turn.sources[:MAX_SOURCES]]
        values = (
            rating, "[]", "", _short(turn.question, MAX_QUESTION),
            _json(earlier), turn.status, turn.text[:MAX_ANSWER], _json(sources),
            self.version, self.settings,
        )  # fmt: skip
        with self._open() as db:
            clock = self._day(db)
            marks = ",".join("?" * (len(values) + 1))
            columns = "at,rating,reasons,remark,question,history,status,answer,sources,version,settings"
            return db.execute(
                f"INSERT INTO feedback ({columns}) VALUES ({marks})", (clock.stamp, *values)
            ).lastrowid

    def explain(self, id: int, reasons: Sequence[str], remark: str) -> None:
        """Add to a rating why it was given."""
        known = [reason for reason in REASONS if reason in reasons]
        with self._open() as db:
            db.execute(
                "UPDATE feedback SET reasons = ?, remark = ? WHERE id = ?",
                (_json(known), _short(remark.strip(), MAX_REMARK), id),
            )

    def remove(self, id: int) -> None:
        """Take a rating back."""
        with self._open() as db:
            db.execute("DELETE FROM feedback WHERE id = ?", (id,))

    def add_unanswered(self, question: str, status: str) -> None:
        """Count a question that the plan did not answer.

        Raises:
            sqlite3.Error, OSError: it could not be written; it is counted with the next one that can.
        """
        if not self.days:
            return
        with self._waiting_lock:
            self._waiting = [*self._waiting, (_short(question, MAX_QUESTION), status)][-_WAITING:]
        with self._open(_HASTE) as db:
            self._count(db, self._day(db).stamp)

    def entries(self, rating: str | None = None, most: int = 500) -> list[Entry]:
        """The newest entries, all or those of a rating."""
        if not self.path.exists():
            return []
        with self._open() as db:
            self._tidy(db)
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
            self._tidy(db)
            rows = db.execute(
                "SELECT question, status, last, times FROM unanswered ORDER BY times DESC, last DESC LIMIT ?",
                (most,),
            ).fetchall()
        return [Unanswered(*row) for row in rows]

    def _day(self, db: sqlite3.Connection) -> Clock:
        clock = day_of(db, time.time())
        forget(db, clock, self.days)
        return clock

    def _tidy(self, db: sqlite3.Connection) -> None:
        # What lies in a read-only folder can be read all the same.
        with suppress(sqlite3.OperationalError):
            self._count(db, self._day(db).stamp)

    def _count(self, db: sqlite3.Connection, at: float) -> None:
        with self._waiting_lock:
            counted = self._waiting
            db.executemany(
                "INSERT INTO unanswered VALUES (?, ?, ?, ?, 1) ON CONFLICT (question) DO UPDATE"
                " SET status = excluded.status, last = excluded.last, times = times + 1",
                [(question, status, at, at) for question, status in counted],
            )
            db.commit()
            self._waiting = []

    @contextmanager
    def _open(self, patience: float = _PATIENCE) -> Iterator[sqlite3.Connection]:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        if self.path.exists() and _damaged(self.path):
            aside = self.path.with_name(f"{self.path.name}.damaged-{time.strftime('%Y%m%d-%H%M%S')}")
            for end in ("", "-wal", "-journal"):  # what recovers a file goes with it
                with suppress(FileNotFoundError):
                    Path(f"{self.path}{end}").replace(f"{aside}{end}")
            _log.error("%s", wording("web_feedback.damaged", file=self.path.name, aside=aside.name))
        with closing(sqlite3.connect(self.path, timeout=patience)) as db:
            with suppress(sqlite3.OperationalError):  # locked or read-only: told below if it matters
                db.executescript(_SCHEMA)
            with db:
                yield db


def _damaged(path: Path) -> bool:
    """Whether a file is no SQLite database, or one that has been torn; a locked one is not."""
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, timeout=_HASTE)) as db:
            (result,) = db.execute("PRAGMA quick_check(1)").fetchone()
            return bool(result != "ok")
    except sqlite3.OperationalError:  # locked, or may not be read
        return False
    except sqlite3.DatabaseError:
        return True


def blank(text: str) -> str:
    """`text` with telephone and identity numbers and mail addresses replaced by 「＊＊＊」."""
    text = text.encode("utf-8", "replace").decode()  # SQLite takes no half of a surrogate pair
    return _PERSONAL.sub("＊＊＊", text)


def _short(text: str, most: int) -> str:
    # Blanked before it is cut, or half a number would be left; but not all of a megabyte.
    return blank(text[: most * 2])[:most]


def _json(value: Sequence[str]) -> str:
    return json.dumps(list(value), ensure_ascii=False)

"""The plans in one SQLite file: catalogue, sources, vectors, and the full text of all passages (FTS5).

The full text is indexed by pairs of neighbouring characters in order, so that a phrase of pairs finds exactly
what stands in a text, however a segmenter would cut it; figures and Latin words are whole. SQLite changes the
rows of one plan in one transaction: a reader sees a plan as it was or as it is, never half of it.
"""

import json
import sqlite3
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from llama_index.core.schema import TextNode

from ingest.library.catalogue import PlanEntry
from ingest.terms import RUN, normalise

_COMMON = 0.05  # share of all passages from which a word tells little of where to look
_FEWEST = 3  # rarest words looked for where all are that common
_SCHEMA = """
CREATE TABLE IF NOT EXISTS plans (
  key TEXT PRIMARY KEY, title TEXT, region TEXT, level TEXT, period TEXT, names TEXT,
  version TEXT, stamp TEXT, passages INTEGER, questions INTEGER,
  raw BLOB, enrichment BLOB, vectors BLOB
);
CREATE TABLE IF NOT EXISTS passages (
  number INTEGER PRIMARY KEY, plan TEXT, id TEXT, kind TEXT, place TEXT, head TEXT, text TEXT, start INTEGER
);
CREATE INDEX IF NOT EXISTS passages_of ON passages (plan, id);
CREATE VIRTUAL TABLE IF NOT EXISTS pairs USING fts5 (
  marks, content = '', tokenize = "unicode61 remove_diacritics 0 tokenchars '.+&/-%'"
);
CREATE VIRTUAL TABLE IF NOT EXISTS pair_counts USING fts5vocab (pairs, 'row');
"""


@dataclass(frozen=True)
class StoredPlan:
    """A plan as the library holds it.

    Attributes:
        entry: its place in the catalogue.
        version: what it was made of (source, questions, code, encoder), as `index_fingerprint` says it.
        stamp: size and time of its files when they were read, by which a change is noticed without reading.
        passages: how many it has.
        questions: how many questions were written for them.
    """

    entry: PlanEntry
    version: str
    stamp: str
    passages: int
    questions: int


@dataclass(frozen=True)
class Found:
    """A passage found in some plan: `start` is its position in the plan's cleaned text."""

    plan: str
    passage_id: str
    kind: str
    place: str
    head: str
    text: str
    start: int
    score: float = 0.0


class WordStore:
    """The SQLite file; a connection is opened for each use, so that threads share none.

    Args:
        path: of the file; it is made if it is not there and `writable` is set.
        writable: whether it may be changed.
    """

    def __init__(self, path: Path, *, writable: bool = False) -> None:
        self.path = path
        self.writable = writable
        if writable:
            with closing(self._connect()) as connection:
                connection.executescript(_SCHEMA)

    @property
    def finished(self) -> bool:
        """Whether the last build came to its end, so that the vectors are those of the catalogue."""
        with self._reading() as connection:
            (flag,) = connection.execute("PRAGMA user_version").fetchone()
        return bool(flag)

    def mark(self, *, finished: bool) -> None:
        """Say that a build begins to change things, or that it came to its end."""
        with closing(self._connect()) as connection, connection:
            connection.execute(f"PRAGMA user_version = {int(finished)}")

    def plans(self) -> dict[str, StoredPlan]:
        """The plans by key, in the order of the keys."""
        columns = "key, title, region, level, period, names, version, stamp, passages, questions"
        with self._reading() as connection:
            rows = connection.execute(f"SELECT {columns} FROM plans ORDER BY key").fetchall()
        found = {}
        for key, title, region, level, period, names, *rest in rows:
            entry = PlanEntry(key, title, region, level, period, tuple(json.loads(names)))
            found[key] = StoredPlan(entry, *rest)
        return found

    def content(self, key: str) -> tuple[str, bytes, np.ndarray]:
        """The source text of a plan, its file of questions, and the vectors: passages, then questions.

        Raises:
            KeyError: there is no such plan.
        """
        with self._reading() as connection:
            row = connection.execute(
                "SELECT raw, enrichment, vectors, passages + questions FROM plans WHERE key = ?", (key,)
            ).fetchone()
        if row is None:
            raise KeyError(key)
        vectors = np.frombuffer(row[2], dtype=np.float32).reshape(row[3], -1)
        return zlib.decompress(row[0]).decode(), zlib.decompress(row[1]), vectors

    def replace(
        self,
        plan: StoredPlan,
        raw: str,
        enrichment: bytes,
        nodes: Sequence[TextNode],
        vectors: np.ndarray,
    ) -> None:
        """Put a plan in the place of what stood under its key, in one transaction.

        Args:
            plan: what the catalogue says of it.
            raw: its source text.
            enrichment: its file of questions; empty if it has none.
            nodes: its passages.
            vectors: of the passages, then of the questions.
        """
        entry = plan.entry
        with closing(self._connect()) as connection, connection:
            connection.execute("BEGIN IMMEDIATE")
            _remove(connection, entry.key)
            connection.execute(
                f"INSERT INTO plans VALUES ({','.join('?' * 13)})",
                (
                    *(entry.key, entry.title, entry.region, entry.level, entry.period),
                    *(json.dumps(entry.names, ensure_ascii=False), plan.version, plan.stamp),
                    *(plan.passages, plan.questions),
                    *(zlib.compress(raw.encode()), zlib.compress(enrichment)),
                    np.ascontiguousarray(vectors, dtype=np.float32).tobytes(),
                ),
            )
            (last,) = connection.execute("SELECT coalesce(max(number), 0) FROM passages").fetchone()
            rows = [_row(last + i, entry.key, node) for i, node in enumerate(nodes, 1)]
            connection.executemany(f"INSERT INTO passages VALUES ({','.join('?' * 8)})", rows)
            connection.executemany(
                "INSERT INTO pairs (rowid, marks) VALUES (?, ?)",
                ((row[0], " ".join(pairs(f"{row[5]}\n{row[6]}"))) for row in rows),
            )

    def describe(self, plan: StoredPlan) -> None:
        """Change what the catalogue says of a plan, its passages left as they are."""
        entry = plan.entry
        with closing(self._connect()) as connection, connection:
            connection.execute(
                "UPDATE plans SET title=?, region=?, level=?, period=?, names=?, stamp=? WHERE key=?",
                (
                    *(entry.title, entry.region, entry.level, entry.period),
                    *(json.dumps(entry.names, ensure_ascii=False), plan.stamp, entry.key),
                ),
            )

    def remove(self, key: str) -> None:
        """Take a plan out; one that is not there is no error."""
        with closing(self._connect()) as connection, connection:
            connection.execute("BEGIN IMMEDIATE")
            _remove(connection, key)

    def ranked(self, words: Iterable[str], plans: Sequence[str] | None, most: int) -> list[Found]:
        """The passages that hold `words` best by BM25; words that very many passages hold are left out.

        Args:
            words: as in a question.
            plans: keys of the plans to look in; None for all.
            most: how many at most, best first.
        """
        with self._reading() as connection:
            wanted = self._telling([word for word in dict.fromkeys(words) if _marks(word)], connection)
            if not wanted:
                return []
            return _found(connection, " OR ".join(map(_phrase, wanted)), plans, most)

    def holding(self, words: Iterable[str], plans: Sequence[str] | None, most: int) -> list[Found]:
        """The passages in which all of `words` stand, best first by BM25."""
        wanted = [word for word in dict.fromkeys(words) if _marks(word)]
        if not wanted:
            return []
        with self._reading() as connection:
            return _found(connection, " AND ".join(map(_phrase, wanted)), plans, most)

    def counted(self, words: Iterable[str], plans: Sequence[str] | None = None) -> dict[str, int]:
        """In how many passages of each plan all of `words` stand; plans without one are left out."""
        wanted = [word for word in dict.fromkeys(words) if _marks(word)]
        if not wanted:
            return {}
        only = "AND p.plan IN (SELECT value FROM json_each(?))" if plans is not None else ""
        given = [
            " AND ".join(map(_phrase, wanted)),
            *([json.dumps(list(plans))] if plans is not None else []),
        ]
        with self._reading() as connection:
            rows = connection.execute(
                f"""SELECT p.plan, count(*) FROM pairs AS f JOIN passages AS p ON p.number = f.rowid
                    WHERE pairs MATCH ? {only} GROUP BY p.plan""",
                given,
            )
            return dict(rows.fetchall())

    def passages(self, ids: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Found]:
        """Passages by (plan, passage id); those that are not there are left out."""
        columns = "plan, id, kind, place, head, text, start"
        found = {}
        with self._reading() as connection:
            for plan, passage_id in ids:
                row = connection.execute(
                    f"SELECT {columns} FROM passages WHERE plan = ? AND id = ?", (plan, passage_id)
                ).fetchone()
                if row:
                    found[plan, passage_id] = Found(*row)
        return found

    def check(self) -> str:
        """What is wrong with the file, or ""."""
        with self._reading() as connection:
            (result,) = connection.execute("PRAGMA quick_check(1)").fetchone()
        return "" if result == "ok" else str(result)

    def _telling(self, words: list[str], connection: sqlite3.Connection) -> list[str]:
        (total,) = connection.execute("SELECT coalesce(sum(passages), 0) FROM plans").fetchone()
        counted = sorted((self._count(word, connection), word) for word in words)
        telling = [word for count, word in counted if count <= max(_COMMON * total, 1)]
        return telling or [word for _, word in counted[:_FEWEST]]

    @staticmethod
    def _count(word: str, connection: sqlite3.Connection) -> int:
        """In how many passages a word may stand: as many as have its rarest pair."""
        marks = _marks(word)
        rows: Mapping[str, int] = dict(
            connection.execute(
                f"SELECT term, doc FROM pair_counts WHERE term IN ({','.join('?' * len(marks))})", marks
            )
        )
        return min(rows.get(mark, 0) for mark in marks)

    def _connect(self) -> sqlite3.Connection:
        mode = "rwc" if self.writable else "ro"
        return sqlite3.connect(f"{self.path.resolve().as_uri()}?mode={mode}", uri=True, timeout=30)

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        with closing(self._connect()) as connection:
            yield connection


def pairs(text: str) -> list[str]:
    """The pairs of neighbouring characters of `text` in order; figures and Latin words whole."""
    found: list[str] = []
    for run in RUN.findall(normalise(text)):
        if run[0] > "\u3400" and len(run) > 1:
            found += [run[i : i + 2] for i in range(len(run) - 1)]
        else:
            found.append(run)
    return found


def _marks(word: str) -> list[str]:
    """The pairs by which a word is looked for; none where it is a single character."""
    found = pairs(word)
    # A character left over beside a figure (年 of 「2025年」) is part of some pair in a text that goes on.
    for at in (0, -1):
        if found and len(found[at]) == 1 and found[at] > "\u3400":
            del found[at]
    return found


def _phrase(word: str) -> str:
    return '"' + " ".join(_marks(word)) + '"'


def _found(connection: sqlite3.Connection, query: str, plans: Sequence[str] | None, most: int) -> list[Found]:
    columns = "p.plan, p.id, p.kind, p.place, p.head, p.text, p.start"
    only = "AND p.plan IN (SELECT value FROM json_each(?))" if plans is not None else ""
    given: list[Any] = [query, *([json.dumps(list(plans))] if plans is not None else []), most]
    # The best rows first, their texts after: else SQLite would carry every text through the sort.
    rows = connection.execute(
        f"""WITH best AS (
              SELECT f.rowid AS number, bm25(pairs) AS score FROM pairs AS f
              {"JOIN passages AS p ON p.number = f.rowid" if only else ""}
              WHERE pairs MATCH ? {only} ORDER BY score LIMIT ?)
            SELECT {columns}, -best.score FROM best JOIN passages AS p ON p.number = best.number
            ORDER BY best.score""",
        given,
    )
    return [Found(*row) for row in rows]


def _row(number: int, key: str, node: TextNode) -> tuple[Any, ...]:
    metadata = node.metadata
    head = f"{metadata.get('title', '')} {metadata.get('lead', '')}".strip()
    place = (metadata["place"], head, node.text, metadata["start"])
    return (number, key, node.node_id, metadata["kind"], *place)


def _remove(connection: sqlite3.Connection, key: str) -> None:
    rows = connection.execute("SELECT number, head, text FROM passages WHERE plan = ?", (key,)).fetchall()
    # A table without content must be told what it had.
    connection.executemany(
        "INSERT INTO pairs (pairs, rowid, marks) VALUES ('delete', ?, ?)",
        ((number, " ".join(pairs(f"{head}\n{text}"))) for number, head, text in rows),
    )
    connection.execute("DELETE FROM passages WHERE plan = ?", (key,))
    connection.execute("DELETE FROM plans WHERE key = ?", (key,))

"""Building the library: every source of a folder whose plan is not in it as it stands, one after the other.

Each plan is put in whole and the catalogue changed last, so that a build may be stopped at any time: what is
in serves, and the next build goes on from there. A plan that cannot be read keeps no other one out.
"""

import hashlib
import shutil
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from llama_index.core.base.embeddings.base import BaseEmbedding
from llama_index.core.schema import MetadataMode

from ingest.enrichment import enrichment_path, read_enrichment, written_questions
from ingest.errors import IndexBuildError, JiwenError
from ingest.index import Progress, embedding_fingerprint, index_fingerprint, maker_fingerprint
from ingest.library.catalogue import entry_of, plan_files, read_notes
from ingest.library.library import VECTORS, WORDS, Library, version_name
from ingest.library.vectors import CHROMA_FILE, VectorStore
from ingest.library.words import StoredPlan, WordStore
from ingest.passages import plan_passages
from ingest.reader import read_plan, read_source
from ingest.settings import Settings

_LAYOUT = "1"  # of the files here; another number builds anew
_LOCK = "lock.sqlite3"


@dataclass
class Built:
    """What a build did: keys of plans put in or changed, left as they were, taken out; why others failed."""

    changed: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)


def open_library(
    settings: Settings, embedding: BaseEmbedding, progress: Progress | None = None, *, rebuild: bool = False
) -> tuple[Library, Built]:
    """Open the library of the settings' plans, building first what has changed.

    Args:
        settings: where the plans, the home plan and the data folder are.
        embedding: the encoder.
        progress: called as the build goes on.
        rebuild: build all of it anew.

    Raises:
        SettingsError: the folder of plans cannot be read, or its `plans.toml` is wrong.
        IndexBuildError: the library cannot be written, or another process is writing it.
    """
    folder = library_folder(settings, embedding)
    built = build_library(settings, embedding, progress, rebuild=rebuild)
    return Library(folder, embedding), built


def library_folder(settings: Settings, embedding: BaseEmbedding) -> Path:
    """Where the library is: each encoder has one, for its vectors cannot stand beside others."""
    made = hashlib.sha256(f"{_LAYOUT} {embedding_fingerprint(embedding)}".encode()).hexdigest()[:12]
    return settings.data / "library" / made


def library_sources(settings: Settings) -> dict[str, Path]:
    """The source texts by their keys: the folder's, and the home plan's."""
    files = plan_files(settings.plans) if settings.plans else {}
    return {**files, home_key(settings): settings.source}


def home_key(settings: Settings) -> str:
    """The key of the plan that is asked where a question names none."""
    return settings.source.stem


def build_library(
    settings: Settings, embedding: BaseEmbedding, progress: Progress | None = None, *, rebuild: bool = False
) -> Built:
    """Bring the library up to the sources; see `open_library`."""
    report = progress or (lambda what, done, total: None)
    folder = library_folder(settings, embedding)
    files = library_sources(settings)
    notes = read_notes(settings.plans) if settings.plans else {}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with _alone(folder):
            if rebuild:
                for path in (folder / WORDS, folder / f"{WORDS}-journal"):
                    path.unlink(missing_ok=True)
                shutil.rmtree(folder / VECTORS, ignore_errors=True)
            return _Builder(folder, embedding, notes).build(files, report)
    except JiwenError:
        raise
    except Exception as error:  # SQLite's and Chroma's own kinds, and the system's
        reason = error.strerror if isinstance(error, OSError) and error.strerror else error
        raise IndexBuildError(
            f"无法写入规划库 {folder}：{reason}。请检查磁盘空间和写入权限，或用设置 JIWEN_DATA 换一个文件夹；"
            "已经建好的规划不受影响。若文件已损坏，请运行 python -m ingest --rebuild 重建。"
        ) from error


class _Builder:
    def __init__(self, folder: Path, embedding: BaseEmbedding, notes: Mapping[str, dict[str, str]]) -> None:
        self.embedding = embedding
        self.notes = notes
        self.maker = maker_fingerprint(embedding)
        self.words = WordStore(folder / WORDS, writable=True)
        self.folder = folder / VECTORS
        self._vectors: VectorStore | None = None

    @property
    def vectors(self) -> VectorStore:
        """Opened only where something is to be changed: with a thousand plans it takes seconds."""
        if self._vectors is None:
            self._vectors = VectorStore(self.folder)
            self.words.mark(finished=False)
        return self._vectors

    def build(self, files: Mapping[str, Path], report: Callable[[str, int, int], None]) -> Built:
        built = Built()
        stored = self.words.plans()
        try:
            torn: set[str] = set()
            if not self.words.finished or not (self.folder / CHROMA_FILE).exists():
                # A killed build may have left vectors, or not come to some.
                torn = self.vectors.sweep({version_name(plan): plan.passages for plan in stored.values()})
            whole = {key: plan for key, plan in stored.items() if version_name(plan) not in torn}
            for key in sorted(set(stored) - set(files)):
                self._remove(stored[key])
                built.removed.append(key)
            for done, (key, source) in enumerate(files.items()):
                report("建立规划库", done, len(files))
                try:
                    changed = self._put(key, source, whole.get(key))
                except JiwenError as error:
                    built.failed[key] = str(error)
                    continue
                (built.changed if changed else built.kept).append(key)
            report("建立规划库", len(files), len(files))
            if self._vectors is not None:
                self.words.mark(finished=True)
        finally:
            if self._vectors is not None:
                self._vectors.close()
        return built

    def _put(self, key: str, source: Path, before: StoredPlan | None) -> bool:
        stamp = f"{self.maker} {_stamp(source)} {_stamp(enrichment_path(source))}"
        if before and before.stamp == stamp:
            self._describe(before, before.entry.title, stamp)
            return False
        raw = read_source(source)
        version = index_fingerprint(raw, source, self.embedding)
        if before and before.version == version:
            self._describe(before, read_plan(raw).title, stamp)
            return False
        plan = read_plan(raw)
        nodes = plan_passages(raw)
        extra = enrichment_path(source)
        enrichment = extra.read_bytes() if extra.exists() else b""
        entries = read_enrichment(enrichment, extra.name, nodes)
        asked = written_questions(nodes, entries)
        entry = entry_of(key, plan.title, self.notes.get(key))
        new = StoredPlan(entry, version, stamp, len(nodes), len(asked))
        texts = [node.get_content(MetadataMode.EMBED) for node in nodes]
        embedded = self.embedding.get_text_embedding_batch(texts)
        embedded += [self.embedding.get_query_embedding(question.text) for question in asked]
        vectors = np.asarray(embedded, dtype=np.float32)
        self.vectors.add(
            version_name(new),
            {"plan": key, "level": entry.level, "period": entry.period},
            [node.node_id for node in nodes],
            vectors[: len(nodes)],
        )
        self.words.replace(new, raw, enrichment, nodes, vectors)
        if before:
            self.vectors.remove(version_name(before), before.passages)
        return True

    def _describe(self, before: StoredPlan, title: str, stamp: str) -> None:
        """What is said of a plan may have changed where its text has not."""
        entry = entry_of(before.entry.key, title, self.notes.get(before.entry.key))
        if (entry, stamp) != (before.entry, before.stamp):
            self.words.describe(StoredPlan(entry, before.version, stamp, before.passages, before.questions))

    def _remove(self, stored: StoredPlan) -> None:
        self.words.remove(stored.entry.key)
        self.vectors.remove(version_name(stored), stored.passages)


def _stamp(path: Path) -> str:
    try:
        found = path.stat()
    except OSError:
        return "-"
    return f"{found.st_size}.{found.st_mtime_ns}"


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Hold the library for writing; SQLite's lock on a file goes with the process that holds it."""
    with closing(sqlite3.connect(folder / _LOCK, timeout=0, isolation_level=None)) as lock:
        try:
            lock.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as error:
            if "locked" not in str(error):
                raise
            raise IndexBuildError(
                "另一个程序正在建立规划库，请等它完成后重试；已经建好的规划照常可用。"
            ) from error
        yield
        lock.execute("ROLLBACK")

"""The index of a plan: the passages' vectors in Chroma, BM25 and the vectors of written questions beside it.

A manifest says what it was made of. An index is built in a folder of its own and gets its final name, which
is its fingerprint, by one rename: a killed build leaves nothing that could be taken for an index, and two
builds at once do no harm. The fingerprint covers the source, the questions for its passages, the code of this
package and the encoder, so a change of any of them builds anew.
"""

import hashlib
import json
import logging
import shutil
import time
import uuid
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from llama_index.core.base.embeddings.base import BaseEmbedding
from llama_index.core.schema import MetadataMode, TextNode

from ingest.building import BUILDING, building, clear, remains
from ingest.enrichment import (
    Enrichment,
    WrittenQuestion,
    enrichment_path,
    load_enrichment,
    written_questions,
)
from ingest.errors import IndexBuildError, NotAPlanError, VectorServerError
from ingest.exact import ExactVectors
from ingest.lexical import LexicalIndex
from ingest.models.build import embedding_from
from ingest.passages import plan_passages
from ingest.plan import Plan
from ingest.reader import read_plan, read_source
from ingest.settings import Settings
from ingest.sounds import Phrases, read_phrases, write_phrases
from ingest.terms import BIGRAM_MARK, normalise
from ingest.unanswered import load_unanswered, unanswered_path
from ingest.vector_server import open_on_server, prune_server, write_to_server
from ingest.vectors import open_vectors, read_vectors, write_vectors

_MANIFEST = "manifest.json"
_PASSAGES = "passages.jsonl"
_QUESTIONS = "questions.npy"
_UNANSWERED = "unanswered.npy"
_PHRASES = "phrases.json"
_CODE = Path(__file__).resolve().parent
_KEEP = 2  # index folders kept: the one in use and the last good one before it
_BATCH = 64  # passages embedded between two signs of progress
_ATTEMPTS = 3  # openings before giving up: a torn index is built anew, another process may build it too
_log = logging.getLogger(__name__)

Progress = Callable[[str, int, int], None]  # what is being done, steps done, steps in all


@dataclass(frozen=True)
class PlanIndex:
    """An open index: the plan, its passages and what finds them."""

    plan: Plan
    passages: tuple[TextNode, ...]
    enrichment: dict[str, Enrichment]
    lexical: LexicalIndex
    collection: Any  # chromadb.Collection of the passages, what can be asked like one, or ExactVectors
    questions: ExactVectors  # of the questions written for them; may be empty
    unanswered: ExactVectors  # of questions that the plan does not answer; may be empty
    embedding: BaseEmbedding
    manifest: dict[str, Any]
    built: bool  # whether this opening built it
    phrases: Phrases = field(default_factory=dict, repr=False)  # that spell its words; empty for any
    scratch: Any = field(default=None, repr=False)  # keeps a copy of the vectors from being cleared away
    held: ExactVectors | None = field(default=None, repr=False)  # those of `collection`, read into memory

    @cached_property
    def by_id(self) -> dict[str, TextNode]:
        """The passages by their id."""
        return {node.node_id: node for node in self.passages}

    @cached_property
    def positions(self) -> dict[str, int]:
        """Where each passage stands in the order, by its id."""
        return {node.node_id: i for i, node in enumerate(self.passages)}

    @cached_property
    def text(self) -> str:
        """The plan's text, normalised; a line is a paragraph."""
        return normalise(self.plan.text)

    @cached_property
    def kinds(self) -> np.ndarray:
        """The kinds of the passages, in their order."""
        return np.array([node.metadata["kind"] for node in self.passages])

    @cached_property
    def box_items(self) -> tuple[TextNode, ...]:
        """The items of the 专栏."""
        return tuple(node for node in self.passages if node.metadata["kind"] == "box_item")

    @cached_property
    def plain(self) -> tuple[tuple[str, str], ...]:
        """Of each passage, normalised: the name it stands under, and that with its text."""
        leads = [str(node.metadata.get("lead") or "") for node in self.passages]
        return tuple(
            (normalise(lead), normalise(f"{lead}{node.text}"))
            for lead, node in zip(leads, self.passages, strict=True)
        )

    @cached_property
    def written(self) -> tuple[WrittenQuestion, ...]:
        """The written questions in the order of `questions` and of the lexical index."""
        return tuple(written_questions(self.passages, self.enrichment))


def default_embedding() -> BaseEmbedding:
    """The shipped encoder."""
    from ingest.encoder import JiwenEmbedding

    return JiwenEmbedding()


def open_index(
    settings: Settings,
    embedding: BaseEmbedding | None = None,
    progress: Progress | None = None,
    *,
    rebuild: bool = False,
) -> PlanIndex:
    """Open the index of the settings' source, building it first if there is none that fits.

    Args:
        settings: where the source and the data folder are.
        embedding: the dense encoder; the one the settings choose if not given.
        progress: called as the build goes on.
        rebuild: build even if a fitting index is there.

    Raises:
        NotAPlanError: the source is no plan.
        IndexBuildError: the source cannot be read, or the data folder cannot be written.
        VectorServerError: the settings name a Chroma server, and it does not answer.
    """
    embedding = embedding or embedding_from(settings)
    raw = read_source(settings.source)
    fingerprint = index_fingerprint(raw, settings.source, embedding)
    if settings.chroma:
        fingerprint += "-server"  # its vectors are elsewhere
    folder = _indexes(settings) / fingerprint
    built = False
    for attempt in range(1, _ATTEMPTS + 1):
        if rebuild or not (folder / _MANIFEST).exists():
            _build(settings, raw, fingerprint, embedding, progress, replace=rebuild)
            built = True
        try:
            index = _load(folder, raw, settings, embedding, built=built)
            if built and settings.chroma:
                prune_server(settings.chroma, settings.source.name, keep=index.manifest["vectors"])
            return index
        except (NotAPlanError, VectorServerError):
            raise
        except Exception as error:  # whatever a torn file makes Chroma or numpy raise
            if attempt == _ATTEMPTS:
                raise IndexBuildError(f"索引无法打开（{folder}）：{error}。请检查磁盘后重试。") from error
            _log.warning("索引已损坏，正在重建：%s（%s）", folder, error)
            rebuild = True
    raise AssertionError("unreachable")


def index_fingerprint(raw: str, source: Path, embedding: BaseEmbedding) -> str:
    """What an index is made of, as 16 hexadecimal digits."""
    digest = hashlib.sha256(raw.encode())
    for extra in (enrichment_path(source), unanswered_path(source)):
        if extra.exists():
            digest.update(extra.name.encode() + extra.read_bytes())
    for path in sorted(_CODE.glob("*.py")):
        digest.update(path.name.encode() + path.read_bytes())
    digest.update(embedding_fingerprint(embedding).encode())
    return digest.hexdigest()[:16]


def maker_fingerprint(embedding: BaseEmbedding) -> str:
    """What makes indexes, whatever the source: the code of this package and the encoder."""
    digest = hashlib.sha256(embedding_fingerprint(embedding).encode())
    for path in sorted(_CODE.glob("*.py")):
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def embedding_fingerprint(embedding: BaseEmbedding) -> str:
    """Which encoder made the vectors: its own fingerprint if it has one, else its class and model name."""
    own = getattr(embedding, "fingerprint", None)
    return str(own) if own else f"{type(embedding).__name__}:{embedding.model_name}"


def _indexes(settings: Settings) -> Path:
    return settings.data / "indexes"


def _build(
    settings: Settings,
    raw: str,
    fingerprint: str,
    embedding: BaseEmbedding,
    progress: Progress | None,
    *,
    replace: bool,
) -> None:
    report = progress or (lambda what, done, total: None)
    home = _indexes(settings)
    mark = uuid.uuid4().hex[:8]  # several builds may go on at once, in one process too
    folder = home / f"{BUILDING}{fingerprint}-{mark}"
    try:
        with building(folder):
            _write(folder, raw, settings, fingerprint, embedding, report, anew=replace)
            final = home / fingerprint
            torn = final.exists() and not (final / _MANIFEST).exists()  # whoever lost it serves nobody
            if replace or torn:
                aside = home / f"{BUILDING}old-{fingerprint}-{mark}"
                with suppress(FileNotFoundError):  # another process may have put it aside
                    final.rename(aside)
                shutil.rmtree(aside, ignore_errors=True)
            try:
                folder.rename(final)
            except OSError:
                if not (final / _MANIFEST).exists():  # else another process was faster with the same index
                    raise
    except OSError as error:
        raise IndexBuildError(
            f"无法在 {home} 建立索引：{error.strerror or error}。请检查磁盘空间和写入权限，"
            "或用设置 JIWEN_DATA 换一个文件夹；原有索引未受影响。"
        ) from error
    _prune(home, keep=fingerprint)


def _write(
    folder: Path,
    raw: str,
    settings: Settings,
    fingerprint: str,
    embedding: BaseEmbedding,
    report: Progress,
    *,
    anew: bool,
) -> None:
    report("读取规划文本", 0, 1)
    passages = plan_passages(raw)
    enrichment = load_enrichment(enrichment_path(settings.source), passages)
    report("读取规划文本", 1, 1)
    asked = [question.text for question in written_questions(passages, enrichment)]
    vain = load_unanswered(unanswered_path(settings.source))
    steps = len(passages) + len(asked) + len(vain)

    vectors: list[list[float]] = []
    for i in range(0, len(passages), _BATCH):
        batch = passages[i : i + _BATCH]
        vectors += embedding.get_text_embedding_batch(
            [node.get_content(MetadataMode.EMBED) for node in batch]
        )
        report("计算语义向量", len(vectors), steps)
    dimensions = len(vectors[0]) if vectors else 0
    question_vectors = np.empty((len(asked) + len(vain), dimensions), dtype=np.float32)
    for k, text in enumerate((*asked, *vain)):  # as questions, not as texts: people's are compared with them
        question_vectors[k] = embedding.get_query_embedding(text)
        report("计算语义向量", len(passages) + k + 1, steps)
    report("写入向量库", 0, 1)
    if settings.chroma:
        name = write_to_server(
            settings.chroma, fingerprint, settings.source.name, passages, vectors, anew=anew
        )
    else:
        name = write_vectors(folder, passages, vectors)
    digest = ExactVectors(question_vectors[: len(asked)]).save(folder / _QUESTIONS)
    vain_digest = ExactVectors(question_vectors[len(asked) :]).save(folder / _UNANSWERED)
    report("写入向量库", 1, 1)
    report("建立词语索引", 0, 1)
    lexical = LexicalIndex.build(passages, enrichment, vain)
    lexical.save(folder / "lexical")
    write_phrases(folder / _PHRASES, _spelt(raw, passages, lexical))
    report("建立词语索引", 1, 1)
    with (folder / _PASSAGES).open("w", encoding="utf-8") as file:
        for node in passages:
            file.write(node.to_json() + "\n")
    manifest = {
        "fingerprint": fingerprint,
        "source_sha256": hashlib.sha256(raw.encode()).hexdigest(),
        "passages": len(passages),
        "enriched": len(enrichment),
        "questions": len(asked),
        "questions_sha256": digest,
        "unanswered": len(vain),
        "unanswered_sha256": vain_digest,
        "dimensions": dimensions,
        "embedding": embedding_fingerprint(embedding),
        "vectors": name,
        "files": _sizes(folder),
    }
    # The manifest comes last: a folder that has one is whole.
    (folder / _MANIFEST).write_text(json.dumps(manifest, ensure_ascii=False, indent=1), encoding="utf-8")


def _spelt(raw: str, passages: Sequence[TextNode], lexical: LexicalIndex) -> list[str]:
    """What of a plan may be asked for in pinyin, or with characters of the same sound."""
    words = [term for term in lexical.idf if not term.startswith(BIGRAM_MARK)]
    terms = [form for term in read_plan(raw).terms for form in (term.name, *term.aliases)]
    heads = [str(node.metadata.get(key) or "") for node in passages for key in ("lead", "title")]
    return [*words, *terms, *heads]


def _load(folder: Path, raw: str, settings: Settings, embedding: BaseEmbedding, *, built: bool) -> PlanIndex:
    manifest = json.loads((folder / _MANIFEST).read_text(encoding="utf-8"))
    torn = [name for name, size in manifest["files"].items() if _size(folder / name) < size]
    if torn:
        raise IndexBuildError(f"索引的文件不完整：{'、'.join(torn)}")
    lines = (folder / _PASSAGES).read_text(encoding="utf-8").splitlines()
    passages = tuple(TextNode.from_json(line) for line in lines)
    lexical = LexicalIndex.load(folder / "lexical")
    counts = {"passages": len(passages), "lexical": len(lexical.ids)}
    if set(counts.values()) != {manifest["passages"]}:
        raise IndexBuildError(f"索引各部分的数量不一致：{counts}，应为 {manifest['passages']}")
    questions, unanswered = (
        ExactVectors.load(folder / name, manifest[part], manifest[f"{part}_sha256"])
        for part, name in (("questions", _QUESTIONS), ("unanswered", _UNANSWERED))
    )
    held = None  # a server is asked each time: it tells by not answering that it is gone
    if settings.chroma:
        vectors = open_on_server(settings.chroma, manifest["vectors"], manifest["passages"])
    else:
        vectors = open_vectors(folder / manifest["vectors"], manifest["passages"])
        held = read_vectors(vectors.passages, [node.node_id for node in passages])
    return PlanIndex(
        plan=read_plan(raw),
        passages=passages,
        enrichment=load_enrichment(enrichment_path(settings.source), passages),
        lexical=lexical,
        collection=vectors.passages,
        questions=questions,
        unanswered=unanswered,
        embedding=embedding,
        manifest=manifest,
        built=built,
        phrases=read_phrases(folder / _PHRASES),
        scratch=vectors.scratch,
        held=held,
    )


def _sizes(folder: Path) -> dict[str, int]:
    # Chroma writes to its files when they are opened, but they never become shorter: a shorter one is torn.
    return {
        str(path.relative_to(folder)): _size(path) for path in sorted(folder.rglob("*")) if path.is_file()
    }


def _size(path: Path) -> int:
    return path.stat().st_size if path.is_file() else -1


def _prune(home: Path, keep: str) -> None:
    others = [path for path in home.iterdir() if path.name != keep]
    whole = sorted((path for path in others if (path / _MANIFEST).exists()), key=_changed, reverse=True)
    for path in [*whole[_KEEP - 1 :], *remains(home)]:
        clear(path)


def _changed(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except FileNotFoundError:  # another process has just cleared it away
        return time.time()

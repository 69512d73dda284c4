"""The library: many plans in one index, each opened as an index of its own, and searched together."""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import cached_property
from pathlib import Path

import numpy as np
from llama_index.core.base.embeddings.base import BaseEmbedding

from ingest.enrichment import enrichment_path, read_enrichment, written_questions
from ingest.errors import IndexBuildError
from ingest.exact import ExactVectors
from ingest.index import PlanIndex
from ingest.lexical import LexicalIndex
from ingest.library.catalogue import PlanEntry
from ingest.library.vectors import VectorStore
from ingest.library.words import Found, StoredPlan, WordStore
from ingest.passages import plan_passages
from ingest.reader import read_plan

WORDS = "plans.sqlite3"
VECTORS = "chroma"
_RANK = 60  # of reciprocal rank fusion (Cormack et al. 2009)
_LOOK = 200  # passages that each of words and vectors proposes


class Library:
    """The plans of one folder; safe to use from several threads.

    Args:
        folder: what `build_library` made.
        embedding: the encoder that it was made with.
    """

    def __init__(self, folder: Path, embedding: BaseEmbedding) -> None:
        self.folder = folder
        self.embedding = embedding
        self.words = WordStore(folder / WORDS)
        self.stored = self.words.plans()

    @property
    def entries(self) -> tuple[PlanEntry, ...]:
        """The catalogue, by key."""
        return tuple(stored.entry for stored in self.stored.values())

    @cached_property
    def vectors(self) -> VectorStore:
        """The vectors, opened when they are first needed."""
        return VectorStore(self.folder / VECTORS)

    def index(self, key: str) -> PlanIndex:
        """Open one plan as an index: the same passages, words and vectors as if it had one to itself.

        Raises:
            KeyError: there is no such plan.
            IndexBuildError: its part of the library is damaged.
        """
        stored = self.stored[key]
        raw, enrichment, vectors = self.words.content(key)
        nodes = tuple(plan_passages(raw))
        entries = read_enrichment(enrichment, enrichment_path(Path(f"{key}.txt")).name, nodes)
        asked = written_questions(nodes, entries)
        if (len(nodes), len(asked)) != (stored.passages, stored.questions):
            raise IndexBuildError(
                f"规划库中《{stored.entry.title}》与这一版程序不符。请运行 python -m ingest 更新规划库。"
            )
        return PlanIndex(
            plan=read_plan(raw),
            passages=nodes,
            enrichment=entries,
            lexical=LexicalIndex.build(nodes, entries),
            collection=ExactVectors(vectors[: len(nodes)]),
            questions=ExactVectors(vectors[len(nodes) :]),
            unanswered=ExactVectors(np.zeros((0, 0))),
            embedding=self.embedding,
            manifest={
                "fingerprint": stored.version,
                "passages": stored.passages,
                "questions": stored.questions,
            },
            built=False,
        )

    def search(
        self, text: str, words: Iterable[str], plans: Sequence[str] | None = None, most: int = 50
    ) -> list[Found]:
        """Passages of any plans for a question: words and vectors, fused by reciprocal rank.

        Args:
            text: the question, for the encoder.
            words: its informative words.
            plans: keys of the plans to look in; None for all.
            most: how many at most, best first.
        """
        by_words = self.words.ranked(words, plans, _LOOK)
        found = {(hit.plan, hit.passage_id): hit for hit in by_words}
        scores: dict[tuple[str, str], float] = {}
        for rank, hit in enumerate(by_words, 1):
            scores[hit.plan, hit.passage_id] = 1 / (_RANK + rank)
        near = self.near(text, plans)
        for rank, key in enumerate(near, 1):
            scores[key] = scores.get(key, 0.0) + 1 / (_RANK + rank)
        found |= self.words.passages(key for key in near if key not in found)
        best = sorted((key for key in scores if key in found), key=lambda key: -scores[key])[:most]
        return [replace(found[key], score=scores[key]) for key in best]

    def near(self, text: str, plans: Sequence[str] | None = None, most: int = _LOOK) -> list[tuple[str, str]]:
        """The passages nearest to a text by their vectors: (plan, passage id), nearest first."""
        vector = self.embedding.get_query_embedding(text)
        current = {key: version_name(stored) for key, stored in self.stored.items()}
        return [
            (plan, passage)
            for plan, version, passage, _ in self.vectors.nearest(vector, plans, most)
            if current.get(plan) == version
        ]

    def close(self) -> None:
        """Let go of the files."""
        with suppress(KeyError):
            self.__dict__["vectors"].close()


def version_name(stored: StoredPlan) -> str:
    """What a plan's vectors are filed under."""
    return f"{stored.entry.key}@{stored.version}"

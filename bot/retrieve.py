"""Retrieval: the one way by which chat, command line and evaluation find passages.

Every passage gets features (BM25 of each field, similarity of vectors, coverage of the question's informative
words, names, figures, years, places); a weighted sum ranks them. With some thousand passages all are scored,
which takes a few milliseconds; their vectors, which Chroma keeps, are compared in memory or by its server.
"""

import time
from collections.abc import Mapping
from functools import cached_property, lru_cache

import numpy as np
from llama_index.core.base.embeddings.base import BaseEmbedding
from llama_index.core.postprocessor.types import BaseNodePostprocessor
from llama_index.core.retrievers import BaseRetriever
from llama_index.core.schema import NodeWithScore, QueryBundle, TextNode

from bot.expand import query_terms
from bot.features import FEATURES, PassageFeatures
from bot.keys import KeyIndex, Keys
from bot.lexicon import load_data
from bot.period import short_name
from bot.question import Question, read_question
from bot.ranking import Ranking
from bot.rerank import reranked
from bot.written import Asked, Written
from ingest.exact import ExactVectors
from ingest.index import PlanIndex
from ingest.lexical import UNANSWERED, LexicalIndex
from ingest.plan import empty_plan
from ingest.vectors import HNSW

_CANDIDATES = 200  # nearest vectors asked for; the rest count as far as the last of them
_QUESTIONS = 64  # whose vectors are kept
_ELSEWHERE = 5.0  # more than most passages score: what the question points to comes first
_TABLE = 2.0  # taken off the table's rows where a question is about a city or another province
_BM25_LIMIT = 2.2  # k1 + 1: what BM25's term part tends to


class PlanRetriever(BaseRetriever):
    """Ranks the passages of an index for a question; a llama-index retriever like any other."""

    def __init__(
        self,
        index: PlanIndex,
        top_k: int = 10,
        weights: Mapping[str, float] | None = None,
        reranker: BaseNodePostprocessor | None = None,
        rerank_top: int = 20,
    ) -> None:
        """Rank the passages of `index`.

        Args:
            index: an open index.
            top_k: how many passages `retrieve` gives.
            weights: by feature name, in place of those of `ranking.toml`; 0 switches a feature off.
            reranker: puts the best passages in order last, if one is wanted.
            rerank_top: how many it is given.

        Raises:
            KeyError: `weights` names no feature.
        """
        super().__init__()
        self.reranker = reranker
        self.rerank_top = rerank_top
        self.index = index
        self.top_k = top_k
        self.weights = {name: float(value) for name, value in load_data("ranking.toml")["weights"].items()}
        for name, value in (weights or {}).items():
            if name not in FEATURES:
                raise KeyError(f"没有名为 {name!r} 的特征，可用的有：{'、'.join(FEATURES)}")
            self.weights[name] = float(value)
        self.keys = KeyIndex(index)
        self.written = Written(index.written)
        # Ranking and picking sentences want the same vector; so does a question asked again in parts.
        self.vector_of = lru_cache(_QUESTIONS)(self._vector_of)
        self.features = PassageFeatures(
            index.passages, index.lexical, index.enrichment, index.positions, short_name(index.plan.title)
        )

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        ranking = self.rank(read_question(query_bundle.query_str, self.characters))
        return [
            NodeWithScore(node=self.index.passages[i], score=float(ranking.scores[i]))
            for i in ranking.top(self.top_k)
        ]

    @cached_property
    def characters(self) -> frozenset[str]:
        """The characters the plan is written in."""
        return frozenset(self.index.plan.text)

    def rank(self, question: Question, keys: Keys | None = None) -> Ranking:
        """Score every passage for `question`; `keys` are what it names, looked up here if not given."""
        keys = keys if keys is not None else self.keys.find(question.text, question.box, question.content)
        timings: dict[str, float] = {}
        started = time.perf_counter()
        features, question_words, vain_words = self._lexical(question)
        timings["lexical"] = _since(started)
        started = time.perf_counter()
        features["dense"], question_cosines, vain_cosine = self._dense(question)
        asked = Asked(self.written, question_cosines, question_words)
        features["asked"] = asked.of_passages(len(self.index.passages))
        timings["dense"] = _since(started)
        started = time.perf_counter()
        features |= self.features.of(question, keys)
        total = np.zeros(len(self.index.passages), dtype=np.float32)
        for name, values in features.items():
            total += self.weights.get(name, 0.0) * values
        total += self._outside_of(question).astype(np.float32)
        vain = None if vain_cosine is None else (vain_cosine, vain_words)
        ranking = Ranking(np.argsort(-total, kind="stable"), total, features, timings, asked, vain)
        if self.reranker is not None:
            ranking = reranked(ranking, self.index.passages, question.asked, self.reranker, self.rerank_top)
        timings["rerank"] = _since(started)
        return ranking

    def position(self, passage_id: str) -> int:
        """Where a passage stands in the index's order."""
        return self.index.positions[passage_id]

    def _outside_of(self, question: Question) -> np.ndarray:
        """What is taken off outside the place in the plan, the period or the city that is meant."""
        apart = np.zeros(len(self.index.passages), dtype=np.float32)
        if question.inside or question.outside:  # the table is the province's
            apart += _TABLE * self.features.having("kind", ("indicator",))
        others = [period for period in question.periods if period != self.features.period]
        if others:
            held = self.features.holding_figure(others)
            apart += _ELSEWHERE * ~held * held.any()
        pointers = {"chapter": question.chapter, "section": question.section, "box": question.box}
        wanted = {key: number for key, number in pointers.items() if number is not None}
        if not wanted:
            return -apart
        elsewhere = ~np.all([self.features.having(key, (number,)) for key, number in wanted.items()], axis=0)
        return -apart - _ELSEWHERE * elsewhere * (not elsewhere.all())

    def _lexical(self, question: Question) -> tuple[dict[str, np.ndarray], np.ndarray, float]:
        """BM25 by field, that of the single written questions, and of the nearest unanswered one."""
        terms, weights = query_terms(question)
        lexical = self.index.lexical
        # As a share of what a passage could reach: every term of the question, often.
        ideal = (
            sum(w * lexical.idf.get(term, 0.0) for term, w in zip(terms, weights, strict=True)) * _BM25_LIMIT
        )
        found = {name: values / (ideal or 1.0) for name, values in lexical.scores(terms, weights).items()}
        single = found.get("questions", np.zeros(0, dtype=np.float32))
        if len(single):
            found["questions"] = lexical.best_questions(single)
        vain = found.pop(UNANSWERED, None)
        return found, single, 0.0 if vain is None else float(vain.max())

    def _dense(self, question: Question) -> tuple[np.ndarray, np.ndarray, float | None]:
        """The cosines of the passages, of the written questions, and of the nearest unanswered one."""
        vector = self.vector_of(question.text)
        vain = self.index.unanswered.cosines(vector, len(self.index.unanswered))
        return (
            self.passage_cosines(vector),
            self.index.questions.cosines(vector, _CANDIDATES),
            float(vain.max()) if len(vain) else None,
        )

    def _vector_of(self, text: str) -> np.ndarray:
        """The vector of a question's text."""
        own = getattr(self.index.embedding, "query_vector", None)  # the shipped encoder's short way
        if own is not None:
            vector: np.ndarray = own(text)
            return vector
        return np.asarray(self.index.embedding.get_query_embedding(text), dtype=np.float32)

    def passage_cosines(self, vector: np.ndarray) -> np.ndarray:
        """The cosine of each passage; all but the nearest count as far as the last of these."""
        collection = self.index.held or self.index.collection
        if isinstance(collection, ExactVectors):
            return collection.cosines(vector, _CANDIDATES)
        size = len(self.index.passages)
        if not size:
            return np.zeros(0, dtype=np.float32)
        found = collection.query(
            query_embeddings=[vector], n_results=min(_CANDIDATES, size), include=["distances"]
        )
        nearest = 1.0 - np.asarray(found["distances"][0], dtype=np.float32)
        similar = np.full(size, nearest[-1])
        similar[[self.index.positions[key] for key in found["ids"][0]]] = nearest
        return similar


def corpus_retriever(
    corpus: Mapping[str, str],
    embedding: BaseEmbedding | None = None,
    weights: Mapping[str, float] | None = None,
) -> PlanRetriever:
    """The same retriever over any texts, held in memory: no plan, no titles, no questions written for them.

    Args:
        corpus: texts by id.
        embedding: the dense encoder; the shipped one if not given.
        weights: as for `PlanRetriever`.
    """
    import chromadb

    from ingest.index import default_embedding

    embedding = embedding or default_embedding()
    nodes = tuple(
        TextNode(id_=key, text=text, metadata={"kind": "paragraph"}) for key, text in corpus.items()
    )
    vectors = embedding.get_text_embedding_batch([node.text for node in nodes])
    client = chromadb.EphemeralClient()
    name = f"corpus-{time.monotonic_ns()}"  # ephemeral clients share their collections
    collection = client.create_collection(name, configuration={"hnsw": HNSW}, embedding_function=None)
    for i in range(0, len(nodes), 2000):
        part = slice(i, i + 2000)
        collection.add(
            ids=[node.node_id for node in nodes[part]], embeddings=np.asarray(vectors[part], dtype=np.float32)
        )
    lexical = LexicalIndex.build(nodes, {})
    none = ExactVectors(np.zeros((0, 0)))
    index = PlanIndex(empty_plan(), nodes, {}, lexical, collection, none, none, embedding, {}, built=True)
    return PlanRetriever(index, weights=weights)


def _since(started: float) -> float:
    return (time.perf_counter() - started) * 1000


__all__ = ["FEATURES", "PlanRetriever", "Ranking", "corpus_retriever"]

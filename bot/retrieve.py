"""Retrieval: the one way by which chat, command line and evaluation find passages.

Every passage gets features (BM25 of each field, dense similarity, coverage of the question's informative
words, names, figures, years, places); a weighted sum ranks them. With fewer than a thousand passages all
are scored, which takes a few milliseconds; Chroma answers the dense part.
"""

import math
import re
import time
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from llama_index.core.retrievers import BaseRetriever
from llama_index.core.schema import NodeWithScore, QueryBundle, TextNode

from bot.expand import official_words, query_terms
from bot.keys import KeyIndex, Keys, loose
from bot.lexicon import load_data, places
from bot.question import Question, read_question
from ingest.index import PlanIndex
from ingest.terms import bigrams, normalise

FEATURES = (
    "text", "head", "questions", "keywords", "dense", "late", "coverage", "name", "number", "year", "place", "unit",
    "key", "term", "postscript", "outline",
)  # fmt: skip
_DENSE_CANDIDATES = 200


@dataclass(frozen=True)
class Ranking:
    """Passages in order with their scores and features, best first."""

    order: np.ndarray  # positions of passages, best first
    scores: np.ndarray  # score of every passage, in passage order
    features: dict[str, np.ndarray]
    timings: dict[str, float]

    def top(self, k: int) -> list[int]:
        """Positions of the best `k` passages."""
        return [int(i) for i in self.order[:k]]


class PlanRetriever(BaseRetriever):
    """Ranks a plan's passages for a question; a llama-index retriever like any other."""

    def __init__(self, index: PlanIndex, top_k: int = 10, weights: dict[str, float] | None = None) -> None:
        super().__init__()
        self.index = index
        self.top_k = top_k
        self.weights = {name: float(value) for name, value in (weights or load_data("ranking.toml")["weights"]).items()}
        self.keys = KeyIndex(index)
        self._position = {node.node_id: i for i, node in enumerate(index.passages)}

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        ranking = self.rank(read_question(query_bundle.query_str, self.characters))
        return [
            NodeWithScore(node=self.index.passages[i], score=float(ranking.scores[i])) for i in ranking.top(self.top_k)
        ]

    @cached_property
    def characters(self) -> frozenset[str]:
        """The characters the plan is written in."""
        return frozenset(self.index.plan.text)

    def rank(self, question: Question, keys: Keys | None = None) -> Ranking:
        """Score every passage for `question`; `keys` are what it names, looked up here if not given."""
        keys = keys if keys is not None else self.keys.find(question.text, question.box)
        timings: dict[str, float] = {}
        started = time.perf_counter()
        features = self._lexical(question)
        timings["lexical"] = _since(started)
        started = time.perf_counter()
        features["dense"] = self._dense(question)
        timings["dense"] = _since(started)
        started = time.perf_counter()
        features |= self._matches(question)
        features["key"] = self._named(keys)
        for kind in ("term", "postscript", "outline"):
            features[kind] = self._kind(kind)
        total = np.zeros(len(self.index.passages), dtype=np.float32)
        for name, values in features.items():
            total += self.weights.get(name, 0.0) * values
        timings["rerank"] = _since(started)
        return Ranking(np.argsort(-total, kind="stable"), total, features, timings)

    def position(self, passage_id: str) -> int:
        """Where a passage stands in the index's order."""
        return self._position[passage_id]

    def _lexical(self, question: Question) -> dict[str, np.ndarray]:
        terms, weights = query_terms(question)
        lexical = self.index.lexical
        # The most a passage could reach: every term there often (BM25's term part tends to k1 + 1).
        ideal = sum(w * lexical.idf.get(term, 0.0) for term, w in zip(terms, weights, strict=True)) * 2.2 or 1.0
        return {name: values / ideal for name, values in lexical.scores(terms, weights).items()}

    def _dense(self, question: Question) -> np.ndarray:
        vector = self.index.embedding.get_query_embedding(question.text)
        count = len(self.index.passages)
        found = self.index.collection.query(
            query_embeddings=[vector], n_results=min(_DENSE_CANDIDATES, count), include=["distances"]
        )
        similar = np.full(count, np.nan, dtype=np.float32)
        for passage_id, distance in zip(found["ids"][0], found["distances"][0], strict=True):
            similar[self._position[passage_id]] = 1.0 - distance
        lowest = np.nanmin(similar)
        return np.nan_to_num(similar, nan=lowest if math.isfinite(lowest) else 0.0)

    def _named(self, keys: Keys) -> np.ndarray:
        named = np.zeros(len(self.index.passages), dtype=np.float32)
        boxes = {box.number for box in keys.boxes}
        for i, node in enumerate(self.index.passages):
            if boxes and node.metadata.get("box") in boxes:
                named[i] = 0.6
        ids = [f"term.{term.number}" for term in keys.terms]
        ids += [f"ind.{indicator.number}" for indicator in keys.indicators]
        for passage_id in (*ids, *keys.items):
            named[self._position[passage_id]] = 1.0
        return named

    def _matches(self, question: Question) -> dict[str, np.ndarray]:
        count = len(self.index.passages)
        coverage = self.coverage(question)
        asked = loose(question.text)
        name = np.array([_name_share(lead, asked) for lead in self._leads], dtype=np.float32)
        number = np.zeros(count, dtype=np.float32)
        year = np.zeros(count, dtype=np.float32)
        place = np.zeros(count, dtype=np.float32)
        unit = np.zeros(count, dtype=np.float32)
        if question.numbers:
            number = np.array([_share(question.numbers, found) for found in self._numbers], dtype=np.float32)
        if question.years:
            year = np.array([_share(question.years, found) for found in self._numbers], dtype=np.float32)
        named = (*question.inside, *question.outside)
        if named:
            place = np.array([_place_share(named, found) for found in self._places], dtype=np.float32)
        if question.want and question.want.units:
            wanted = set(question.want.units)
            unit = np.array([float(bool(wanted & found)) for found in self._units], dtype=np.float32)
        return {"coverage": coverage, "name": name, "number": number, "year": year, "place": place, "unit": unit}

    def coverage(self, question: Question) -> np.ndarray:
        """For every passage, the share by idf of the question's informative words that it holds.

        A word is held if it stands in the passage or its fields; one the thesaurus explains is held for
        part of its weight if an official word stands there; else the share of its bigrams counts half.
        """
        idf, unknown = self.index.lexical.idf, self.index.lexical.unknown_idf
        total = np.zeros(len(self.index.passages), dtype=np.float32)
        weight_sum = 0.0
        for word in dict.fromkeys(question.content):
            weight = idf.get(word, unknown)
            weight_sum += weight
            held = self._holders(word).copy()
            official = official_words(word)
            for other in official:
                held = np.maximum(held, 0.7 * self._contains(other))
            total += weight * held
        return total / weight_sum if weight_sum else total

    def _holders(self, word: str) -> np.ndarray:
        held = self._contains(word)
        grams = bigrams(word)
        if len(grams) > 1:
            shares = [self._contains(gram[1:]) for gram in grams]
            held = np.maximum(held, 0.5 * np.mean(shares, axis=0))
        return held

    def _contains(self, word: str) -> np.ndarray:
        cached = self._contains_cache.get(word)
        if cached is None:
            own = np.fromiter((word in text for text in self._texts), dtype=np.float32, count=len(self._texts))
            extra = np.fromiter((word in text for text in self._extras), dtype=np.float32, count=len(self._texts))
            cached = np.maximum(own, 0.9 * extra)
            if len(self._contains_cache) < 20_000:
                self._contains_cache[word] = cached
        return cached

    @cached_property
    def _contains_cache(self) -> dict[str, np.ndarray]:
        return {}

    @cached_property
    def _texts(self) -> list[str]:
        return [normalise(f"{_head(node)}\n{node.text}") for node in self.index.passages]

    @cached_property
    def _extras(self) -> list[str]:
        found = []
        for node in self.index.passages:
            entry = self.index.enrichment.get(node.node_id)
            found.append(normalise("\n".join((*entry.questions, *entry.keywords))) if entry else "")
        return found

    @cached_property
    def _leads(self) -> list[tuple[str, ...]]:
        return [tuple(loose(name) for name in str(node.metadata.get("lead", "")).split("，") if name) for node in self.index.passages]

    @cached_property
    def _numbers(self) -> list[frozenset[str]]:
        return [frozenset(re.findall(r"\d+(?:\.\d+)?%?", node.text)) for node in self.index.passages]

    @cached_property
    def _places(self) -> list[frozenset[str]]:
        names = (*places().inside, *places().outside)
        return [frozenset(name for name in names if name in text) for text in self._texts]

    @cached_property
    def _units(self) -> list[frozenset[str]]:
        return [frozenset(_units_in(node)) for node in self.index.passages]

    def _kind(self, kind: str) -> np.ndarray:
        cached = self._kind_cache.get(kind)
        if cached is None:
            cached = np.array([node.metadata["kind"] == kind for node in self.index.passages], dtype=np.float32)
            self._kind_cache[kind] = cached
        return cached

    @cached_property
    def _kind_cache(self) -> dict[str, np.ndarray]:
        return {}


_UNIT = re.compile(r"\d(?:\.\d+)?(万亿元|亿元|万元|元|公里/小时|平方公里|公里|千米|万平方米|平方米|米|%|万人次|人次|万人|人|万亩|亩|万吨|吨|亿斤|斤|万千瓦|千瓦|兆瓦|亿立方米|万立方米|立方米|户|名|年|月|日)")


def _units_in(node: TextNode) -> list[str]:
    return _UNIT.findall(node.text)


def _head(node: TextNode) -> str:
    return f"{node.metadata.get('title', '')} {node.metadata.get('lead', '')}"


def _share(wanted: tuple[str, ...], found: frozenset[str]) -> float:
    return sum(value in found for value in wanted) / len(wanted)


def _place_share(named: tuple[str, ...], found: frozenset[str]) -> float:
    return _share(named, found) if found & set(named) else -0.5


def _name_share(names: tuple[str, ...], asked: str) -> float:
    """How much of a passage's name stands in the question: 1 for all of it, less for long parts of it."""
    best = 0.0
    for name in names:
        if len(name) < 3:
            continue
        if name in asked:
            return 1.0
        if len(name) >= 5:
            grams = {name[i : i + 2] for i in range(len(name) - 1)}
            share = sum(gram in asked for gram in grams) / len(grams)
            best = max(best, share * 0.8)
    return best


def _since(started: float) -> float:
    return (time.perf_counter() - started) * 1000


__all__ = ["FEATURES", "PlanRetriever", "Ranking"]

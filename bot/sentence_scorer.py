"""Which sentences answer a question: scores that can be compared over passages.

A weighted sum of signs; the weights stand in `[sentence]` of `ranking.toml`, fitted by `python -m eval fit`.
"""

from collections.abc import Callable, Mapping
from functools import lru_cache
from operator import mul
from typing import NamedTuple

import numpy as np
from llama_index.core.base.embeddings.base import BaseEmbedding
from llama_index.core.schema import TextNode

from bot.expand import official_words
from bot.question import Question
from bot.ranking import Ranking
from bot.sentences import Unit, has_figure, units_of
from bot.written import Written
from ingest.lexical import LexicalIndex
from ingest.terms import bigrams, normalise

SIGNS = (
    "passage", "asked_passage", "coverage", "met", "dense", "asked", "asked_words", "figure", "year",
)  # fmt: skip
_OFFICIAL = 0.7  # of a word's weight, where only an official word for it stands in the text
_QUESTIONS = 64  # whose words are kept
_IN_LEAD = 0.5  # where it stands only in the name over the text


class _Word(NamedTuple):
    """An informative word of a question, with its weight, its bigrams and the official words for it."""

    text: str
    weight: float
    grams: tuple[str, ...]
    official: tuple[str, ...]


class _Unit(NamedTuple):
    """What of a unit is the same for every question.

    Attributes:
        unit: itself.
        text: normalised.
        around: with the passage's lead and the questions written about it.
        about: the numbers of these questions.
    """

    unit: Unit
    text: str
    around: str
    about: tuple[int, ...]


class _Passage(NamedTuple):
    """A passage's units with their vectors, one row each, and its lead, normalised."""

    written: Written
    lead: str
    units: list[_Unit]
    vectors: np.ndarray


class SentenceScorer:
    """Scores the units of passages for a question.

    Args:
        lexical: whose idf weighs the words.
        embedding: gives the vectors of units.
        weights: by the names in `SIGNS`.
        vector_of: gives that of a question's text.
    """

    def __init__(
        self,
        lexical: LexicalIndex,
        embedding: BaseEmbedding,
        weights: Mapping[str, float],
        vector_of: Callable[[str], np.ndarray],
    ) -> None:
        self._idf = lexical.idf
        self._unknown = lexical.unknown_idf
        self._embedding = embedding
        self._weights = tuple(weights[name] for name in SIGNS)
        self._vector_of = vector_of
        self._passages: dict[str, _Passage] = {}  # by their ids: as many as there are
        # A question is held against many passages, one after the other.
        self._words = lru_cache(_QUESTIONS)(self._weighted)

    def score(self, question: Question, node: TextNode, position: int, ranking: Ranking) -> list[Unit]:
        """A passage's units in reading order with their scores.

        Args:
            question: as understood.
            node: the passage.
            position: its position in the ranking's arrays.
            ranking: of the passages for the question.
        """
        found = self._signs(question, node, position, ranking)
        return [
            Unit(read.unit.text, read.unit.span, sum(map(mul, self._weights, signs)))
            for read, signs in zip(
                self._read(node, position, ranking.asked.written).units, found, strict=True
            )
        ]

    def signs(
        self, question: Question, node: TextNode, position: int, ranking: Ranking
    ) -> list[dict[str, float]]:
        """What each unit of a passage has in common with the question, by the names in `SIGNS`."""
        found = self._signs(question, node, position, ranking)
        return [dict(zip(SIGNS, signs, strict=True)) for signs in found]

    def _signs(
        self, question: Question, node: TextNode, position: int, ranking: Ranking
    ) -> list[tuple[float, ...]]:
        """The signs of each unit in the order of `SIGNS`."""
        words = self._words(question.content)
        total = sum(word.weight for word in words) or 1.0
        passage = self._read(node, position, ranking.asked.written)
        if not passage.units:
            return []
        cosines = (passage.vectors @ self._vector_of(question.text)).tolist()
        score = float(ranking.scores[position] - ranking.scores.max())
        asked_passage = float(ranking.features["asked"][position])
        dense, in_words = ranking.asked.dense.item, ranking.asked.words.item
        found: list[tuple[float, ...]] = []
        for unit, cosine in zip(passage.units, cosines, strict=True):
            text, around = unit.text, unit.around
            held = met = 0.0
            for word in words:
                if word.text in text:
                    held += word.weight
                    met += word.weight
                else:
                    held += word.weight * _held(word, text, passage.lead)
                    met += word.weight * _met(word, around)
            found.append(
                (
                    score,
                    asked_passage,
                    held / total,
                    met / total,
                    cosine,
                    max(map(dense, unit.about), default=0.0),
                    max(map(in_words, unit.about), default=0.0),
                    _figure(question, text),
                    float(any(year in text for year in question.years)),
                )
            )
        return found

    def _read(self, node: TextNode, position: int, written: Written) -> "_Passage":
        found = self._passages.get(node.node_id)
        if found is None or found.written is not written:
            found = self._passages[node.node_id] = self._made(node, position, written)
        return found

    def _made(self, node: TextNode, position: int, written: Written) -> "_Passage":
        units = units_of(node)
        lead = normalise(str(node.metadata.get("lead") or ""))
        base = node.metadata["start"]
        read = []
        for unit in units:
            here = position, unit.span.start - base, unit.span.end - base
            text = normalise(unit.text)
            read.append(_Unit(unit, text, f"{text} {lead} {written.text(*here)}", written.about(*here)))
        return _Passage(written, lead, read, self._vectors([unit.text for unit in units]))

    def _vectors(self, texts: list[str]) -> np.ndarray:
        own = getattr(self._embedding, "text_vectors", None)  # the shipped encoder's short way
        vectors = own(texts) if own else self._embedding.get_text_embedding_batch(texts) if texts else []
        return np.asarray(vectors, dtype=np.float32)

    def _weighted(self, content: tuple[str, ...]) -> tuple[_Word, ...]:
        return tuple(
            _Word(
                word,
                self._idf.get(word, self._unknown),
                tuple(gram[1:] for gram in bigrams(word)),
                official_words(word),
            )
            for word in dict.fromkeys(content)
        )


def _held(word: _Word, text: str, lead: str) -> float:
    """How much of a word a text holds that does not have it whole; what the lead holds counts half."""
    grams = word.grams
    share = 0.5 * sum(gram in text for gram in grams) / len(grams) if len(grams) > 1 else 0.0
    return max(share, _official(word, text), _IN_LEAD if word.text in lead else 0.0)


def _met(word: _Word, text: str) -> float:
    """Whether a word stands in a text, itself or as an official one."""
    return 1.0 if word.text in text else _official(word, text)


def _official(word: _Word, text: str) -> float:
    for official in word.official:  # no generator: most words have none, and this is asked of every sentence
        if official in text:
            return _OFFICIAL
    return 0.0


def _figure(question: Question, text: str) -> float:
    """Where a figure is asked for outright: 1 if the text has one in the asked unit, -1 if not; else 0."""
    if not question.asks_figure or question.want is None:
        return 0.0
    return 1.0 if has_figure(text, question.want.units) else -1.0

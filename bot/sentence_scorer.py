"""Which sentences answer a question: scores that can be compared over passages.

A weighted sum of signs; the weights stand in `[sentence]` of `ranking.toml`, fitted by `python -m eval fit`.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from llama_index.core.base.embeddings.base import BaseEmbedding
from llama_index.core.schema import TextNode

from bot.expand import official_words
from bot.question import Question
from bot.ranking import Ranking
from bot.sentences import Unit, has_figure, units_of
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
        self._weights = weights
        self._vector_of = vector_of
        self._vectors: dict[str, np.ndarray] = {}  # of a passage's units, by its id: as many as there are
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
        units = units_of(node)
        return [
            Unit(unit.text, unit.span, sum(self._weights[name] * value for name, value in signs.items()))
            for unit, signs in zip(units, self._signs(question, node, units, position, ranking), strict=True)
        ]

    def signs(
        self, question: Question, node: TextNode, position: int, ranking: Ranking
    ) -> list[dict[str, float]]:
        """What each unit of a passage has in common with the question, by the names in `SIGNS`."""
        return self._signs(question, node, units_of(node), position, ranking)

    def _signs(
        self, question: Question, node: TextNode, units: Sequence[Unit], position: int, ranking: Ranking
    ) -> list[dict[str, float]]:
        words = self._words(question.content)
        total = sum(word.weight for word in words) or 1.0
        cosines = (self._unit_vectors(node.node_id, units) @ self._vector_of(question.text)).tolist()
        lead = normalise(str(node.metadata.get("lead") or ""))
        base = node.metadata["start"]
        whole = {
            "passage": float(ranking.scores[position] - ranking.scores.max()),
            "asked_passage": float(ranking.features["asked"][position]),
        }
        found = []
        for unit, cosine in zip(units, cosines, strict=True):
            start, end = unit.span.start - base, unit.span.end - base
            text = normalise(unit.text)
            around = f"{text} {lead} {ranking.asked.written.text(position, start, end)}"
            asked, asked_words = ranking.asked.near(position, start, end)
            found.append(
                whole
                | {
                    "coverage": sum(word.weight * _held(word, text, lead) for word in words) / total,
                    "met": sum(word.weight * _met(word, around) for word in words) / total,
                    "dense": cosine,
                    "asked": asked,
                    "asked_words": asked_words,
                    "figure": _figure(question, text),
                    "year": float(any(year in text for year in question.years)),
                }
            )
        return found

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

    def _unit_vectors(self, passage_id: str, units: Sequence[Unit]) -> np.ndarray:
        found = self._vectors.get(passage_id)
        if found is None:
            vectors = self._embedding.get_text_embedding_batch([unit.text for unit in units])
            found = self._vectors[passage_id] = np.asarray(vectors, dtype=np.float32)
        return found


def _held(word: _Word, text: str, lead: str) -> float:
    """How much of a word a text holds; what the lead holds counts half."""
    if word.text in text:
        return 1.0
    grams = word.grams
    share = 0.5 * sum(gram in text for gram in grams) / len(grams) if len(grams) > 1 else 0.0
    return max(share, _official(word, text), _IN_LEAD if word.text in lead else 0.0)


def _met(word: _Word, text: str) -> float:
    """Whether a word stands in a text, itself or as an official one."""
    return 1.0 if word.text in text else _official(word, text)


def _official(word: _Word, text: str) -> float:
    return _OFFICIAL if any(official in text for official in word.official) else 0.0


def _figure(question: Question, text: str) -> float:
    """Where a figure is asked for outright: 1 if the text has one in the asked unit, -1 if not; else 0."""
    if not question.asks_figure or question.want is None:
        return 0.0
    return 1.0 if has_figure(text, question.want.units) else -1.0

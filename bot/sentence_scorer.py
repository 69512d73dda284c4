"""Which sentences answer a question: scores that can be compared over passages.

A weighted sum of signs; the weights stand in `[sentence]` of `ranking.toml`, fitted by `python -m eval fit`.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache

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
_QUESTIONS = 64  # whose vectors are kept
_IN_LEAD = 0.5  # where it stands only in the name over the text


class SentenceScorer:
    """Scores the units of passages for a question.

    Args:
        lexical: whose idf weighs the words.
        embedding: compares question and unit.
        weights: by the names in `SIGNS`.
    """

    def __init__(self, lexical: LexicalIndex, embedding: BaseEmbedding, weights: Mapping[str, float]) -> None:
        self._idf = lexical.idf
        self._unknown = lexical.unknown_idf
        self._embedding = embedding
        self._weights = weights
        self._vectors: dict[str, np.ndarray] = {}
        # A question is held against many passages, one after the other.
        self._query = lru_cache(_QUESTIONS)(lambda text: np.array(embedding.get_query_embedding(text)))

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
            for unit, signs in zip(units, self.signs(question, node, position, ranking), strict=True)
        ]

    def signs(
        self, question: Question, node: TextNode, position: int, ranking: Ranking
    ) -> list[dict[str, float]]:
        """What each unit of a passage has in common with the question, by the names in `SIGNS`."""
        units = units_of(node)
        query = self._query(question.text)
        self._embed([unit.text for unit in units])
        lead = normalise(str(node.metadata.get("lead") or ""))
        base = node.metadata["start"]
        whole = {
            "passage": float(ranking.scores[position] - ranking.scores.max()),
            "asked_passage": float(ranking.features["asked"][position]),
        }
        found = []
        for unit in units:
            start, end = unit.span.start - base, unit.span.end - base
            text = normalise(unit.text)
            written = normalise("\n".join(asked for _, asked in ranking.asked.texts(position, start, end)))
            cosine, words = ranking.asked.near(position, start, end)
            found.append(
                whole
                | {
                    "coverage": self._coverage(question, text, lead),
                    "met": self._met(question, f"{text} {lead} {written}"),
                    "dense": float(query @ self._vectors[unit.text]),
                    "asked": cosine,
                    "asked_words": words,
                    "figure": _figure(question, text),
                    "year": float(any(year in text for year in question.years)),
                }
            )
        return found

    def _coverage(self, question: Question, text: str, lead: str) -> float:
        """The share by idf of the question's words in `text`; what the lead holds counts half."""

        def held(word: str) -> float:
            if word in text:
                return 1.0
            grams = bigrams(word)
            share = 0.5 * sum(gram[1:] in text for gram in grams) / len(grams) if len(grams) > 1 else 0.0
            return max(share, _official(word, text), _IN_LEAD if word in lead else 0.0)

        return self._share(question, held)

    def _met(self, question: Question, text: str) -> float:
        """The share by idf of the question's words that stand in `text`, themselves or as official ones."""
        return self._share(question, lambda word: 1.0 if word in text else _official(word, text))

    def _share(self, question: Question, held: Callable[[str], float]) -> float:
        words = dict.fromkeys(question.content)
        weights = {word: self._idf.get(word, self._unknown) for word in words}
        total = sum(weights.values())
        return sum(weight * held(word) for word, weight in weights.items()) / total if total else 0.0

    def _embed(self, texts: Sequence[str]) -> None:
        new = [text for text in texts if text not in self._vectors]
        if new:
            vectors = self._embedding.get_text_embedding_batch(new)
            self._vectors |= {text: np.array(vector) for text, vector in zip(new, vectors, strict=True)}


def _figure(question: Question, text: str) -> float:
    """Where a figure is asked for outright: 1 if the text has one in the asked unit, -1 if not; else 0."""
    if not question.asks_figure or question.want is None:
        return 0.0
    return 1.0 if has_figure(text, question.want.units) else -1.0


def _official(word: str, text: str) -> float:
    return _OFFICIAL if any(official in text for official in official_words(word)) else 0.0

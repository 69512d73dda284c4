"""Likeness word by word: how well each word of a question is matched by some word of a text.

Late interaction (Khattab & Zaharia 2020, ColBERT) over the static token vectors of the shipped encoder. An
encoder without token vectors has no such likeness; then every question counts as matched.
"""

from dataclasses import dataclass

import numpy as np
from llama_index.core.base.embeddings.base import BaseEmbedding

_LOW = 0.45  # cosine below which a word has no match


@dataclass(frozen=True)
class Match:
    """How well a question's words are matched.

    Attributes:
        mean: the best cosines of the words, weighted by their learned rarity.
        least: the lowest of them.
        low: the weight of the words without a match.
    """

    mean: float
    least: float
    low: float


def match(embedding: BaseEmbedding, question: str, text: str) -> Match:
    """Match the words of `question` with those of `text`."""
    tokens = getattr(embedding, "token_matrix", None)
    if tokens is None:
        return Match(1.0, 1.0, 0.0)
    vectors, weights = tokens(question, query=True)
    others, _ = tokens(text, query=False)
    if not len(vectors) or not len(others):
        return Match(0.0, 0.0, 1.0)
    best = (vectors @ others.T).max(axis=1)
    return Match(float(weights @ best), float(np.min(best)), float(weights[best < _LOW].sum()))

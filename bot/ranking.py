"""What retrieval finds: passages in order, with what their order rests on."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from bot.written import Asked


@dataclass(frozen=True)
class Ranking:
    """Passages in order with their scores and features; arrays are in the order of the passages."""

    order: np.ndarray  # positions of passages, best first
    scores: np.ndarray
    features: dict[str, np.ndarray]
    timings: dict[str, float]  # milliseconds by stage
    asked: Asked  # likeness to each question written for the passages
    vain: tuple[float, float] | None = None  # to the nearest unanswered question: cosine, share of words

    def top(self, k: int) -> list[int]:
        """Positions of the best `k` passages."""
        return [int(i) for i in self.order[:k]]

    def raised(self, positions: Sequence[int], by: float) -> "Ranking":
        """The same with `by` added to the scores of the passages at `positions`."""
        scores = self.scores.copy()
        scores[list(positions)] += by
        return replace(self, order=np.argsort(-scores, kind="stable"), scores=scores)

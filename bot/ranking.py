"""What retrieval finds: passages in order, with what their order rests on."""

from dataclasses import dataclass

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

    def top(self, k: int) -> list[int]:
        """Positions of the best `k` passages."""
        return [int(i) for i in self.order[:k]]

"""Which passage each written question is for, and a passage's best question out of the scores of them all."""

from collections.abc import Sequence

import numpy as np


class Owners:
    """The passages of the written questions.

    Args:
        passages: the position of each question's passage, in ascending order.

    Attributes:
        passages: the same, int32.
    """

    def __init__(self, passages: Sequence[int] | np.ndarray) -> None:
        self.passages = np.asarray(passages, dtype=np.int32)
        # Where each run of one passage begins: `np.maximum.at` over all questions takes five times as long.
        self._first = np.flatnonzero(np.diff(self.passages, prepend=-1))
        self._here = self.passages[self._first]

    def best(self, scores: np.ndarray, least: np.ndarray) -> np.ndarray:
        """For every passage the greatest score of its questions, but no less than `least`, which is changed.

        Args:
            scores: of the questions, in order.
            least: of the passages.
        """
        if len(self._first):
            least[self._here] = np.maximum(least[self._here], np.maximum.reduceat(scores, self._first))
        return least

"""How near a question is to the questions written for a passage and for its single sentences."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ingest.enrichment import WrittenQuestion


@dataclass(frozen=True)
class Asked:
    """A question's likeness to every written question; arrays are in the order of `written`.

    Attributes:
        written: the questions, by passage.
        owners: the position of each one's passage.
        dense: cosines; what is farther than the nearest hundreds counts as far as the last of them.
        words: BM25, as a share of what the question could reach.
    """

    written: Sequence[WrittenQuestion]
    owners: np.ndarray
    dense: np.ndarray
    words: np.ndarray

    def near(self, passage: int, start: int | None = None, end: int = 0) -> tuple[float, float]:
        """The greatest cosine and the greatest share of words among a passage's written questions.

        Args:
            passage: its position.
            start: with `end`, characters of the passage: then only questions about sentences that begin
                there count.
            end: the character after them.
        """
        found = [
            k
            for k in range(*self._range(passage))
            if start is None or ((at := self.written[k].at) is not None and start <= at < end)
        ]
        if not found:
            return 0.0, 0.0
        return float(self.dense[found].max()), float(self.words[found].max())

    def of_passages(self, count: int) -> np.ndarray:
        """For each of `count` passages the greatest cosine; where none was written, the least of any."""
        best = np.full(count, self.dense.min() if len(self.dense) else 0.0, dtype=np.float32)
        np.maximum.at(best, self.owners, self.dense)
        return best

    def nearest(self, passage: int) -> str:
        """The written question of a passage that is nearest to what is asked; empty if it has none."""
        first, last = self._range(passage)
        if first == last:
            return ""
        best = first + int(np.argmax(self.dense[first:last] + self.words[first:last]))
        return self.written[best].text

    def _range(self, passage: int) -> tuple[int, int]:
        return (
            int(np.searchsorted(self.owners, passage)),
            int(np.searchsorted(self.owners, passage, side="right")),
        )

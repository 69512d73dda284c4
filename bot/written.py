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
        found = self._about(passage, start, end)
        if not found:
            return 0.0, 0.0
        return float(self.dense[found].max()), float(self.words[found].max())

    def texts(self, passage: int, start: int, end: int) -> list[tuple[float, str]]:
        """Questions about the sentences of a passage between two characters, with their nearness."""
        return [
            (float(self.dense[k] + self.words[k]), self.written[k].text)
            for k in self._about(passage, start, end)
        ]

    def of_passages(self, count: int) -> np.ndarray:
        """For each of `count` passages the greatest cosine; where none was written, the least of any."""
        best = np.full(count, self.dense.min() if len(self.dense) else 0.0, dtype=np.float32)
        np.maximum.at(best, self.owners, self.dense)
        return best

    def _about(self, passage: int, start: int | None, end: int) -> list[int]:
        first = int(np.searchsorted(self.owners, passage))
        last = int(np.searchsorted(self.owners, passage, side="right"))
        return [
            k
            for k in range(first, last)
            if start is None or ((at := self.written[k].at) is not None and start <= at < end)
        ]

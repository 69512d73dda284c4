"""How near a question is to the questions written for a passage and for its single sentences."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from ingest.enrichment import WrittenQuestion
from ingest.owners import Owners
from ingest.terms import normalise

_CACHED = 8192  # sentences whose questions are remembered: a plan has some thousands


class Written:
    """The written questions of an index, by passage and by sentence.

    Args:
        questions: by passage, in the order of the index.
    """

    def __init__(self, questions: Sequence[WrittenQuestion]) -> None:
        self.questions = questions
        self.owners = Owners([question.passage for question in questions])
        self.about = lru_cache(_CACHED)(self._about)
        self.text = lru_cache(_CACHED)(self._text)

    def _about(self, passage: int, start: int | None = None, end: int = 0) -> tuple[int, ...]:
        """The numbers of the questions written for a passage.

        Args:
            passage: its position.
            start: with `end`, characters of the passage: then only questions about sentences that begin
                there count.
            end: the character after them.
        """
        first, last = np.searchsorted(self.owners.passages, (passage, passage + 1)).tolist()
        return tuple(
            k
            for k in range(first, last)
            if start is None or ((at := self.questions[k].at) is not None and start <= at < end)
        )

    def _text(self, passage: int, start: int, end: int) -> str:
        """The questions about the sentences between two characters as one normalised text."""
        return normalise("\n".join(self.questions[k].text for k in self.about(passage, start, end)))


@dataclass(frozen=True)
class Asked:
    """A question's likeness to every written question; arrays are in the order of `written`.

    Attributes:
        written: the questions.
        dense: cosines; what is farther than the nearest hundreds counts as far as the last of them.
        words: BM25, as a share of what the question could reach.
    """

    written: Written
    dense: np.ndarray
    words: np.ndarray

    def near(self, passage: int, start: int | None = None, end: int = 0) -> tuple[float, float]:
        """The greatest cosine and the greatest share of words among a passage's written questions.

        Args:
            passage: its position.
            start: with `end`, characters of the passage, as `Written.about` takes them.
            end: the character after them.
        """
        found = self.written.about(passage, start, end)
        if not found:
            return 0.0, 0.0
        return max(map(self.dense.item, found)), max(map(self.words.item, found))

    def texts(self, passage: int, start: int, end: int) -> list[tuple[float, str]]:
        """Questions about the sentences of a passage between two characters, with their nearness."""
        return [
            (float(self.dense[k] + self.words[k]), self.written.questions[k].text)
            for k in self.written.about(passage, start, end)
        ]

    def of_passages(self, count: int) -> np.ndarray:
        """For each of `count` passages the greatest cosine; where none was written, the least of any."""
        best = np.full(count, self.dense.min() if len(self.dense) else 0.0, dtype=np.float32)
        return self.written.owners.best(self.dense, best)

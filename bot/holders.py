"""Which passages hold a value (a figure, a place, a chapter's number) or a word, for all passages at once."""

from bisect import bisect_right
from collections.abc import Collection, Hashable, Iterable, Sequence
from functools import cached_property
from itertools import accumulate

import numpy as np

_END = "\x00"  # between texts: no word has it


class Holders:
    """An inverted index of values: where each stands.

    Args:
        held: the different values of each passage, in order.
    """

    def __init__(self, held: Iterable[Collection[Hashable]]) -> None:
        found: dict[Hashable, list[int]] = {}
        self._size = 0
        for i, values in enumerate(held):
            self._size = i + 1
            for value in values:
                found.setdefault(value, []).append(i)
        self._at = {value: np.array(at, dtype=np.int32) for value, at in found.items()}

    @cached_property
    def any(self) -> np.ndarray:
        """For every passage whether it holds any value at all."""
        return self.any_of(self._at)

    def any_of(self, wanted: Iterable[Hashable]) -> np.ndarray:
        """For every passage whether it holds any of these values."""
        found = np.zeros(self._size, dtype=bool)
        for value in wanted:
            if value in self._at:
                found[self._at[value]] = True
        return found

    def count_of(self, wanted: Iterable[Hashable]) -> np.ndarray:
        """For every passage how many of these values it holds."""
        found = np.zeros(self._size)
        for value in wanted:
            if value in self._at:
                found[self._at[value]] += 1
        return found


class JoinedTexts:
    """Texts searched as one, which is faster than one after the other.

    Args:
        texts: in order.
    """

    def __init__(self, texts: Sequence[str]) -> None:
        self._whole = _END.join([*texts, ""])
        self._ends = list(accumulate(len(text) + len(_END) for text in texts))

    def holding(self, word: str) -> list[int]:
        """The positions of the texts in which a word stands."""
        found = []
        at = self._whole.find(word) if word else -1
        while at >= 0:
            position = bisect_right(self._ends, at)
            found.append(position)
            at = self._whole.find(word, self._ends[position])
        return found

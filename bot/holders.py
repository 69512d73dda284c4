"""Which passages hold a value (a figure, a place, a chapter's number), for all passages at once."""

from collections.abc import Collection, Hashable, Iterable
from functools import cached_property

import numpy as np


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

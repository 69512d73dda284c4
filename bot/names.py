"""How much of each passage's name stands in a question, for all passages at once."""

from collections.abc import Sequence

import numpy as np

_SHORTEST = 3  # characters of a name that is looked for
_LONG = 5  # characters from which a part of a name counts
_PART = 0.8  # of a name, where all its bigrams stand in the question and it does not


class NameIndex:
    """The names of passages by their bigrams, so that a question is compared with those it shares some with.

    Args:
        names: for every passage its names, as `bot.keys.loose` leaves them.
    """

    def __init__(self, names: Sequence[Sequence[str]]) -> None:
        self._size = len(names)
        self._names: list[tuple[int, str, int]] = []  # passage, name, how many different bigrams it has
        self._holding: dict[str, list[int]] = {}  # of each bigram the names that have it
        for passage, own in enumerate(names):
            for name in own:
                if len(name) >= _SHORTEST:
                    grams = _bigrams(name)
                    for gram in grams:
                        self._holding.setdefault(gram, []).append(len(self._names))
                    self._names.append((passage, name, len(grams)))

    def shares(self, asked: str) -> np.ndarray:
        """For every passage: 1 if a name of its stands in `asked`, less for the bigrams of a long one."""
        shared: dict[int, int] = {}
        for gram in _bigrams(asked):
            for number in self._holding.get(gram, ()):
                shared[number] = shared.get(number, 0) + 1
        best = np.zeros(self._size, dtype=np.float32)
        for number, count in shared.items():
            passage, name, grams = self._names[number]
            if count == grams and name in asked:
                best[passage] = 1.0
            elif len(name) >= _LONG:
                best[passage] = max(best[passage], _PART * count / grams)
        return best


def _bigrams(text: str) -> set[str]:
    return {text[i : i + 2] for i in range(len(text) - 1)}

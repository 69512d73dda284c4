"""Names that stand in a text: of the thousand that a plan has, those it gives, the longest first."""

import re
from collections.abc import Iterable, Iterator
from typing import Generic, TypeVar

_T = TypeVar("_T")
_START = 2  # characters by which a name is looked up


class Names(Generic[_T]):
    """Names with what they mean, found in texts.

    Args:
        pairs: the names; where two overlap in a text, the one given first is taken.
    """

    def __init__(self, pairs: Iterable[tuple[str, _T]]) -> None:
        self._pairs = tuple(pairs)
        self._by_start: dict[str, list[int]] = {}
        for number, (name, _) in enumerate(self._pairs):
            self._by_start.setdefault(name[:_START], []).append(number)

    def __iter__(self) -> Iterator[tuple[str, _T]]:
        return iter(self._pairs)

    def find(self, text: str) -> tuple[_T, ...]:
        """What is named in `text`, in the order in which it stands."""
        taken: list[tuple[int, int]] = []
        found: list[tuple[int, _T]] = []
        for name, thing in self.standing(text):
            at = word_position(text, name)
            while at >= 0:
                end = at + len(name)
                same = any(a == at and b == end for a, b in taken)
                if same or all(end <= a or at >= b for a, b in taken):
                    taken.append((at, end))
                    found.append((at, thing))
                    break
                at = text.find(name, at + 1)
        found.sort(key=lambda pair: pair[0])
        unique: list[_T] = []
        for _, thing in found:
            if thing not in unique:
                unique.append(thing)
        return tuple(unique)

    def standing(self, text: str) -> list[tuple[str, _T]]:
        """The names whose characters stand in `text`, in the order given."""
        starts = {text[i : i + length] for i in range(len(text)) for length in range(1, _START + 1)}
        numbers = sorted(number for start in starts for number in self._by_start.get(start, ()))
        return [self._pairs[number] for number in numbers if self._pairs[number][0] in text]


def longest_first(pairs: Iterable[tuple[str, _T]]) -> list[tuple[str, _T]]:
    """Names without repetitions, the longest first."""
    return sorted(dict.fromkeys(pairs), key=lambda pair: -len(pair[0]))


def word_position(text: str, name: str) -> int:
    """Where a name first stands in `text`, or -1; one in Latin letters stands there only as a whole word."""
    if name.isascii():  # ppp, 311: not inside a longer number or word
        match = re.search(rf"(?<![a-z0-9.]){re.escape(name)}(?![a-z0-9.%])", text)
        return match.start() if match else -1
    return text.find(name)

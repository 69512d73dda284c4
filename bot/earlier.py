"""What the last answers told, for follow-ups like 「还有呢」: what was answered is not answered anew."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import NamedTuple

from bot.answer import Citation

_KEPT = 256  # answers: of as many conversations at once


class Told(NamedTuple):
    """The citations and the direct value of an answer."""

    citations: tuple[Citation, ...]
    value: str | None = None


class Earlier:
    """What the last questions in their conversations were told; safe to use from several threads.

    Args:
        most: answers that are remembered.
    """

    def __init__(self, most: int = _KEPT) -> None:
        self._most = most
        self._told: OrderedDict[tuple[str, ...], Told] = OrderedDict()
        self._lock = threading.Lock()

    def keep(self, question: str, history: Sequence[str], told: Told) -> None:
        """Remember the answer to a question.

        Args:
            question: cleaned.
            history: the questions before it, oldest first.
            told: what its answer told.
        """
        with self._lock:
            self._told[*history, question] = told
            self._told.move_to_end((*history, question))
            while len(self._told) > self._most:
                self._told.popitem(last=False)

    def told(self, question: str, history: Sequence[str], answer: Callable[[], Told]) -> Told:
        """What the answer to a question told; `answer` gives it where it is not remembered."""
        with self._lock:
            found = self._told.get((*history, question))
        if found is None:
            found = answer()
            self.keep(question, history, found)
        return found

"""Open engines of many plans: each opened when it is first asked, the longest unasked ones let go."""

import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.engine import Engine


class EnginePool:
    """Keeps the last used engines open; safe to use from several threads.

    Args:
        open_: opens the engine of a plan by its key.
        most: how many are kept open at most; one that is in use elsewhere goes when its answer is done.
    """

    def __init__(self, open_: Callable[[str], "Engine"], most: int) -> None:
        self._open = open_
        self._most = most
        self._engines: OrderedDict[str, Engine] = OrderedDict()
        self._lock = threading.Lock()
        self._opening: dict[str, threading.Lock] = {}

    def get(self, key: str) -> "Engine":
        """The engine of a plan, opened if it is not open.

        Raises:
            KeyError: there is no such plan.
            JiwenError: it cannot be opened.
        """
        engine = self._known(key)
        if engine is not None:
            return engine
        with self._lock:
            opening = self._opening.setdefault(key, threading.Lock())
        try:
            with opening:  # two questions for one plan open it once
                engine = self._known(key)
                if engine is None:
                    engine = self._open(key)
                    with self._lock:
                        self._engines[key] = engine
                        while len(self._engines) > self._most:
                            self._engines.popitem(last=False)
        finally:
            with self._lock:
                self._opening.pop(key, None)
        return engine

    @property
    def open_keys(self) -> tuple[str, ...]:
        """The plans that are open, the longest unasked first."""
        with self._lock:
            return tuple(self._engines)

    def _known(self, key: str) -> "Engine | None":
        with self._lock:
            engine = self._engines.get(key)
            if engine is not None:
                self._engines.move_to_end(key)
            return engine

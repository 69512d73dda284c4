"""Opening the engine in the background, so that the page is there before the index is."""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ingest.collector import collector_held
from ingest.errors import JiwenError, VectorServerError
from prompts import wording

if TYPE_CHECKING:
    from bot.engine import Engine

_log = logging.getLogger(__name__)

_AGAIN = 2.0  # seconds between two tries to open an engine whose vector server is not there
_SETTLED = 2.0  # seconds from a server's being ready to its looking after what is not needed at once

Report = Callable[[str, int, int], None]  # what is being done, steps done, steps in all


@dataclass(frozen=True)
class Loading:
    """How far the engine is: ready (`engine`), failed (`error`), `waiting` for a service, or under way."""

    engine: "Engine | None" = None
    error: str | None = None
    what: str = ""
    done: int = 0
    total: int = 0
    waiting: str = ""  # for which service, in words for users

    @property
    def over(self) -> bool:
        """Whether nothing more will come."""
        return self.engine is not None or self.error is not None


def warm(engine: "Engine") -> None:
    """Ask one question and forget the answer: what is loaded at a first question is then there for users'.

    It asks for an indicator, which is answered as printed: no language model is called.
    """
    table = engine.index.plan.indicator_table()
    if table is None or not table[2].indicators:
        return
    try:
        engine.ask(wording("web_status.warming", name=table[2].indicators[0].full_name))
    except Exception:  # the engine is open all the same, and answers or says why not
        _log.exception("the engine could not be warmed")


def complete(engine: "Engine") -> None:
    """Make what an engine makes when a question first needs it, and `warm` did not ask for."""
    try:
        with collector_held():
            engine.reader.make_sounds()
    except Exception:  # then that question makes it, or says why not
        _log.exception("the engine could not be completed")


class EngineLoader:
    """Opens the engine once, in a thread of its own.

    Args:
        open_: opens the engine; it is given a function to report its progress to.
        then: is given the engine some time after users have it.
        settled: seconds until then, in which the first questions have the processor to themselves.
    """

    def __init__(
        self,
        open_: Callable[[Report], "Engine"],
        then: Callable[["Engine"], None] = lambda engine: None,
        settled: float = _SETTLED,
    ) -> None:
        self._open = open_
        self._then = then
        self._settled = settled
        self._over = threading.Event()
        self._started = threading.Lock()
        self._loading = Loading()

    @classmethod
    def ready(cls, engine: "Engine") -> "EngineLoader":
        """A loader that has its engine already."""
        loader = cls(lambda report: engine)
        loader._loading = Loading(engine=engine)
        loader._started.acquire()
        loader._over.set()
        return loader

    def start(self) -> None:
        """Begin to open the engine; a second call does nothing."""
        if self._started.acquire(blocking=False):
            threading.Thread(target=self._run, name="engine-loader", daemon=True).start()

    def state(self) -> Loading:
        """How far it is now."""
        return self._loading

    def engine(self) -> "Engine | None":
        """The engine, or None as long as there is none."""
        return self._loading.engine

    def wait(self, seconds: float) -> Loading:
        """Wait at most `seconds` for the engine and say how far it is."""
        self._over.wait(seconds)
        return self._loading

    def _run(self) -> None:
        while not self._opened_or_over():
            time.sleep(_AGAIN)
        engine = self._loading.engine
        if engine is not None:
            time.sleep(self._settled)
            self._then(engine)

    def _opened_or_over(self) -> bool:
        """Open the engine once; False where it is worth another try."""
        try:
            self._loading = Loading(engine=self._open(self._report))
        except VectorServerError as error:  # it may be started after this server, or be back in a moment
            _log.warning("%s", error)
            self._loading = Loading(waiting=str(error))
            return False
        except JiwenError as error:
            _log.error("%s", error)
            self._loading = Loading(error=str(error))
        except Exception:  # the page must say that it failed instead of waiting for ever
            _log.exception("engine could not be opened")
            self._loading = Loading(error=wording("web_status.failed"))
        self._over.set()
        return True

    def _report(self, what: str, done: int, total: int) -> None:
        self._loading = Loading(what=what, done=done, total=total)

"""The gate before the engine: some questions are answered at once, some wait, the rest is turned away.

The work is done by threads of the gate's own, off the event loop; who waits holds no thread. A question that
overran its time limit cannot be killed: its thread is given up and another takes its place, so that one that
hangs does not stop the line.
"""

import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any


class GateClosedError(Exception):
    """The server is stopping and takes no new questions."""


class GateFullError(Exception):
    """As many questions wait as may."""


class Ticket:
    """A place in the line; `future` gets what the work returns or raises.

    Args:
        gate: the gate it is for.
        work: what is to be done.
    """

    def __init__(self, gate: "Gate", work: Callable[[], Any]) -> None:
        self.future: Future[Any] = Future()
        self.given_up = False  # nobody waits for it any more: work that can stop early should
        self.work = work
        self.began: float | None = None  # when the work began, by `time.monotonic`
        self._gate = gate

    @property
    def position(self) -> int:
        """The place in the line, from 1; 0 once the work has begun."""
        return self._gate.position(self)

    def give_up(self) -> None:
        """Leave the line; where the work goes on, leave its thread to it and let another take its place."""
        self._gate.drop(self)


class Gate:
    """A line of work with a bound.

    Args:
        workers: how many are worked on at a time.
        waiting: how many may wait.
    """

    def __init__(self, workers: int, waiting: int) -> None:
        self.workers = workers
        self.most_waiting = waiting
        self._line: deque[Ticket] = deque()
        self._running: set[Ticket] = set()
        self._lost: set[Ticket] = set()  # given up while running, and replaced
        self._threads = 0
        self._closed = False
        self._change = threading.Condition()

    def enter(self, work: Callable[[], Any]) -> Ticket:
        """Join the line.

        Raises:
            GateFullError: the line is as long as it may be.
            GateClosedError: the gate is closed.
        """
        ticket = Ticket(self, work)
        with self._change:
            if self._closed:
                raise GateClosedError
            free = self.workers - len(self._running)
            if len(self._line) >= self.most_waiting + max(free, 0):
                raise GateFullError
            self._line.append(ticket)
            if self._threads < min(self.workers, len(self._running) + len(self._line)):
                self._start()
            self._change.notify()
        return ticket

    def position(self, ticket: Ticket) -> int:
        """Where a ticket stands, from 1; 0 if it waits no more."""
        with self._change:
            free = self.workers - len(self._running)
            for place, waiting in enumerate(self._line, 1):
                if waiting is ticket:
                    return max(place - max(free, 0), 0)
        return 0

    def drop(self, ticket: Ticket) -> None:
        """Take a ticket out of the line; the thread of one that is worked on is replaced."""
        with self._change:
            ticket.given_up = True
            if ticket in self._line:
                self._line.remove(ticket)
                ticket.future.cancel()
            elif ticket in self._running and len(self._lost) < self.workers:
                self._running.discard(ticket)
                self._lost.add(ticket)
                self._threads -= 1
                if self._line:
                    self._start()

    @property
    def waiting(self) -> int:
        """How many wait."""
        return len(self._line)

    @property
    def running(self) -> int:
        """How many are worked on."""
        return len(self._running)

    @property
    def closed(self) -> bool:
        """Whether nothing new is taken."""
        return self._closed

    def close(self) -> None:
        """Take nothing new; what is in the line is still worked on."""
        with self._change:
            self._closed = True
            self._change.notify_all()

    def idle(self) -> bool:
        """Whether nothing is worked on or waits."""
        with self._change:
            return not self._running and not self._line

    def _start(self) -> None:
        self._threads += 1
        # A daemon: a question that hangs must not keep the process from ending.
        threading.Thread(target=self._serve, name="jiwen-answer", daemon=True).start()

    def _serve(self) -> None:
        while True:
            with self._change:
                while not self._line:
                    if self._closed:
                        self._threads -= 1
                        return
                    self._change.wait()
                ticket = self._line.popleft()
                if not ticket.future.set_running_or_notify_cancel():
                    continue
                self._running.add(ticket)
                ticket.began = time.monotonic()
            try:
                result = ticket.work()
            except BaseException as error:  # handed to whoever waits for it
                self._over(ticket)
                ticket.future.set_exception(error)
            else:
                self._over(ticket)
                ticket.future.set_result(result)
            with self._change:
                if ticket in self._lost:  # another thread has taken this one's place
                    self._lost.discard(ticket)
                    return

    def _over(self, ticket: Ticket) -> None:
        with self._change:
            self._running.discard(ticket)

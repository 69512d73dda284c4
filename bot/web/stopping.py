"""The server's process: it runs until a signal, finishes what it has begun, and ends with status 0."""

import asyncio
import logging
import signal
from types import FrameType

import uvicorn

from bot.web.gate import Gate

_POLL = 0.05  # seconds between two looks at what is still being answered
_LINGER = 1  # seconds that open connections (each page holds one) are waited for after the last answer


class GracefulServer(uvicorn.Server):
    """A server that on SIGTERM or SIGINT takes no new questions, answers those it has, and stops.

    A second signal stops it at once.

    Args:
        config: what to serve.
        gate: the questions that are being answered.
        seconds: how long they are waited for at most.
    """

    def __init__(self, config: uvicorn.Config, gate: Gate, seconds: float) -> None:
        config.timeout_graceful_shutdown = _LINGER
        super().__init__(config)
        self._gate = gate
        self._seconds = seconds

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Begin to stop; uvicorn would raise the signal again, and the status would be the signal's."""
        if self._gate.closed:
            self.should_exit = True
            self.force_exit = sig == signal.SIGINT
            return
        self._gate.close()
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:  # before the loop runs, there is nothing to finish
            self.should_exit = True
            return
        self._draining = loop.create_task(self._drain())

    async def _drain(self) -> None:
        loop = asyncio.get_running_loop()
        deadline = loop.time() + self._seconds
        while not self._gate.idle() and loop.time() < deadline:
            await asyncio.sleep(_POLL)
        # What is cut off now is the stream that each open page holds: no error to tell of.
        logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)
        self.should_exit = True

"""Calling a model within bounds: a time limit over all, few attempts, and reasons instead of errors.

What a service says about a failure may repeat the key, so its words go nowhere: a failure is known by its
reason.
"""

import logging
import queue
import threading
import time
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from llama_index.core.base.llms.types import ChatMessage, MessageRole
from llama_index.core.llms import LLM

from bot.llm.rules import rules
from prompts import Prompt

Reason = Literal["unreachable", "timeout", "busy", "refused", "failed", "cut_off", "empty", "resting"]
_log = logging.getLogger(__name__)
_BUSY = (429, 503)
_PASSING = (408, 409, 429, 500, 502, 503, 504)
_END = object()


class CallError(Exception):
    """A call that gave no whole reply; `reason` says why, in one of few words."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason: Reason = reason


@dataclass(frozen=True)
class _Failure:
    reason: Reason
    passing: bool = False  # whether another attempt may go better
    wait: float | None = None  # seconds the service asks to wait


class Caller:
    """Calls one model; after some failures in a row it is left alone for a while, so that nobody waits.

    Args:
        llm: the model.
        limit: seconds for one answer, all attempts together.
    """

    def __init__(self, llm: LLM, limit: float) -> None:
        self.llm = llm
        self.limit = limit
        self._failures = 0
        self._rested_at = 0.0
        self._lock = threading.Lock()

    def stream(self, prompt: Prompt, deadline: float | None = None) -> Generator[str, None, None]:
        """The reply piece by piece.

        Args:
            prompt: filled in.
            deadline: on `time.monotonic`'s clock; `limit` seconds from now if not given.

        Raises:
            CallError: the reply did not come, or not whole; pieces given before are then void.
        """
        end = time.monotonic() + self.limit if deadline is None else deadline
        if self._resting():
            raise CallError("resting")
        try:
            yield from self._attempts(messages_of(prompt), end)
        except CallError as error:
            self._note(failed=error.reason not in ("cut_off", "empty"))
            _log.warning("the language model gave no answer: %s", error.reason)
            raise
        self._note(failed=False)

    def ask(self, prompt: Prompt, deadline: float | None = None) -> str:
        """The whole reply, thinking left out.

        Raises:
            CallError: as for `stream`.
        """
        text = "".join(self.stream(prompt, deadline))
        return text.rpartition("</think>")[2].strip()

    def _attempts(self, messages: Sequence[ChatMessage], end: float) -> Iterator[str]:
        bounds = rules()["attempts"]
        for attempt in range(bounds["most"]):
            begun = False
            try:
                for piece in _bounded(self.llm, messages, end):
                    begun = True
                    yield piece
                return
            except _Failed as failed:
                failure = failed.failure
                left = end - time.monotonic()
                wait = bounds["pause"] if failure.wait is None else failure.wait
                last = attempt == bounds["most"] - 1
                if begun or last or not failure.passing or wait > left * bounds["share"]:
                    raise CallError(
                        "cut_off" if begun and failure.reason != "timeout" else failure.reason
                    ) from None
                time.sleep(wait)

    def _resting(self) -> bool:
        with self._lock:
            resting = self._failures >= rules()["attempts"]["failures"]
            return resting and time.monotonic() - self._rested_at < rules()["attempts"]["rest"]

    def _note(self, *, failed: bool) -> None:
        with self._lock:
            self._failures = self._failures + 1 if failed else 0
            self._rested_at = time.monotonic()


def messages_of(prompt: Prompt) -> list[ChatMessage]:
    """A filled prompt as chat messages."""
    said = [(MessageRole.SYSTEM, prompt.rules), (MessageRole.USER, prompt.task)]
    return [ChatMessage(role=role, content=text) for role, text in said if text]


class _Failed(Exception):  # noqa: N818  (carries a failure to the loop of attempts)
    def __init__(self, failure: _Failure) -> None:
        super().__init__(failure.reason)
        self.failure = failure


def _bounded(llm: LLM, messages: Sequence[ChatMessage], end: float) -> Iterator[str]:
    """Stream in a thread of its own, so that a model that hangs is left behind at the time limit."""
    pieces: queue.Queue[Any] = queue.Queue()
    stop = threading.Event()

    def run() -> None:
        try:
            stream = llm.stream_chat(list(messages))
            finish, said = None, ""
            for response in stream:
                if stop.is_set():
                    break
                finish = _finish_of(response.raw) or finish
                if response.delta:
                    said += response.delta
                    pieces.put(response.delta)
            if hasattr(stream, "close"):
                stream.close()  # ends a local generation, and the connection to a remote one
            pieces.put(_Failed(_ended_badly(said, finish)) if _is_cut(said, finish) else _END)
        except Exception as error:  # of any client library: known from here on by its reason only
            pieces.put(_Failed(_failure_of(error)))

    threading.Thread(target=run, name="jiwen-llm", daemon=True).start()
    try:
        while True:
            left = end - time.monotonic()
            try:
                piece = pieces.get(timeout=max(left, 0.001))
            except queue.Empty:
                raise _Failed(_Failure("timeout")) from None
            if isinstance(piece, _Failed):
                raise piece
            if piece is _END:
                return
            yield piece
    finally:
        stop.set()


def _finish_of(raw: object) -> str | None:
    """Why a model stopped, from a piece of its reply: "stop", "length" or another word."""
    if isinstance(raw, dict) and "finish_reason" in raw:
        return raw["finish_reason"]
    choices = raw.get("choices") if isinstance(raw, dict) else getattr(raw, "choices", None)
    if not choices:
        return None
    first = choices[0]
    return first.get("finish_reason") if isinstance(first, dict) else getattr(first, "finish_reason", None)


def _is_cut(said: str, finish: str | None) -> bool:
    if not said.strip():
        return True
    # A service that does not say why it stopped is believed if the reply ends like one.
    return finish == "length" or (finish is None and said.rstrip()[-1] not in "。！？]】］”")


def _ended_badly(said: str, finish: str | None) -> _Failure:
    return _Failure("cut_off", passing=False) if said.strip() else _Failure("empty", passing=True)


def _failure_of(error: BaseException) -> _Failure:
    """The reason behind an exception of any client library, found in its kind and its status alone."""
    status = getattr(error, "status_code", None)
    if isinstance(status, int):
        wait = _retry_after(error)
        reason: Reason = "busy" if status in _BUSY else "refused" if status in (401, 403, 404) else "failed"
        return _Failure(reason, status in _PASSING, wait)
    kinds = {kind.__name__ for kind in type(error).__mro__}
    if kinds & {"APITimeoutError", "TimeoutException", "TimeoutError"}:
        return _Failure("timeout")
    if kinds & {"APIConnectionError", "ConnectError", "ConnectionError", "RemoteProtocolError", "ReadError"}:
        return _Failure("unreachable", passing=True)
    return _Failure("failed")


def _retry_after(error: BaseException) -> float | None:
    response = getattr(error, "response", None)
    try:
        return max(0.0, float(response.headers["retry-after"])) if response is not None else None
    except (KeyError, TypeError, ValueError):
        return None

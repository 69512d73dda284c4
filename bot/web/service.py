"""What page and tools share on their way to the engine: rate limit, gate, time limit, metrics, one log line.

Everything here is kept in this process only and needed by no other: any number of processes may serve.
"""

import asyncio
import logging
import time
from collections.abc import AsyncGenerator, Callable, Iterable, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bot.web.gate import Gate, GateClosedError, GateFullError
from bot.web.loading import EngineLoader
from bot.web.metrics import Counter, Gauge, Histogram, exposition
from bot.web.rate import RateLimit
from bot.web.request import Call, RefusedError, call_of
from ingest.errors import JiwenError
from ingest.settings import Settings
from prompts import wording

if TYPE_CHECKING:
    import gradio as gr

    from bot.answer import Answer

_log = logging.getLogger("jiwen.service")
_POLL = 0.1  # seconds between two looks at the line
# Telling all who wait costs more than answering one of them: seconds until it is done first, and then again.
_TOLD_FIRST, _TOLD_AGAIN = 0.4, 2.0
RETRY = 2.0  # seconds after which a full line has moved on


@dataclass(frozen=True)
class Waiting:
    """Nothing has come yet: the place in the line, 0 once it is worked on."""

    position: int


class Asked:
    """One request on its way: who asks for what, and what is to be said of it in the end.

    Args:
        tool: "ask", "term", "indicator" or "section".
        channel: "chat", "http" or "mcp".
        client: where it comes from; not logged.
        call: its HTTP request.
    """

    def __init__(self, tool: str, channel: str, client: str = "", call: Call | None = None) -> None:
        self.tool = tool
        self.channel = channel
        self.client = client
        self.call = call or Call()
        self.outcome = "unexpected"
        self.timings: dict[str, float] = {}  # milliseconds by stage
        self.characters: int | None = None

    def answered(self, answer: "Answer") -> None:
        """Take note of an answer; of one that grows, the last one stands."""
        self.outcome = answer.status
        self.timings |= {name: float(value) for name, value in answer.timings.items()}

    @classmethod
    def by(cls, tool: str, gradio: "gr.Request | None", channel: str = "", request: Any = None) -> "Asked":  # noqa: ANN401
        """From Gradio's request (or that of its MCP server), or from one of Starlette's."""
        inner: Any = request or getattr(gradio, "request", None) or gradio
        scope = getattr(inner, "scope", None) or {}
        client = (scope.get("client") or ("",))[0]
        path = str(scope.get("path", ""))
        return cls(tool, channel or ("mcp" if "/mcp" in path else "http"), client, call_of(scope))


class Service:
    """The way to the engine for all that ask over the network.

    Args:
        loader: where the engine comes from.
        settings: the limits.
    """

    def __init__(self, loader: EngineLoader, settings: Settings) -> None:
        self.loader = loader
        self.settings = settings
        self.gate = Gate(settings.concurrency, settings.queue)
        self.rate = RateLimit(settings.rate)
        self.requests = Counter(
            "jiwen_requests_total",
            "Questions and look-ups by channel, tool and outcome (a status, or why it was refused).",
            ("channel", "tool", "outcome"),
        )
        self.stages = Histogram(
            "jiwen_stage_seconds", "Time by stage; queue is waiting, total is the engine's.", "stage"
        )
        self.responses = Counter("jiwen_http_responses_total", "HTTP responses by status.", ("code",))

    def metrics(self) -> str:
        """Everything measured, as Prometheus reads it."""
        gate = self.gate
        return exposition(
            (
                self.requests,
                self.stages,
                self.responses,
                Gauge("jiwen_queue_length", "Questions waiting.", lambda: {(): gate.waiting}),
                Gauge("jiwen_running", "Questions being answered.", lambda: {(): gate.running}),
                Gauge("jiwen_ready", "1 if questions are answered.", lambda: {(): float(self.ready())}),
                Gauge(
                    "jiwen_index_info",
                    "The index that is served.",
                    self._index,
                    ("fingerprint", "source_sha256", "passages", "embedding"),
                ),
            )
        )

    def ready(self) -> bool:
        """Whether questions are taken, as far as this process knows."""
        return self.loader.engine() is not None and not self.gate.closed

    def state(self) -> str:
        """ready, starting, failed, stopping, or no_vectors where the vector server is gone (it may block)."""
        loading = self.loader.state()
        if self.gate.closed:
            return "stopping"
        if loading.engine is None:
            return "no_vectors" if loading.waiting else "failed" if loading.error else "starting"
        alive = getattr(getattr(loading.engine.index, "collection", None), "alive", None)
        return "ready" if alive is None or alive() else "no_vectors"

    def calm(self) -> bool:
        """Whether nobody waits: then an answer may be shown growing, which costs more than finding it."""
        return not self.gate.waiting and self.gate.running <= 1

    async def stream(
        self, asked: Asked, produce: Callable[[Callable[[], bool]], Iterable[Any]]
    ) -> AsyncGenerator[Any, None]:
        """Work in the gate, and give what comes of it as it comes.

        Args:
            asked: the request; its outcome is counted and logged at the end.
            produce: the work, in a thread; it is given a function that says whether nobody wants it any more.

        Yields:
            `Waiting` as the place in the line changes, else what `produce` gives.

        Raises:
            RefusedError: it is not answered now, or took too long.
        """
        began = time.perf_counter()
        try:
            async with aclosing(self._streamed(asked, produce)) as items:
                async for item in items:
                    yield item
        except RefusedError as refused:
            asked.outcome = refused.reason
            asked.call.refused = refused
            raise
        except (asyncio.CancelledError, GeneratorExit):
            asked.outcome = "left"
            raise
        except JiwenError as error:
            asked.call.refused = RefusedError("unavailable", str(error), RETRY)
            asked.outcome = "unavailable"
            raise asked.call.refused from error
        except Exception as error:  # no user sees a traceback; the log has it
            _log.exception("a request failed", extra={"fields": {"id": asked.call.id}})
            asked.call.refused = RefusedError("unexpected", wording("web_error.unexpected"))
            raise asked.call.refused from error
        finally:
            self._note(asked, time.perf_counter() - began)

    async def _streamed(
        self, asked: Asked, produce: Callable[[Callable[[], bool]], Iterable[Any]]
    ) -> AsyncGenerator[Any, None]:
        self._admit(asked.client)
        loop = asyncio.get_running_loop()
        came: asyncio.Queue[tuple[bool, Any]] = asyncio.Queue()  # whether it is the end, and what
        entered = time.perf_counter()

        def put(end: bool, item: object) -> None:
            loop.call_soon_threadsafe(came.put_nowait, (end, item))

        def work() -> None:
            asked.timings["queue"] = (time.perf_counter() - entered) * 1000
            for item in produce(lambda: ticket.given_up):
                if ticket.given_up:
                    return
                put(False, item)

        ticket = self._enter(work)
        ticket.future.add_done_callback(lambda future: None if ticket.given_up else put(True, future))
        told: int | None = None
        tell_at = loop.time() + _TOLD_FIRST
        limit = self.settings.answer_timeout
        over = False
        try:
            while True:
                # Looked at as seldom as will do: where fifty wait, each look takes its time from an answer.
                now = loop.time()
                left = limit if ticket.began is None else ticket.began + limit - now
                wait = left if told == 0 else min(left, max(tell_at - now, _POLL))
                try:
                    end, item = await asyncio.wait_for(came.get(), max(wait, 0))
                except TimeoutError:
                    if ticket.began is not None and loop.time() >= ticket.began + limit:
                        raise RefusedError(
                            "too_slow",
                            wording("web_error.too_slow", seconds=f"{limit:g}"),
                        ) from None
                    position = ticket.position
                    if position != told and loop.time() >= tell_at:
                        told, tell_at = position, loop.time() + _TOLD_AGAIN
                        yield Waiting(position)
                    continue
                if end:
                    over = True
                    item.result()
                    return
                yield item
        finally:
            if not over:
                ticket.give_up()

    def _admit(self, client: str) -> None:
        wait = self.rate.wait(client)
        if wait:
            raise RefusedError(
                "too_often",
                wording("web_error.too_often", count=self.settings.rate, seconds=max(1, round(wait + 0.5))),
                wait,
            )

    def _enter(self, work: Callable[[], None]) -> Any:  # noqa: ANN401
        try:
            return self.gate.enter(work)
        except GateFullError:
            raise RefusedError("full", wording("web_error.full", count=self.settings.queue), RETRY) from None
        except GateClosedError:
            raise RefusedError("stopping", wording("web_error.stopping"), RETRY) from None

    def _note(self, asked: Asked, seconds: float) -> None:
        self.requests.add(asked.channel, asked.tool, asked.outcome)
        for stage, milliseconds in asked.timings.items():
            self.stages.observe(stage, milliseconds / 1000)
        fields: dict[str, Any] = {
            "id": asked.call.id,
            "channel": asked.channel,
            "tool": asked.tool,
            "outcome": asked.outcome,
            "ms": round(seconds * 1000, 1),
            "stages": {name: round(value, 1) for name, value in asked.timings.items()},
        }
        if asked.characters is not None:
            fields["characters"] = asked.characters
        _log.info("request", extra={"fields": fields})

    def _index(self) -> Mapping[tuple[str, ...], float]:
        engine = self.loader.engine()
        manifest = getattr(getattr(engine, "index", None), "manifest", None)
        if not manifest:
            return {}
        keys = ("fingerprint", "source_sha256", "passages", "embedding")
        return {tuple(str(manifest.get(key, "")) for key in keys): 1.0}

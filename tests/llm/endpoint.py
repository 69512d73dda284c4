"""A real HTTP server on loopback that speaks the OpenAI protocol and does what a test tells it to."""

import json
import re
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

_PASSAGE = re.compile(r"^\[(\d+)\] .*?$", re.MULTILINE)


@dataclass(frozen=True)
class Say:
    """One reply of the model.

    Attributes:
        text: what it says, or a function of the request's messages.
        status: other than 200 for an error; `body` is then its text.
        headers: of the answer.
        before: seconds before the first byte.
        between: seconds between pieces.
        piece: characters a piece.
        cut: characters after which the connection breaks; None for none.
        gate: what the pieces after the first wait for.
        finish: the reason it gives for its end; None for none given.
    """

    text: str | Callable[[list[dict]], str] = ""
    status: int = 200
    body: str = "{}"
    headers: dict = field(default_factory=dict)
    before: float = 0.0
    between: float = 0.0
    piece: int = 7
    cut: int | None = None
    gate: threading.Event | None = None
    finish: str | None = "stop"


class Endpoint:
    """`say` queues replies, the last of which is repeated; `requests` remembers what was asked."""

    def __init__(self):
        self.replies: list[Say] = [Say("以上资料没有回答这个问题。")]
        self.requests: list[dict] = []
        self.headers: list[dict] = []
        self.embed: Callable[[str], list[float]] = lambda text: [1.0, 0.0, 0.0]
        self.relevance: Callable[[str, str], float] = lambda query, text: 0.0
        endpoint = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                endpoint._serve(self)

            def log_message(self, *arguments):
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.handle_error = lambda *arguments: None  # a client that has gone is part of the tests
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/v1"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})
        self._thread.start()

    def say(self, *replies: Say | str | Callable) -> None:
        """Queue replies, in place of those queued before."""
        self.replies = [reply if isinstance(reply, Say) else Say(reply) for reply in replies]

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _serve(self, handler: BaseHTTPRequestHandler) -> None:
        body = json.loads(handler.rfile.read(int(handler.headers["content-length"])))
        self.requests.append(body)
        self.headers.append(dict(handler.headers))
        reply = self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]
        time.sleep(reply.before)
        if reply.status != 200:
            return _send(handler, reply.status, reply.body, reply.headers)
        if handler.path.endswith("/embeddings"):
            data = [{"index": i, "embedding": self.embed(text)} for i, text in enumerate(body["input"])]
            return _send(handler, 200, json.dumps({"data": data[::-1]}))
        if handler.path.endswith("/rerank"):
            found = [
                {"index": i, "relevance_score": self.relevance(body["query"], text)}
                for i, text in enumerate(body["documents"])
            ]
            return _send(handler, 200, json.dumps({"results": found}))
        text = reply.text(body["messages"]) if callable(reply.text) else reply.text
        if not body.get("stream"):
            message = {"role": "assistant", "content": text}
            choice = {"index": 0, "message": message, "finish_reason": reply.finish}
            return _send(handler, 200, json.dumps(_object("chat.completion", choice)))
        return _stream(handler, reply, text)


def passages_of(messages: list[dict]) -> dict[int, str]:
    """The numbered passages of a prompt: their text, without number, titles and place."""
    task = messages[-1]["content"].partition("资料：\n")[2].rpartition("\n\n问题：")[0]
    parts = re.split(r"(?m)^\[(\d+)\] ", task)
    # Title, lead and place stand on lines of their own before the passage.
    return {int(parts[i]): parts[i + 1].strip() for i in range(1, len(parts) - 1, 2)}


def _stream(handler: BaseHTTPRequestHandler, reply: Say, text: str) -> None:
    handler.send_response(200)
    handler.send_header("content-type", "text/event-stream")
    handler.send_header("transfer-encoding", "chunked")
    handler.end_headers()
    shown = text if reply.cut is None else text[: reply.cut]
    try:
        for i in range(0, len(shown), reply.piece):
            delta = {"role": "assistant", "content": shown[i : i + reply.piece]}
            _chunk(
                handler, _object("chat.completion.chunk", {"index": 0, "delta": delta, "finish_reason": None})
            )
            time.sleep(reply.between)
            if reply.gate:
                reply.gate.wait(timeout=120)
        if reply.cut is not None:
            handler.close_connection = True
            handler.connection.close()
            return
        end = {"index": 0, "delta": {}, "finish_reason": reply.finish}
        _chunk(handler, _object("chat.completion.chunk", end))
        _raw(handler, b"data: [DONE]\n\n")
        _raw(handler, b"")
    except OSError:  # the client has gone
        handler.close_connection = True


def _object(kind: str, choice: dict) -> dict:
    return {"id": "1", "object": kind, "created": 1, "model": "scripted", "choices": [choice]}


def _chunk(handler: BaseHTTPRequestHandler, value: dict) -> None:
    _raw(handler, f"data: {json.dumps(value, ensure_ascii=False)}\n\n".encode())


def _raw(handler: BaseHTTPRequestHandler, data: bytes) -> None:
    handler.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
    handler.wfile.flush()


def _send(handler: BaseHTTPRequestHandler, status: int, text: str, headers: dict | None = None) -> None:
    data = text.encode()
    handler.send_response(status)
    handler.send_header("content-type", "application/json")
    handler.send_header("content-length", str(len(data)))
    for name, value in (headers or {}).items():
        handler.send_header(name, value)
    handler.end_headers()
    handler.wfile.write(data)

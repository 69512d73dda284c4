"""Headers that keep the page to its own server: no script, picture or request from or to anywhere else."""

import json
import logging
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from prompts import wording

_log = logging.getLogger(__name__)

_SHOWN = 200  # characters of an address in the log

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Any]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

# Gradio's own page needs inline scripts and styles and builds its templates with `new Function`.
_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; "
    "connect-src 'self'; worker-src 'self' blob:; object-src 'none'; "
    "base-uri 'self'; form-action 'self'; frame-ancestors {embedders}"
)


class SecurityHeaders:
    """ASGI middleware that adds the headers to every response, those to requests that failed too.

    Args:
        app: the application inside.
        embedders: origins that may show the page in a frame, as in `frame-ancestors`.
    """

    def __init__(self, app: Application, embedders: str = "'self'") -> None:
        self.app = app
        self.headers = [
            (b"content-security-policy", _POLICY.format(embedders=embedders).encode()),
            (b"x-content-type-options", b"nosniff"),
            (b"referrer-policy", b"same-origin"),
            (b"permissions-policy", b"camera=(), microphone=(), geolocation=()"),
        ]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on and its response back."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        begun = False

        async def send_with_headers(message: MutableMapping[str, Any]) -> None:
            nonlocal begun
            begun = True
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", ()), *self.headers]
            await send(message)

        try:
            await self.app(scope, receive, send_with_headers)
        except Exception as error:
            # The address only, on one line: what was sent may be somebody's own.
            asked = f"{scope['method']} {scope['path'][:_SHOWN]!a}"
            if begun:  # a reader who left, or what Gradio finds wrong after it has begun to answer
                _log.warning("a response broke off: %s (%s)", asked, type(error).__name__)
                return
            _log.exception("a request could not be answered: %s", asked)
            await send_error(send_with_headers, 500, wording("web_error.server"))


async def send_error(send: Send, status: int, said: str) -> None:
    """Answer with an error in words, as Gradio's own are: `{"error": …}`."""
    body = json.dumps({"error": said}, ensure_ascii=False).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})

"""What belongs to one HTTP request: its id, and how it was refused if it was.

Gradio answers every refusal of a tool with status 500; here it becomes the status that says what is wrong.
"""

import math
import re
import uuid
from collections.abc import MutableMapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, Literal

from bot.web.guard import Application, Receive, Scope, Send
from bot.web.metrics import Counter

# Where the request comes from, for what Gradio calls without the request.
CLIENT: ContextVar[str] = ContextVar("client", default="")
_KEY = "jiwen.call"
_ID = re.compile(rb"[A-Za-z0-9._-]{8,64}")

Reason = Literal["too_often", "full", "too_slow", "stopping", "unavailable", "bad_call", "unexpected"]
_STATUS: dict[Reason, int] = {
    "too_often": 429,
    "full": 503,
    "too_slow": 504,
    "stopping": 503,
    "unavailable": 503,
    "bad_call": 400,
    "unexpected": 500,
}


class RefusedError(Exception):
    """A question that is not answered now.

    Args:
        reason: why, in one word of the program.
        text: why and what to do, in words for the user.
        retry_after: seconds after which to try again, if that is known.
    """

    def __init__(self, reason: Reason, text: str, retry_after: float | None = None) -> None:
        super().__init__(text)
        self.reason = reason
        self.text = text
        self.retry_after = retry_after


def status_of(reason: Reason) -> int:
    """The HTTP status of a refusal."""
    return _STATUS[reason]


def refusal_headers(refused: RefusedError) -> dict[str, str]:
    """Retry-After, where it is known."""
    if refused.retry_after is None:
        return {}
    return {"retry-after": str(max(1, math.ceil(refused.retry_after)))}


@dataclass
class Call:
    """One HTTP request: its id, from the proxy's X-Request-ID or made here, and its refusal."""

    id: str = field(default_factory=lambda: uuid.uuid4().hex[:16])
    refused: RefusedError | None = None


def call_of(scope: MutableMapping[str, Any] | None) -> Call:
    """The call of a request's scope; a new one where there is none."""
    found = (scope or {}).get(_KEY)
    return found if isinstance(found, Call) else Call()


class Calls:
    """ASGI middleware: gives each request its call, its id back as X-Request-ID, a refusal its status.

    Args:
        app: the application inside.
        responses: counts the responses by status.
    """

    def __init__(self, app: Application, responses: Counter) -> None:
        self.app = app
        self.responses = responses

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on and its response back."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        call = Call()
        given = next((value for name, value in scope["headers"] if name == b"x-request-id"), b"")
        if _ID.fullmatch(given):
            call.id = given.decode()
        scope[_KEY] = call
        CLIENT.set((scope.get("client") or ("",))[0])

        async def send_with_id(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                headers = [*message.get("headers", ()), (b"x-request-id", call.id.encode())]
                if call.refused and message["status"] == 500:
                    message["status"] = status_of(call.refused.reason)
                    headers += [(k.encode(), v.encode()) for k, v in refusal_headers(call.refused).items()]
                message["headers"] = headers
                self.responses.add(str(message["status"]))
            await send(message)

        await self.app(scope, receive, send_with_id)

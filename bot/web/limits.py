"""A limit on the size of what is posted: memory stays bounded, whoever sends whatever."""

from collections.abc import MutableMapping
from typing import Any

from bot.web.guard import Application, Receive, Scope, Send, send_error
from prompts import wording

# The largest that the page itself sends is a conversation (`conversation.MAX_CHARACTERS` in UTF-8).
MAX_BYTES = 8 * 2**20


class BodyLimit:
    """ASGI middleware that answers 413 to a request whose body is too large, told or not.

    Args:
        app: the application inside.
        most: bytes a body may have.
    """

    def __init__(self, app: Application, most: int = MAX_BYTES) -> None:
        self.app = app
        self.most = most

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, up to the limit."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        told = dict(scope["headers"]).get(b"content-length", b"0")
        if told.isdigit() and int(told[:20]) > self.most:
            await send_error(send, 413, wording("web_error.too_large_request", mib=self.most // 2**20))
            return
        taken, over, begun = 0, False, False

        async def receive_some() -> Any:  # noqa: ANN401  a message of ASGI
            nonlocal taken, over
            message = await receive()
            taken += len(message.get("body", b""))
            over = over or taken > self.most
            return {"type": "http.disconnect"} if over else message

        async def send_unless_over(message: MutableMapping[str, Any]) -> None:
            nonlocal begun
            if over and not begun:  # what the application makes of half a body
                return
            begun = True
            await send(message)

        try:
            await self.app(scope, receive_some, send_unless_over)
        except Exception:
            if not over or begun:
                raise
        if over and not begun:
            await send_error(send, 413, wording("web_error.too_large_request", mib=self.most // 2**20))

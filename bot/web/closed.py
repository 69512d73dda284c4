"""What of Gradio's own addresses is open: those that the page and the tools use, and nothing else.

Gradio serves much more to everyone: uploads, files, a proxy, recordings, an editor of the program itself.
"""

import re

from bot.web.guard import Application, Receive, Scope, Send, send_error
from prompts import wording

OPEN = frozenset(
    {
        "api", "app_id", "call", "cancel", "heartbeat", "info", "login_check", "mcp", "openapi.json", "queue",
        "reset", "run", "startup-events", "theme.css",
    }
)  # fmt: skip
_LONGEST = 1000  # characters of an address; no file system takes longer names
_GRADIO = re.compile(r"/gradio_api(?:/+([^/=]*))?")
_UNUSED = re.compile(r"(/qa)?/+(monitoring|pwa_icon)(/|$)")


class ClosedAddresses:
    """ASGI middleware that answers 404 to every address of Gradio's that is not in `OPEN`.

    Args:
        app: the application inside.
    """

    def __init__(self, app: Application) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on if its address is open."""
        if scope["type"] in ("http", "websocket") and is_closed(scope["path"]):
            await send_error(send, 404, wording("web_error.no_address"))
            return
        await self.app(scope, receive, send)


def is_closed(path: str) -> bool:
    """Whether an address (without its query, escapes undone) is too long, or one that nobody needs."""
    if len(path) > _LONGEST:
        return True
    gradio = [match.group(1) or "" for match in _GRADIO.finditer(path)]
    return any(name not in OPEN for name in gradio) or _UNUSED.match(path) is not None

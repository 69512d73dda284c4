"""Calls checked before Gradio sees them: a wrong one is told what is wrong with it, in words.

Gradio would fetch any address that a call gives as a file and keep what it got; it answers a malformed call
with an empty error and writes a traceback, with all that was sent, to the log.
"""

import asyncio
import inspect
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from bot.web.api_page import EXAMPLES
from bot.web.guard import Application, Receive, Scope, Send, send_error
from bot.web.tools import NAMES, PLAN_NAMES, Tools
from prompts import wording

_TOOL = re.compile(r"/gradio_api/(?:run|api|call)/([^/]+)/?")
_OWN = "predict"  # under which the page calls its own events, by their number
_LARGE = 2**16  # bytes from which a body is read in a thread
_FILE_KEYS = frozenset({"path", "meta"})  # what Gradio knows a file by
_PARAMETERS = {
    name: list(inspect.signature(getattr(Tools, name)).parameters)[1:] for name in (*NAMES, *PLAN_NAMES)
}
_PLAN_EXAMPLES = {"ask_plan": '{"data": ["怎样扩大就业？", "", []]}', "plans": '{"data": ["氢能"]}'}


class CallCheck:
    """ASGI middleware that checks what is posted to Gradio's addresses.

    Args:
        app: the application inside.
        names: of the tools that it has.
    """

    def __init__(self, app: Application, names: Sequence[str] = NAMES) -> None:
        self.app = app
        self.names = names

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a good call on; answer any other with 400 and the reason."""
        if scope["type"] != "http" or scope["method"] != "POST" or "/gradio_api/" not in scope["path"]:
            await self.app(scope, receive, send)
            return
        parts: list[bytes] = []
        more = True
        while more:
            message = await receive()
            if message["type"] != "http.request":  # the sender has gone, or sent too much
                return
            parts.append(message.get("body", b""))
            more = message.get("more_body", False)
        body = b"".join(parts)
        if len(body) < _LARGE:
            problem = problem_of(scope["path"], body, self.names)
        else:
            problem = await asyncio.to_thread(problem_of, scope["path"], body, self.names)
        if problem:
            await send_error(send, 400, problem)
            return
        read = False

        async def read_again() -> Any:  # noqa: ANN401  a message of ASGI
            nonlocal read
            if read:
                return await receive()
            read = True
            return {"type": "http.request", "body": body, "more_body": False}

        await self.app(scope, read_again, send)


def problem_of(path: str, body: bytes, names: Sequence[str] = NAMES) -> str | None:
    """What is wrong with a call, in words; None for a good one.

    Args:
        path: the address it was posted to.
        body: what was posted.
        names: of the tools that there are.
    """
    if not body:  # Gradio's own signs of life have none
        return wording("web_call.not_json") if _TOOL.fullmatch(path) else None
    try:
        call = json.loads(body)
    except (ValueError, RecursionError):
        return wording("web_call.not_json")
    if _holds_file(call):
        return wording("web_call.file")
    tool = _TOOL.fullmatch(path)
    if tool is None:
        return None
    if tool.group(1) == _OWN and isinstance(call, Mapping) and call.get("fn_index") is not None:
        return None
    if tool.group(1) not in names:
        return wording("web_call.no_tool", names="、".join(names))
    return _problem_of_tool(tool.group(1), call)


def _problem_of_tool(name: str, call: object) -> str | None:
    parameters = _PARAMETERS[name]
    data = call.get("data") if isinstance(call, Mapping) else None
    by_number = isinstance(call, Mapping) and call.get("fn_index") is not None  # of any event of the page
    if isinstance(data, list) and len(data) == len(parameters) and not by_number:
        return None
    examples = {example.tool: example.body for example in EXAMPLES} | _PLAN_EXAMPLES
    return wording("web_call.data", names="、".join(parameters), example=examples[name])


def _holds_file(call: object) -> bool:
    waiting = [call]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            if value.keys() >= _FILE_KEYS:
                return True
            waiting += value.values()
        elif isinstance(value, list):
            waiting += value
    return False

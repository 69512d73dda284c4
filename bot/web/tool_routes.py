"""The tools at `/gradio_api/run/<tool>`, in Gradio's form but without its session, which costs as much again.

`{"data": [values]}` is posted, `{"data": [result]}` comes back; a refusal is `{"error": words}` with the
status that says what is wrong.
"""

import inspect
import json
import time
from typing import TYPE_CHECKING, Any

from bot.web.request import RefusedError, refusal_headers, status_of
from bot.web.service import Asked, Service
from bot.web.tools import Tools, serve_tool, tool_names
from prompts import wording

if TYPE_CHECKING:
    from fastapi import APIRouter, Response

_TYPES: dict[str, tuple[type, ...]] = {
    "history": (list, type(None)),
    "name": (str,),
    "plan": (str,),
    "about": (str,),
    "chapter": (int,),
    "section": (int,),
}


def tool_routes(service: Service) -> "APIRouter":
    """One address for each tool."""
    from fastapi import APIRouter, Request
    from fastapi.responses import JSONResponse

    router = APIRouter()

    def add(name: str) -> None:
        async def run(request: Request) -> "Response":
            began = time.perf_counter()
            try:
                values = call_values(name, await request.body())
                told = await serve_tool(service, name, Asked.by(name, None, "http", request), values)
            except RefusedError as refused:
                return JSONResponse(
                    {"error": refused.text},
                    status_code=status_of(refused.reason),
                    headers=refusal_headers(refused),
                )
            seconds = time.perf_counter() - began
            return JSONResponse({"data": [told], "is_generating": False, "duration": round(seconds, 6)})

        for path in (f"/gradio_api/run/{name}", f"/gradio_api/api/{name}"):
            router.add_api_route(path, run, methods=["POST"])
            router.add_api_route(f"{path}/", run, methods=["POST"])

    for name in tool_names(several=service.settings.plans is not None):
        add(name)
    return router


def call_values(name: str, body: bytes) -> list[Any]:
    """The values that a posted body gives to a tool, in the order of its parameters.

    Raises:
        RefusedError: it is no JSON object with a list `data`, or the list does not fit the tool.
    """
    parameters = list(inspect.signature(getattr(Tools, name)).parameters.values())[1:]
    form = wording(f"web_api.{name}_about")
    try:
        data = json.loads(body)["data"]
    except (ValueError, KeyError, TypeError, RecursionError):
        raise RefusedError("bad_call", wording("web_error.bad_call", form=form)) from None
    needed = sum(parameter.default is parameter.empty for parameter in parameters)
    if not isinstance(data, list) or not needed <= len(data) <= len(parameters):
        raise RefusedError("bad_call", wording("web_error.bad_call", form=form))
    for parameter, value in zip(parameters, data, strict=False):
        wanted = _TYPES.get(parameter.name)  # a question of any kind is the engine's to refuse
        if wanted and (not isinstance(value, wanted) or isinstance(value, bool)):
            raise RefusedError("bad_call", wording("web_error.bad_call", form=form))
    return data

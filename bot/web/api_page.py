"""The page for those who write programs: each tool with an example that runs, OpenAPI and MCP addresses."""

import json
from dataclasses import dataclass
from typing import Any

from bot.web.markup import tag
from bot.web.plain_page import plain_page
from prompts import wording


@dataclass(frozen=True)
class Example:
    """A call of a tool: its values in the order of its parameters."""

    tool: str
    values: tuple[Any, ...]

    @property
    def body(self) -> str:
        """What is posted."""
        return json.dumps({"data": self.values}, ensure_ascii=False)

    def command(self, address: str) -> str:
        """The call as a command line; `address` is the page's, with a slash at its end."""
        call = f"curl -s {address}gradio_api/run/{self.tool}"
        return f"{call} -H 'Content-Type: application/json' -d '{self.body}'"


EXAMPLES = (
    Example("ask", ("2025年森林覆盖率目标是多少？", [])),
    Example("term", ("梨树模式",)),
    Example("indicator", ("森林覆盖率",)),
    Example("section", (5, 2)),
)


def api_page(address: str) -> str:
    """The page.

    Args:
        address: of the web page, with a slash at its end, as another program would write it.
    """
    parts = [tag("p", wording("web_api.about"))]
    for example in EXAMPLES:
        parts.append(tag("h2", wording(f"web_api.{example.tool}")))
        parts.append(tag("p", wording(f"web_api.{example.tool}_about")))
        parts.append(tag("pre", example.command(address)))
    mcp = json.dumps({"mcpServers": {"jiwen": {"url": f"{address}gradio_api/mcp/"}}}, indent=2)
    parts += [tag("h2", "OpenAPI"), tag("p", wording("web_api.openapi"))]
    parts.append(tag("p", tag("a", f"{address}gradio_api/openapi.json", href="gradio_api/openapi.json")))
    parts += [tag("h2", "MCP"), tag("p", wording("web_api.mcp")), tag("pre", mcp)]
    return plain_page(wording("web_api.title"), *parts)

"""The four tools for other programs: one function each, served over HTTP and MCP by Gradio.

Gradio takes a tool's description and parameters from its docstring and types, so these are written for
whoever calls the tool.
"""

import logging
from collections.abc import Callable
from dataclasses import asdict
from functools import wraps
from typing import TYPE_CHECKING, Any

from bot.answer import Answer
from bot.plans.choose import answer_about, ask_of_plan, plans_of
from bot.web.loading import EngineLoader
from prompts import wording

if TYPE_CHECKING:
    from bot.engine import Engine

_log = logging.getLogger(__name__)

NAMES = ("ask", "term", "indicator", "section")
PLAN_NAMES = ("ask_plan", "plans")  # only where there are several plans


class Tools:
    """The tools over one engine.

    Args:
        loader: where the engine comes from.
    """

    def __init__(self, loader: EngineLoader) -> None:
        self.loader = loader

    def ask(self, question: str, history: list[str] | None = None) -> dict[str, Any]:
        """Answer a question about the Jilin 14th Five-Year Plan, verbatim from the plan, with citations.

        Args:
            question: the question, in Chinese.
            history: the earlier questions of the conversation, oldest first; may be left out.

        Returns:
            status (answered, partial, not_in_plan, out_of_scope or invalid), text with [1] marks, and
            citations with chapter, section, box, term, pages, place and quote.
        """
        earlier = history or []
        if not isinstance(earlier, list) or not all(isinstance(entry, str) for entry in earlier):
            return Answer("invalid", wording("web_call.not_list")).to_json()
        return self._engine().ask(question, earlier).to_json()

    def ask_plan(self, question: str, plan: str, history: list[str] | None = None) -> dict[str, Any]:
        """Answer a question about one of the server's plans, verbatim from it, with citations.

        Args:
            question: the question, in Chinese.
            plan: the plan's key, title or region; empty for the plan that the question names.
            history: the earlier questions of the conversation, oldest first; may be left out.

        Returns:
            as `ask`; citations of other plans than the home plan have its key as plan.
        """
        earlier = history or []
        if not isinstance(earlier, list) or not all(isinstance(entry, str) for entry in earlier):
            return Answer("invalid", wording("web_call.not_list")).to_json()
        return ask_of_plan(self._engine(), question, earlier, _text(plan, "plan")).to_json()

    def plans(self, about: str = "") -> dict[str, Any]:
        """List the server's plans, or say which of them speak of something.

        Args:
            about: what is looked for, in Chinese; empty for the list.

        Returns:
            plans with key, title, region, level and period; or for `about` an answer as `ask` gives it.
        """
        engine = self._engine()
        if _text(about, "about").strip():
            return answer_about(engine, about).to_json()
        return {"plans": [asdict(entry) for entry in plans_of(engine)]}

    def term(self, name: str) -> dict[str, Any]:
        """Look up an entry of the plan's glossary (名词解释).

        Args:
            name: the term, its short form, or its pinyin.

        Returns:
            found, and if it was: number, name, aliases, definition and pages.
        """
        engine = self._engine()
        term = engine.term(name) if _text(name, "name").strip() else None
        if term is None:
            return {"found": False}
        return {
            "found": True,
            "number": term.number,
            "name": term.name,
            "aliases": list(term.aliases),
            "definition": term.definition,
            "pages": list(engine.index.plan.pages(term.span.start, term.span.end)),
        }

    def indicator(self, name: str) -> dict[str, Any]:
        """Look up rows of the plan's table of main indicators (主要指标).

        Args:
            name: the indicator's name or a common short form of it, e.g. 森林覆盖率.

        Returns:
            found, and rows with number, name, unit, expected_2020, target_2025, annual_or_total,
            attribute, category and pages; a cell that is empty in the plan is null.
        """
        engine = self._engine()
        rows = engine.indicators(name) if _text(name, "name").strip() else ()
        return {
            "found": bool(rows),
            "rows": [
                {
                    "number": row.number,
                    "name": row.full_name,
                    "unit": row.unit,
                    "expected_2020": row.expected_2020,
                    "target_2025": row.target_2025,
                    "annual_or_total": row.annual_or_total,
                    "attribute": row.attribute,
                    "category": row.category,
                    "pages": list(engine.index.plan.pages(row.span.start, row.span.end)),
                }
                for row in rows
            ],
        }

    def section(self, chapter: int, section: int = 0) -> dict[str, Any]:
        """Read a section (节) of the plan, or the list of sections of a chapter.

        Args:
            chapter: the chapter's number, from 1.
            section: the section's number, from 1; 0 for its introduction and sections.

        Returns:
            found, and if it was: title, pages, text as printed, and for section 0 the chapter's sections.
        """
        plan = self._engine().index.plan
        found = next((c for c in plan.chapters if c.number == chapter), None)
        part = next((s for s in found.sections if s.number == section), None) if found else None
        if found is None or (part is None and section):
            return {"found": False}
        nodes = [
            node
            for node in self._engine().index.passages
            if node.metadata.get("chapter") == chapter and node.metadata.get("section", 0) == section
        ]
        start, end = nodes[0].metadata["start"], nodes[-1].metadata["end"]
        told: dict[str, Any] = {
            "found": True,
            "chapter": found.number,
            "section": part.number if part else 0,
            "title": part.title if part and section else found.title,
            "pages": list(plan.pages(start, end)),
            "text": plan.text[start:end],
        }
        if not section:
            told["sections"] = [{"section": s.number, "title": s.title} for s in found.sections if s.number]
        return told

    def _engine(self) -> "Engine":
        loading = self.loader.state()
        if loading.engine is None:
            import gradio as gr

            raise gr.Error(loading.error or wording("web_error.not_ready"), print_exception=False)
        return loading.engine


def _told(tool: Callable[..., dict[str, Any]]) -> Callable[..., dict[str, Any]]:
    """The tool, whose failure is told in words: Gradio's own word for it is null."""

    @wraps(tool)
    def call(*values: Any, **named: Any) -> dict[str, Any]:
        import gradio as gr

        try:
            return tool(*values, **named)
        except gr.Error:
            raise
        except Exception as error:
            _log.exception("a tool failed: %s", tool.__name__)
            raise gr.Error(wording("web_error.unexpected"), print_exception=False) from error

    return call


def _text(value: object, name: str) -> str:
    # The types above are a description for the caller: Gradio holds nobody to them.
    if not isinstance(value, str):
        import gradio as gr

        raise gr.Error(wording("web_call.not_text", name=name), print_exception=False)
    return value


def tool_names(*, several: bool) -> tuple[str, ...]:
    """The tools that are published; `several`: there are several plans."""
    return (*NAMES, *PLAN_NAMES) if several else NAMES


def publish_tools(loader: EngineLoader, concurrency: int, *, several: bool = False) -> None:
    """Publish the tools in the open `gr.Blocks`, for HTTP and MCP; `several`: there are several plans."""
    import gradio as gr

    tools = Tools(loader)
    for name in tool_names(several=several):
        gr.api(_told(getattr(tools, name)), api_name=name, concurrency_limit=concurrency)

"""The page as one `gr.Blocks`: the tabs in order, and what they share."""

import json
from collections.abc import AsyncIterator, Callable
from typing import TYPE_CHECKING, Any

from bot.web.chat import Chat, status_text
from bot.web.feedback import FeedbackStore
from bot.web.loading import EngineLoader
from bot.web.markup import button, tag
from bot.web.service import Service
from bot.web.table_tabs import IndicatorsTab, TermsTab
from ingest.settings import Settings
from prompts import wording

if TYPE_CHECKING:
    import gradio as gr

    from bot.engine import Engine

_QUICK: Any = {"queue": False, "api_visibility": "private", "show_progress": "hidden"}
_SPARE = 40  # events besides questions that Gradio has in hand: exports, pages waiting for the index
_POLL = 0.4  # seconds between two looks at an engine that is still being opened


def build_app(
    engine_or_loader: "Engine | EngineLoader", settings: Settings, service: Service | None = None
) -> "gr.Blocks":
    """Build the page.

    Args:
        engine_or_loader: an open engine, or a loader that is opening one.
        settings: limits and addresses.
        service: the way to the engine, if others use it too.
    """
    import gradio as gr

    from bot.web.chat_tab import build_chat, plan_choices
    from bot.web.exporting import build_export
    from bot.web.feedback_panel import build_feedback
    from bot.web.tools import publish_tools

    loader = (
        engine_or_loader
        if isinstance(engine_or_loader, EngineLoader)
        else EngineLoader.ready(engine_or_loader)
    )
    service = service or Service(loader, settings)
    with gr.Blocks(
        title=wording("web_page.title"), analytics_enabled=False, fill_width=True, fill_height=True
    ) as blocks:
        # First, so that the tools have their names to themselves.
        publish_tools(service)
        gr.HTML(_header_html(), elem_id="jw-header", js_on_load=None)
        status = gr.HTML("", elem_id="jw-status", js_on_load=None)
        terms = TermsTab(loader)
        ready = _watch(blocks, loader, status, terms.entries)
        with gr.Tabs(elem_id="jw-tabs"):
            with gr.Tab(wording("web_page.tab_chat"), id="chat", elem_id="jw-tab-chat"):
                store = feedback_store(settings)
                parts = build_chat(Chat(settings, store, service.calm), service)
                if parts.plan is not None:
                    ready.then(lambda: plan_choices(loader.engine()), None, parts.plan, **_QUICK)
                build_export(loader, parts)
                if store.days:
                    build_feedback(store, parts)
            with gr.Tab(
                wording("web_page.tab_reading"), id="reading", elem_id="jw-tab-reading", render_children=True
            ):
                gr.HTML('<div id="jw-reading"></div>', js_on_load=None)
            with gr.Tab(
                wording("web_page.tab_terms"), id="terms", elem_id="jw-tab-terms", render_children=True
            ):
                terms.build(ready)
            with gr.Tab(
                wording("web_page.tab_indicators"),
                id="indicators",
                elem_id="jw-tab-indicators",
                render_children=True,
            ):
                IndicatorsTab(loader).build(ready)
    # The gate bounds what is answered and what waits; Gradio's own queue must never be what holds a question,
    # for it says so in English. Its `max_threads` is how many events it has in hand at a time.
    most = settings.concurrency + settings.queue
    blocks.max_threads = 2 * most + _SPARE
    blocks.queue(default_concurrency_limit=settings.concurrency, max_size=blocks.max_threads)
    return blocks


def feedback_store(settings: Settings) -> FeedbackStore:
    """The file of feedback in the data folder."""
    from importlib.metadata import PackageNotFoundError, version

    try:
        program = version("jiwen")
    except PackageNotFoundError:  # run from a folder that was never installed
        program = ""
    shaping = {
        name: getattr(settings, name)
        for name in ("max_question", "max_history", "llm", "llm_model", "embedding", "reranker")
    }
    return FeedbackStore(
        settings.data / "feedback.sqlite3",
        settings.feedback_days,
        program,
        json.dumps(shaping, ensure_ascii=False, default=str),
    )


def _watch(
    blocks: "gr.Blocks", loader: EngineLoader, status: "gr.HTML", prepare: Callable[[], object]
) -> "gr.events.Dependency":
    # The event ends when the engine is there and what the tabs need is prepared, or when there will be none.
    import asyncio

    async def watch() -> AsyncIterator[str]:
        while not (loading := loader.state()).over:
            yield str(tag("p", status_text(loading), role="status"))
            await asyncio.sleep(_POLL)
        if loading.engine:
            await asyncio.to_thread(prepare)
        yield str(tag("p", loading.error, role="alert")) if loading.error else ""

    return blocks.load(
        watch, None, status, concurrency_limit=None, show_progress="hidden", api_visibility="private"
    )


def _header_html() -> str:
    skip = tag("a", wording("web_page.skip"), class_="jw-skip", href="#jw-box", data_jw="skip")
    name = tag("div", tag("h1", wording("web_page.name")), tag("p", wording("web_page.tagline")))
    brand = tag("div", tag("span", "吉", class_="jw-seal", aria_hidden="true"), name, class_="jw-brand")
    switches = [button(what, wording(f"web_page.{what}"), aria_pressed="false") for what in ("large", "dark")]
    return str(skip + tag("header", brand, tag("div", *switches, class_="jw-switches"), class_="jw-header"))

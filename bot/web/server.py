"""The server: the page on Gradio, and beside it the plan's text and tables as plain addresses."""

import logging
import os
import sys
from typing import TYPE_CHECKING, Any

from bot.web.loading import EngineLoader, Report
from ingest.settings import Settings

if TYPE_CHECKING:
    from fastapi import FastAPI

    from bot.engine import Engine

_log = logging.getLogger(__name__)

# Read by gradio and huggingface_hub when they are imported: both look hosts up otherwise.
_OFFLINE = {"GRADIO_ANALYTICS_ENABLED": "False", "HF_HUB_OFFLINE": "1"}


def serve(settings: Settings) -> None:
    """Start the page at once and open the engine in the background; returns when the server is stopped."""
    _go_offline()
    import uvicorn

    loader = EngineLoader(lambda report: _open(settings, report))
    app = server_app(loader, settings)
    loader.start()
    shown = "127.0.0.1" if settings.host in ("0.0.0.0", "::") else settings.host
    sys.stderr.write(f"吉问已启动：http://{shown}:{settings.port}/ （按 Ctrl+C 停止）\n")
    uvicorn.run(app, host=settings.host, port=settings.port, log_level="warning", timeout_graceful_shutdown=3)


def server_app(loader: EngineLoader, settings: Settings) -> "FastAPI":
    """The page and the plain addresses as one ASGI application.

    Args:
        loader: where the engine comes from; it is not started here.
        settings: limits and addresses.
    """
    _go_offline()
    import gradio as gr
    from fastapi import FastAPI

    from bot.web.app import build_app
    from bot.web.guard import SecurityHeaders
    from bot.web.routes import plan_routes
    from bot.web.theme import head, style, theme

    app = FastAPI(title="Jiwen", docs_url=None, redoc_url=None, openapi_url=None)
    app.add_middleware(SecurityHeaders)
    app.include_router(plan_routes(loader))
    mounted: Any = gr.mount_gradio_app(
        app,
        build_app(loader, settings),
        path="/",
        server_name=settings.host,
        server_port=settings.port,
        footer_links=[],
        run_history=False,
        enable_monitoring=False,
        show_error=False,
        max_file_size="1kb",  # nothing is uploaded
        ssr_mode=False,
        theme=theme(),
        css=style(),
        head=head(),
    )
    return mounted  # type: ignore[no-any-return]


def _open(settings: Settings, report: Report) -> "Engine":
    from bot.engine import open_engine

    return open_engine(settings, progress=report)


def _go_offline() -> None:
    for name, value in _OFFLINE.items():
        os.environ[name] = value

"""The server: the page on Gradio, and beside it the plan's text and tables as plain addresses."""

import logging
import os
import sys
from typing import TYPE_CHECKING, Any

from bot.web.gradio_import import import_gradio
from bot.web.loading import EngineLoader, Report, warm
from bot.web.widget import embedding_sites
from ingest.collector import collector_held
from ingest.errors import SettingsError
from ingest.settings import Settings
from prompts import wording

if TYPE_CHECKING:
    from fastapi import FastAPI

    from bot.engine import Engine

_log = logging.getLogger(__name__)

# Read by gradio and huggingface_hub when they are imported: both look hosts up otherwise. pypinyin copies its
# dictionaries otherwise.
_OFFLINE = {"GRADIO_ANALYTICS_ENABLED": "False", "HF_HUB_OFFLINE": "1", "PYPINYIN_NO_DICT_COPY": "1"}


def serve(settings: Settings) -> None:
    """Start the page at once and open the engine in the background; returns when the server is stopped."""
    with collector_held():
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
    import_gradio()
    import gradio as gr
    from fastapi import FastAPI

    from bot.web.app import build_app, feedback_store
    from bot.web.calls import CallCheck
    from bot.web.closed import ClosedAddresses
    from bot.web.guard import SecurityHeaders
    from bot.web.limits import BodyLimit
    from bot.web.quality import build_quality_page, login
    from bot.web.routes import library_routes, plan_routes, side_routes
    from bot.web.theme import ASSETS, head, style, theme
    from bot.web.tools import tool_names

    app = FastAPI(title="Jiwen", docs_url=None, redoc_url=None, openapi_url=None)
    app.add_middleware(
        CallCheck, names=tool_names(several=settings.plans is not None)
    )  # the last one added comes first
    app.add_middleware(BodyLimit)
    app.add_middleware(ClosedAddresses)
    app.add_middleware(SecurityHeaders, embedders=_embedders(settings))
    app.include_router(plan_routes(loader))
    app.include_router(side_routes(loader))
    if settings.plans is not None:
        app.include_router(library_routes(loader))
    shared: dict[str, Any] = {
        "server_name": settings.host,
        "server_port": settings.port,
        "footer_links": [],
        "run_history": False,
        "enable_monitoring": False,
        "show_error": False,
        "max_file_size": "1kb",  # nothing is uploaded
        "ssr_mode": False,
        "theme": theme(),
        "css": style(),
    }
    password = settings.qa_password.get_secret_value()
    if settings.qa_user and password:
        gr.mount_gradio_app(
            app,
            build_quality_page(feedback_store(settings)),
            path="/qa",
            auth=login(settings.qa_user, password),
            auth_message=wording("web_quality.title"),
            mcp_server=False,
            app_kwargs=_told_errors(),
            **shared,
        )
    # The page comes last: whatever no address before it takes is the page's.
    mounted: Any = gr.mount_gradio_app(
        app,
        build_app(loader, settings),
        path="/",
        mcp_server=True,
        head=head(),
        favicon_path=str(ASSETS / "icon.svg"),
        app_kwargs=_told_errors(),
        **shared,
    )
    return mounted


def _told_errors() -> dict[str, Any]:
    """What makes an application of Gradio's tell of a failure in words; its own are in English."""
    from fastapi import Request
    from fastapi.exceptions import RequestValidationError
    from fastapi.responses import JSONResponse

    def wrong_call(request: Request, error: Exception) -> JSONResponse:
        return JSONResponse({"error": wording("web_call.wrong")}, status_code=400)

    def failed(request: Request, error: Exception) -> JSONResponse:
        return JSONResponse({"error": wording("web_error.server")}, status_code=500)

    # Gradio raises KeyError for the number of an event that is not there.
    return {
        "exception_handlers": {Exception: failed, KeyError: wrong_call, RequestValidationError: wrong_call}
    }


def _embedders(settings: Settings) -> str:
    try:
        return embedding_sites(settings.embedders)
    except ValueError as error:
        raise SettingsError(wording("web_error.embedders", site=error)) from error


def _open(settings: Settings, report: Report) -> "Engine":
    with collector_held():
        from bot.engine import open_engine

        engine = open_engine(settings, progress=report)
        warm(engine)  # before the page says that it is ready: a question asked meanwhile would wait as long
    return engine


def _go_offline() -> None:
    for name, value in _OFFLINE.items():
        os.environ[name] = value

"""Plain addresses beside the page: the plan's text and table, the widget, the interface, its health."""

import gzip
import hashlib
from functools import cache
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import quote

from markupsafe import Markup

from bot.plans.choose import index_of_plan
from bot.web.api_page import api_page
from bot.web.indicators import table_rows
from bot.web.loading import EngineLoader
from bot.web.metrics import CONTENT_TYPE
from bot.web.plain_page import plain_page
from bot.web.reading import reading_html
from bot.web.service import Service
from bot.web.spreadsheet import as_csv, as_xlsx
from bot.web.widget import widget_page, widget_script
from ingest.errors import JiwenError
from ingest.place import pages_in_words
from prompts import wording

if TYPE_CHECKING:
    from fastapi import APIRouter

_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def plan_routes(loader: EngineLoader) -> "APIRouter":
    """The plan's text and table, under `/plan/`."""
    from fastapi import APIRouter, Request, Response
    from fastapi.responses import PlainTextResponse

    router = APIRouter()

    @cache  # a loader opens one engine only
    def reading() -> tuple[bytes, str]:
        engine = loader.engine()
        assert engine is not None
        page = reading_html(engine.index.plan, engine.index.passages).encode()
        return gzip.compress(page, mtime=0), hashlib.sha256(page).hexdigest()[:16]

    @router.get("/plan/reading.html")
    def reading_view(request: Request) -> Response:
        if loader.engine() is None:
            return PlainTextResponse(loader.state().error or wording("web_error.not_ready"), status_code=503)
        page, tag = reading()
        headers: dict[str, Any] = {"ETag": f'"{tag}"', "Cache-Control": "no-cache", "Vary": "Accept-Encoding"}
        if request.headers.get("if-none-match") == headers["ETag"]:
            return Response(status_code=304, headers=headers)
        if "gzip" in request.headers.get("accept-encoding", ""):
            headers["Content-Encoding"] = "gzip"
        else:
            page = gzip.decompress(page)
        return Response(page, media_type="text/html; charset=utf-8", headers=headers)

    @router.get("/plan/indicators.{kind}")
    def indicators(kind: Literal["csv", "xlsx"]) -> Response:
        engine = loader.engine()
        if engine is None:
            return PlainTextResponse(wording("web_error.not_ready"), status_code=503)
        plan = engine.index.plan
        found, rows = plan.indicator_table(), table_rows(plan)
        if found is None:
            return PlainTextResponse(wording("web_indicators.no_table"), status_code=404)
        if kind == "csv":
            content = as_csv(rows)
        else:
            pages = pages_in_words(sorted({row.page for row in rows}))
            content = as_xlsx(
                rows, found[2].title, wording("web_indicators.source", plan=plan.title, pages=pages)
            )
        name = quote(f"{wording('web_indicators.sheet')}.{kind}")
        disposition = f"attachment; filename=indicators.{kind}; filename*=UTF-8''{name}"
        return Response(content, media_type=_TYPES[kind], headers={"Content-Disposition": disposition})

    return router


def library_routes(loader: EngineLoader) -> "APIRouter":
    """The texts of other plans, where there are several, for their citations to point into."""
    from fastapi import APIRouter, Response
    from fastapi.responses import PlainTextResponse

    router = APIRouter()

    @router.get("/plan/text")
    def other_text(plan: str) -> Response:
        engine = loader.engine()
        if engine is None:
            return PlainTextResponse(wording("web_error.not_ready"), status_code=503)
        try:
            index = index_of_plan(engine, plan)
        except JiwenError as error:
            return PlainTextResponse(str(error), status_code=404)
        text = Markup(reading_html(index.plan, index.passages))
        return Response(plain_page(index.plan.title, text), media_type="text/html; charset=utf-8")

    return router


def health_routes(service: Service) -> "APIRouter":
    """For whoever watches the server: `/healthz` (it runs), `/readyz` (send it questions), `/metrics`.

    They answer on the event loop, so that they do even while every thread is at work.
    """
    import asyncio

    from fastapi import APIRouter, Response
    from fastapi.responses import JSONResponse

    router = APIRouter()

    @router.get("/healthz")
    async def healthz() -> JSONResponse:
        loading = service.loader.state()
        state = "ready" if loading.engine else "failed" if loading.error else "starting"
        return JSONResponse({"status": state}, status_code=200 if loading.engine else 503)

    @router.get("/readyz")
    async def readyz() -> JSONResponse:
        state = await asyncio.to_thread(service.state)
        return JSONResponse({"status": state}, status_code=200 if state == "ready" else 503)

    @router.get("/metrics")
    async def metrics() -> Response:
        return Response(service.metrics(), media_type=CONTENT_TYPE)

    return router


def side_routes(root_path: str = "") -> "APIRouter":
    """`/api` for programmers, `/widget.js` for other sites.

    Args:
        root_path: what a proxy in front has put before every path and taken off again.
    """
    from fastapi import APIRouter, Request, Response

    router = APIRouter()

    def address(request: Request) -> str:
        return f"{str(request.base_url).rstrip('/')}{root_path}/"

    @router.get("/api")
    def api(request: Request) -> Response:
        return Response(api_page(address(request)), media_type="text/html; charset=utf-8")

    @router.get("/widget.js")
    def widget() -> Response:
        return Response(widget_script(), media_type="text/javascript; charset=utf-8")

    @router.get("/widget/test")
    def widget_test(request: Request) -> Response:
        return Response(widget_page(f"{address(request)}widget.js"), media_type="text/html; charset=utf-8")

    return router

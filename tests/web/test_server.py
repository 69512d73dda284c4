"""The addresses beside the page, the tools over HTTP and MCP, the headers, and the start before the index."""

import asyncio
import json
import logging
import threading
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from bot.web.api_page import EXAMPLES
from bot.web.loading import EngineLoader
from bot.web.server import server_app
from bot.web.tools import NAMES, Tools
from bot.web.widget import embedding_sites
from ingest.errors import SettingsError
from ingest.settings import Settings
from prompts import wording
from tests.web.conftest import Server
from tests.web.test_page import QUESTION


def get(url, **headers):
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers=headers)) as response:
            return response.status, response.headers, response.read()
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read()


def post(url, body):
    request = urllib.request.Request(url, body.encode(), {"Content-Type": "application/json"})
    with urllib.request.urlopen(request) as response:
        return json.load(response)


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/", "text/html"),
        ("/plan/reading.html", "text/html"),
        ("/plan/indicators.csv", "text/csv"),
        ("/plan/indicators.xlsx", "application/vnd.openxmlformats"),
        ("/api", "text/html"),
        ("/widget.js", "text/javascript"),
        ("/widget/test", "text/html"),
        ("/healthz", "application/json"),
        ("/gradio_api/openapi.json", "application/json"),
    ],
)
def test_every_address_answers_and_keeps_to_its_own_server(server, path, kind):
    status, headers, body = get(server.url + path)
    assert status == 200
    assert headers["Content-Type"].startswith(kind)
    assert body
    policy = headers["Content-Security-Policy"]
    assert "connect-src 'self'" in policy
    assert "frame-ancestors 'self'" in policy
    assert headers["X-Content-Type-Options"] == "nosniff"


def test_the_text_is_sent_once_and_then_only_confirmed(server):
    _, headers, _ = get(f"{server.url}/plan/reading.html")
    status, _, body = get(f"{server.url}/plan/reading.html", **{"If-None-Match": headers["ETag"]})
    assert (status, body) == (304, b"")


@pytest.mark.parametrize("path", ["/monitoring/summary", "/gradio_api/runs", "/plan/indicators.exe"])
def test_what_should_be_closed_is(server, path):
    assert get(server.url + path)[0] >= 400


def test_the_page_for_staff_is_behind_a_login(server):
    status, _, body = get(f"{server.url}/qa/")
    assert status == 200
    assert "auth_required" in body.decode()
    assert "jw-reports" not in body.decode()


def test_without_a_login_in_the_settings_there_is_no_page_for_staff(engine, tmp_path):
    with Server(EngineLoader.ready(engine), Settings(data=tmp_path)) as running:
        assert get(f"{running.url}/qa/")[0] == 404


@pytest.mark.parametrize("example", EXAMPLES, ids=[example.tool for example in EXAMPLES])
def test_the_examples_of_the_interface_run(server, example):
    assert example.command(f"{server.url}/") in get(f"{server.url}/api")[2].decode().replace(
        "&#34;", '"'
    ).replace("&#39;", "'")
    (answer,) = post(f"{server.url}/gradio_api/run/{example.tool}", example.body)["data"]
    assert answer.get("found", True)
    assert json.dumps(answer, ensure_ascii=False).strip("{}")


def test_the_tools_are_published_by_name_and_nothing_else_is(server):
    paths = json.loads(get(f"{server.url}/gradio_api/openapi.json")[2])["paths"]
    assert {path.rsplit("/", 1)[1] for path in paths if "/call/v2/" in path} == set(NAMES)


def test_the_tools_are_served_over_mcp(server):
    from mcp import ClientSession
    from mcp.client.streamable_http import streamablehttp_client

    async def use():
        async with (
            streamablehttp_client(f"{server.url}/gradio_api/mcp/") as (read, write, _),
            ClientSession(read, write) as session,
        ):
            await session.initialize()
            names = {tool.name for tool in (await session.list_tools()).tools}
            result = await session.call_tool("term", {"name": "梨树模式"})
            return names, result.content[0].text

    names, text = asyncio.run(use())
    assert names == set(NAMES)
    assert "梨树模式" in text


@pytest.mark.parametrize(("chapter", "section"), [(99, 1), (1, 99), (0, 0), (-1, 2)])
def test_a_section_that_is_not_there_is_not_found(asked, chapter, section):
    assert Tools(EngineLoader.ready(asked)).section(chapter, section) == {"found": False}


def test_a_section_is_its_text_as_printed(asked, plan):
    told = Tools(EngineLoader.ready(asked)).section(5, 2)
    assert told["text"] in plan.text
    assert told["text"].startswith("第二节")
    assert "专栏16" in told["text"]
    assert "第三节" not in told["text"]
    listed = Tools(EngineLoader.ready(asked)).section(5)
    assert [entry["section"] for entry in listed["sections"]] == [
        s.number for s in plan.chapters[4].sections if s.number
    ]


@pytest.mark.parametrize("name", ["", "  ", "没有这个"])
def test_what_is_not_there_is_not_found(asked, name):
    tools = Tools(EngineLoader.ready(asked))
    assert tools.term(name) == {"found": False}
    assert tools.indicator(name) == {"found": False, "rows": []}


@pytest.mark.parametrize(
    ("setting", "sites"),
    [
        ("", "'self'"),
        ("https://www.jl.gov.cn http://10.0.0.1:8080", "'self' https://www.jl.gov.cn http://10.0.0.1:8080"),
    ],
)
def test_sites_that_may_embed_the_page(setting, sites):
    assert embedding_sites(setting) == sites


@pytest.mark.parametrize("setting", ["*", "www.jl.gov.cn", "https://a;script-src *", "javascript:1"])
def test_a_wrong_site_is_told_with_its_setting(engine, tmp_path, setting):
    with pytest.raises(SettingsError, match="JIWEN_EMBEDDERS"):
        server_app(EngineLoader.ready(engine), Settings(data=tmp_path, embedders=setting))


def test_a_start_asks_no_other_host(engine, tmp_path, caplog):
    # The environment switches are read by gradio at import; the network guard would see an attempt.
    import os

    caplog.set_level(logging.WARNING)
    server_app(EngineLoader.ready(engine), Settings(data=tmp_path))
    assert os.environ["GRADIO_ANALYTICS_ENABLED"] == "False"
    assert os.environ["HF_HUB_OFFLINE"] == "1"


class Slow:
    """An engine that is opened when the test says so."""

    def __init__(self, engine):
        self.go = threading.Event()
        self.loader = EngineLoader(self._open)
        self.engine = engine

    def _open(self, report):
        report("计算语义向量", 3, 4)
        self.go.wait(60)
        return self.engine


@pytest.fixture
def slow(engine, tmp_path):
    waiting = Slow(engine)
    waiting.loader.start()
    with Server(waiting.loader, Settings(data=tmp_path)) as running:
        waiting.url = running.url
        yield waiting
        waiting.go.set()


def test_before_the_index_is_ready_addresses_say_so(slow):
    status, _, body = get(f"{slow.url}/healthz")
    assert (status, json.loads(body)) == (503, {"status": "starting"})
    for path in ("/plan/reading.html", "/plan/indicators.csv"):
        status, _, body = get(slow.url + path)
        assert (status, body.decode()) == (503, wording("web_error.not_ready"))
    slow.go.set()
    slow.loader.wait(10)
    assert get(f"{slow.url}/healthz")[0] == 200


@pytest.mark.browser
def test_the_page_is_there_before_the_index_and_answers_when_it_is_ready(slow, open_page, screenshot):
    page = open_page(base=slow.url)
    page.wait_for_selector("#jw-status p")
    assert "75%" in page.locator("#jw-status").inner_text()
    page.fill("#jw-box textarea", QUESTION)
    page.press("#jw-box textarea", "Enter")
    page.wait_for_selector(".jw-note")
    screenshot(page, "desktop-starting")
    slow.go.set()
    page.wait_for_selector(".jw-sources")
    page.wait_for_selector("#jw-status p", state="detached")
    page.click("#jw-tab-terms-button")
    page.wait_for_selector(".jw-card")


@pytest.mark.browser
def test_the_widget_opens_the_page_in_a_frame_of_another_site(open_page, server, screenshot):
    page = open_page("/widget/test", wait="pre")
    page.get_by_role("button", name=wording("web_widget.open")).click()
    frame = page.frame_locator("iframe")
    frame.locator("#jw-box textarea").fill(QUESTION)
    frame.locator("#jw-box textarea").press("Enter")
    frame.locator(".jw-sources").wait_for()
    assert frame.locator("#jw-header").is_hidden()
    screenshot(page, "desktop-widget")
    page.get_by_role("button", name=wording("web_widget.close")).click()
    assert page.get_by_role("button", name=wording("web_widget.open")).is_visible()


@pytest.mark.browser
def test_a_conversation_is_exported_as_markdown(open_page, ask, plan):
    page = open_page()
    page.locator('[data-jw="export-md"]').click()
    page.wait_for_selector("#jw-toast.jw-shown")
    assert page.locator("#jw-toast").inner_text() == wording("web_export.nothing")
    ask(page, QUESTION)
    with page.expect_download() as download:
        page.locator('[data-jw="export-md"]').click()
    text = Path(download.value.path()).read_text(encoding="utf-8")
    assert download.value.suggested_filename.endswith(".md")
    assert QUESTION in text
    assert plan.title in text


@pytest.mark.browser
def test_a_conversation_is_exported_as_word(open_page, ask, plan):
    from docx import Document

    page = open_page(size=(360, 740))
    page.get_by_role("button", name=wording("web_chat.export_word")).click()
    page.wait_for_selector("#jw-toast.jw-shown")
    assert page.locator("#jw-toast").inner_text() == wording("web_export.nothing")
    ask(page, QUESTION)
    cited = page.locator(".jw-sources li").count()
    with page.expect_download() as download:
        page.get_by_role("button", name=wording("web_chat.export_word")).click()
    assert download.value.suggested_filename.endswith(".docx")
    texts = [paragraph.text for paragraph in Document(download.value.path()).paragraphs]
    assert QUESTION in texts
    assert sum(plan.title in text for text in texts) == cited + 1  # the line under the title, and references


def test_a_component_keeps_its_schema_and_every_caller_has_his_own():
    import gradio as gr

    from bot.web.schemas import keep_schema

    class Model(gr.data_classes.GradioModel):
        """About."""

        name: str

    before = Model.model_json_schema()
    keep_schema(Model)
    keep_schema(Model)
    assert Model.model_json_schema().pop("description") == before["description"]
    assert Model.model_json_schema() == before

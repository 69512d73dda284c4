"""What the tests of the page share: an engine, a server on a free port, a headless browser."""

import os
import shutil
import socket
import threading
import time
from pathlib import Path

import pytest

from bot.web.loading import EngineLoader
from ingest.settings import Settings
from tests.web.fake import FakeEngine, FakeIndex

SCREENSHOTS = Path(__file__).resolve().parents[2] / "docs" / "screenshots"
TAKE_PICTURES = bool(os.environ.get("JIWEN_SCREENSHOTS"))
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--no-first-run",
)  # fmt: skip


@pytest.fixture(scope="session")
def engine(plan, passages):
    return FakeEngine(FakeIndex(plan, passages))


@pytest.fixture
def asked(engine):
    """The engine with a clean record of what it was asked."""
    engine.asked.clear()
    engine.queued.clear()
    return engine


@pytest.fixture(scope="session")
def settings(tmp_path_factory):
    return Settings(data=tmp_path_factory.mktemp("data"), qa_user="staff", qa_password="a long password")


class Server:
    """The page on a loopback port, for as long as the tests of a module need it."""

    def __init__(self, loader, settings):
        import uvicorn

        from bot.web.server import server_app

        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        config = uvicorn.Config(
            server_app(loader, settings),
            host="127.0.0.1",
            port=port,
            log_level="warning",
            timeout_graceful_shutdown=1,
        )
        self.url = f"http://127.0.0.1:{port}"
        self.settings = settings
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, daemon=True)

    def __enter__(self):
        self._thread.start()
        for _ in range(600):
            if self._server.started:
                return self
            time.sleep(0.05)
        raise RuntimeError("the server did not start")

    def __exit__(self, *_):
        self._server.should_exit = True
        self._thread.join(10)


@pytest.fixture(scope="session")
def served(engine, request):
    """The engine behind the page: the small one, or the real one where pictures are taken."""
    return request.getfixturevalue("real_engine") if TAKE_PICTURES else engine


@pytest.fixture(scope="session")
def real_engine(index, index_settings):
    from bot.engine import Engine

    return Engine(index, index_settings)


@pytest.fixture(scope="module")
def server(served, settings):
    with Server(EngineLoader.ready(served), settings) as running:
        yield running


def browser_path():
    return next((path for name in BROWSERS if (path := shutil.which(name))), None)


@pytest.fixture(scope="module")
def browser():
    path = browser_path()
    if path is None:
        pytest.skip("没有找到 Chromium：安装 chromium 后才能运行浏览器测试")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        yield launched
        launched.close()


@pytest.fixture
def open_page(browser, server):
    """Open the page in a window of its own; it fails the test on a script error or a request to elsewhere."""
    contexts, problems = [], []

    def open_(path="/", *, size=(1280, 800), dark=False, wait="#jw-box textarea", base=None):
        phone = size[0] < 500
        context = browser.new_context(
            viewport={"width": size[0], "height": size[1]},
            color_scheme="dark" if dark else "light",
            has_touch=phone,
            is_mobile=phone,
            locale="zh-CN",
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(20_000)
        page.on("pageerror", lambda error: problems.append(f"script error: {error}"))
        page.on(
            "request",
            lambda request: (
                None
                if request.url.startswith(("http://127.0.0.1:", "data:", "blob:"))
                else problems.append(f"request to elsewhere: {request.url}")
            ),
        )
        page.goto((base or server.url) + path)
        page.wait_for_selector(wait)
        return page

    yield open_
    for context in contexts:
        context.close()
    assert not problems


@pytest.fixture
def screenshot():
    """Keep a picture for the documentation if JIWEN_SCREENSHOTS says so; a test run leaves the tree clean."""

    def take(page, name):
        if TAKE_PICTURES:
            SCREENSHOTS.mkdir(parents=True, exist_ok=True)
            page.wait_for_timeout(400)  # until transitions are over
            page.screenshot(path=SCREENSHOTS / f"{name}.png")

    return take


@pytest.fixture
def ask():
    """Type a question, send it, and wait for its whole answer."""

    def ask_(page, question):
        before = page.locator(".jw-actions").count()
        page.fill("#jw-box textarea", question)
        page.press("#jw-box textarea", "Enter")
        page.wait_for_function("n => document.querySelectorAll('.jw-actions').length > n", arg=before)

    return ask_

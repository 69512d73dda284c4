"""A server under load: the line, limits by client and time, health, metrics, logs, the way to stop."""

import asyncio
import io
import json
import logging
import os
import signal
import subprocess
import sys
import threading
import urllib.error
import urllib.request
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest

from bot.answer import Answer
from bot.web.loading import EngineLoader
from bot.web.logs import JsonFormatter, TextFormatter
from ingest.settings import Settings
from prompts import wording
from tests.chroma import ChromaServer
from tests.web.conftest import Server
from tests.web.fake import FakeEngine

QUESTION = "怎样保护黑土地，推广“梨树模式”？"


class HeldEngine(FakeEngine):
    """Answers a question with 等 in it when it is let go."""

    def __init__(self, index):
        super().__init__(index)
        self.begun, self.go = threading.Semaphore(0), threading.Event()

    def ask(self, question, history=()):
        if "等" in question:
            self.begun.release()
            assert self.go.wait(60)
        if "坏" in question:
            raise RuntimeError(f"secret {question}")
        return super().ask(question, history)

    def wait_until_asked(self):
        assert self.begun.acquire(timeout=30)


@pytest.fixture
def held(engine):
    engine = HeldEngine(engine.index)
    yield engine
    engine.go.set()


@pytest.fixture
def serve(held, tmp_path):
    """Serve the engine with these settings."""
    running = []

    def serve_(**settings):
        server = Server(EngineLoader.ready(held), Settings(data=tmp_path, **settings))
        running.append(server.__enter__())
        return running[-1].url

    yield serve_
    held.go.set()
    for server in running:
        server.__exit__()


@pytest.fixture
def threads():
    with ThreadPoolExecutor(16) as pool:
        yield pool


def get(url, headers=None):
    try:
        with urllib.request.urlopen(
            urllib.request.Request(url, headers=headers or {}), timeout=60
        ) as response:
            return response.status, response.headers, response.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read().decode()


def ask(url, question, headers=None, data=None, tool="ask"):
    body = json.dumps({"data": [question, []] if data is None else data}).encode()
    request = urllib.request.Request(
        f"{url}/gradio_api/run/{tool}", body, {"Content-Type": "application/json"} | (headers or {})
    )
    try:
        with urllib.request.urlopen(request, timeout=60) as response:
            return response.status, response.headers, json.load(response)
    except urllib.error.HTTPError as error:
        return error.code, error.headers, json.load(error)


def page_messages(url, question):
    """What the page is sent when a question is typed into its box, message by message."""
    config = json.loads(get(f"{url}/config")[2])
    box = next(c["id"] for c in config["components"] if c["props"].get("elem_id") == "jw-box")
    event = next(d for d in config["dependencies"] if [box, "submit"] in d["targets"])
    session = uuid.uuid4().hex
    data = [question, *[None] * (len(event["inputs"]) - 1)]
    body = json.dumps({"data": data, "fn_index": event["id"], "session_hash": session}).encode()
    request = urllib.request.Request(
        f"{url}/gradio_api/queue/join", body, {"Content-Type": "application/json"}
    )
    urllib.request.urlopen(request, timeout=60).close()
    with urllib.request.urlopen(f"{url}/gradio_api/queue/data?session_hash={session}", timeout=60) as stream:
        for line in stream:
            if line.startswith(b"data:"):
                message = json.loads(line[5:])
                yield (
                    line.decode()
                    if message["msg"] == "close_stream"
                    else json.dumps(message, ensure_ascii=False)
                )
                if message["msg"] == "process_completed":
                    return


def until(messages, words):
    for message in messages:
        if words in message:
            return message
    raise AssertionError(f"{words} did not come")


def test_who_waits_is_told_the_place_and_answered_in_the_end(serve, held, threads):
    url = serve(concurrency=1, queue=2)
    first = threads.submit(ask, url, f"等{QUESTION}")
    held.wait_until_asked()
    second = page_messages(url, QUESTION)
    until(second, wording("web_status.waiting", place=1))
    third = page_messages(url, QUESTION)
    until(third, wording("web_status.waiting", place=2))
    full = wording("web_error.full", count=2)
    assert full in list(page_messages(url, QUESTION))[-1]
    status, headers, told = ask(url, QUESTION)
    assert (status, told["error"]) == (503, full)
    assert int(headers["Retry-After"]) >= 1
    assert "jiwen_queue_length 2" in get(f"{url}/metrics")[2]
    held.go.set()
    assert first.result()[2]["data"][0]["status"] == "answered"
    for messages in (second, third):
        assert "jw-sources" in until(messages, "jw-actions")


def test_health_answers_while_every_worker_is_busy(serve, held, threads):
    url = serve(concurrency=1, queue=50)
    waiting = [threads.submit(ask, url, f"等{QUESTION}") for _ in range(15)]
    held.wait_until_asked()
    assert get(f"{url}/healthz")[0] == 200
    assert get(f"{url}/readyz")[2] == '{"status":"ready"}'
    held.go.set()
    assert [future.result()[0] for future in waiting] == [200] * 15


def test_a_question_that_takes_too_long_is_told_so_and_holds_nobody_up(serve, held):
    url = serve(concurrency=1, answer_timeout=0.3)
    told = wording("web_error.too_slow", seconds="0.3")
    status, _, answer = ask(url, f"等{QUESTION}")
    assert (status, answer["error"]) == (504, told)
    assert ask(url, QUESTION)[0] == 200
    held.go.set()


def test_the_page_is_told_of_a_question_that_takes_too_long(serve, held):
    url = serve(concurrency=1, answer_timeout=0.3)
    *_, end = page_messages(url, f"等{QUESTION}")
    assert wording("web_error.too_slow", seconds="0.3") in end


def test_one_client_may_ask_so_often_and_is_told_when_again(serve):
    url = serve(rate=3)
    assert [ask(url, QUESTION)[0] for _ in range(3)] == [200] * 3
    status, headers, told = ask(url, QUESTION)
    assert status == 429
    assert 1 <= int(headers["Retry-After"]) <= 21
    assert "每分钟最多3个" in told["error"]
    assert "每分钟最多3个" in list(page_messages(url, QUESTION))[-1]
    assert ask(url, None, data=["梨树模式"], tool="term")[0] == 429
    assert get(f"{url}/healthz")[0] == 200


def test_mcp_has_the_same_limits(serve):
    from mcp import ClientSession
    from mcp.client.streamable_http import streamablehttp_client

    url = serve(rate=2, max_question=20)

    async def use():
        async with (
            streamablehttp_client(f"{url}/gradio_api/mcp/") as (read, write, _),
            ClientSession(read, write) as session,
        ):
            await session.initialize()
            return [
                (await session.call_tool("ask", {"question": question})).content[0].text
                for question in (QUESTION, "长" * 301, QUESTION)
            ]

    answered, too_long, refused = asyncio.run(use())
    assert '"answered"' in answered or "'answered'" in answered
    assert "invalid" in too_long
    assert "每分钟最多2个" in refused


def test_a_forwarded_address_counts_only_from_a_trusted_proxy(held, tmp_path):
    """Through uvicorn as `serve` sets it up: the test's own server takes no word of a proxy."""
    import uvicorn

    from bot.web.server import server_app, server_config

    def statuses(**settings):
        chosen = Settings(data=tmp_path, rate=1, **settings)
        app = server_app(EngineLoader.ready(held), chosen)
        config = server_config(app, chosen)
        config.load()
        return asyncio.run(asked_from(config.loaded_app, ["198.51.100.1", "198.51.100.2", "198.51.100.2"]))

    async def asked_from(app, forwarded):
        import httpx

        transport = httpx.ASGITransport(app, client=("10.0.0.9", 1))
        async with httpx.AsyncClient(transport=transport, base_url="http://jiwen") as client:
            return [
                (
                    await client.post(
                        "/gradio_api/run/ask",
                        json={"data": [QUESTION, []]},
                        headers={"X-Forwarded-For": f"203.0.113.9, {address}"},
                    )
                ).status_code
                for address in forwarded
            ]

    assert uvicorn.Config("x").proxy_headers  # what would be trusted if nothing were said
    assert statuses() == [200, 429, 429]
    assert statuses(proxies="192.0.2.0/24") == [200, 429, 429]
    assert statuses(proxies="10.0.0.0/8") == [200, 200, 429]


@pytest.mark.parametrize(
    ("tool", "data"),
    [
        ("ask", []),
        ("ask", [QUESTION, [], 3]),
        ("term", [5]),
        ("indicator", [None]),
        ("section", ["五"]),
        ("section", [True]),
        ("ask", "黑土地"),
        ("ask", {"question": QUESTION}),
    ],
)
def test_a_call_of_the_wrong_form_is_told_the_form(server, tool, data):
    status, _, told = ask(server.url, None, data=data, tool=tool)
    assert status == 400
    assert told["error"]


def test_what_is_no_json_is_told_too(server):
    request = urllib.request.Request(f"{server.url}/gradio_api/run/ask", b"{")
    with pytest.raises(urllib.error.HTTPError) as error:
        urllib.request.urlopen(request)
    assert error.value.code == 400


def test_length_and_history_have_their_limits_over_http(serve, held):
    url = serve()
    assert ask(url, "长" * 301)[2]["data"][0]["status"] == "invalid"
    assert ask(url, QUESTION, data=[QUESTION, []])[2]["data"][0]["status"] == "answered"
    assert ask(url, None, data=[QUESTION, [f"之前{n}" for n in range(500)]])[0] == 200


def test_metrics_tell_what_was_asked_and_how_it_ended(serve, held):
    url = serve()
    held.enqueue(Answer("answered", "答", timings={"lexical": 2.0, "total": 12.0}))
    ask(url, QUESTION)
    ask(url, "ζηθ")
    ask(url, None, data=["梨树模式"], tool="term")
    ask(url, "坏")
    list(page_messages(url, QUESTION))
    status, headers, text = get(f"{url}/metrics")
    assert status == 200
    assert headers["Content-Type"].startswith("text/plain; version=0.0.4")
    for line in (
        'jiwen_requests_total{channel="http",tool="ask",outcome="answered"} 1',
        'jiwen_requests_total{channel="http",tool="ask",outcome="not_in_plan"} 1',
        'jiwen_requests_total{channel="http",tool="ask",outcome="unexpected"} 1',
        'jiwen_requests_total{channel="http",tool="term",outcome="found"} 1',
        'jiwen_requests_total{channel="chat",tool="ask",outcome="answered"} 1',
        'jiwen_stage_seconds_bucket{stage="lexical",le="0.0025"} 1',
        'jiwen_stage_seconds_count{stage="queue"} 5',
        'jiwen_http_responses_total{code="500"} 1',
        "jiwen_queue_length 0",
        "jiwen_running 0",
        "jiwen_ready 1",
    ):
        assert line in text, line


def test_a_log_line_has_an_id_and_nothing_of_the_person(serve, caplog):
    url = serve()
    caplog.set_level(logging.INFO, "jiwen.service")
    _, headers, _ = ask(url, QUESTION, {"X-Request-ID": "from-the-proxy-1"})
    assert headers["X-Request-ID"] == "from-the-proxy-1"
    _, headers, told = ask(url, f"坏{QUESTION}", {"X-Request-ID": "x y"})
    assert told["error"] == wording("web_error.unexpected")
    assert headers["X-Request-ID"] != "x y"
    records = [record for record in caplog.records if record.name == "jiwen.service"]
    lines = [json.loads(JsonFormatter().format(record)) for record in records]
    assert [line["outcome"] for line in lines if line["message"] == "request"] == ["answered", "unexpected"]
    first = lines[0]
    assert (first["id"], first["channel"], first["characters"]) == ("from-the-proxy-1", "http", len(QUESTION))
    assert first["ms"] >= 0
    assert first["stages"]["queue"] >= 0
    (failed,) = (line for line in lines if "traceback" in line)
    assert failed["id"] == headers["X-Request-ID"]
    for record in records:
        if not record.exc_info:
            assert QUESTION not in TextFormatter().format(record)
            assert "127.0.0.1" not in JsonFormatter().format(record)


def test_logging_is_set_up_from_the_settings(monkeypatch):
    from bot.web import logs

    before = logging.getLogger().handlers[:]
    monkeypatch.setattr(sys, "stderr", out := io.StringIO())
    try:
        logs.start_logging(Settings(log_level="info", log_format="json"))
        logging.getLogger("jiwen.service").info("request", extra={"fields": {"id": "1"}})
        logging.getLogger("httpx").info("not ours")
        (line,) = out.getvalue().splitlines()
        assert json.loads(line)["id"] == "1"
    finally:
        logging.getLogger().handlers[:] = before
        for name in ("jiwen", "bot", "ingest"):
            logging.getLogger(name).setLevel(logging.NOTSET)


STOPPING = """
import sys, threading, time
from pathlib import Path
from bot.answer import Answer
from bot.web.loading import EngineLoader
from bot.web import server
from ingest.settings import load_settings
class Slow:
    index = type("Index", (), {"plan": None, "passages": ()})()
    reader = type("Reader", (), {"make_sounds": lambda self: None})()
    def ask(self, question, history=()):
        print("asked", flush=True)
        time.sleep(float(question))
        return Answer("answered", "done")
server._open = lambda settings, report: Slow()
server.serve(load_settings(data=Path(sys.argv[1]), port=int(sys.argv[2]), stop_timeout=float(sys.argv[3])))
print("over", flush=True)
"""


@pytest.fixture
def process(tmp_path):
    """A server of its own, by `serve`, whose questions are how many seconds they take."""
    import socket

    started = []

    def start(stop_timeout):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        running = subprocess.Popen(
            [sys.executable, "-c", STOPPING, tmp_path, str(port), str(stop_timeout)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            env=os.environ | {"PYTHONIOENCODING": "utf-8"},
        )
        started.append(running)
        url = f"http://127.0.0.1:{port}"
        for _ in range(600):
            try:
                if get(f"{url}/readyz")[0] == 200:
                    return running, url
            except OSError:
                pass
            threading.Event().wait(0.05)
        raise AssertionError(running.stderr.read())

    yield start
    for running in started:
        running.kill()
        running.communicate()


def test_a_server_that_is_told_to_stop_finishes_takes_nothing_new_and_ends_well(process, threads):
    running, url = process(20)
    page = urllib.request.urlopen(f"{url}/gradio_api/heartbeat/abc", timeout=60)  # as an open page has
    asked = threads.submit(ask, url, "1.5")
    assert running.stdout.readline() == "asked\n"
    running.send_signal(signal.SIGTERM)
    for _ in range(100):
        status, _, state = get(f"{url}/readyz")
        if status == 503:
            break
    assert state == '{"status":"stopping"}'
    status, _, told = ask(url, "0")
    assert (status, told["error"]) == (503, wording("web_error.stopping"))
    assert asked.result()[2]["data"][0]["text"] == "done"
    assert running.wait(20) == 0
    out, err = running.communicate()
    assert out == "over\n"
    assert "Traceback" not in err
    page.close()


@pytest.mark.slow
def test_a_server_whose_question_hangs_still_ends(process, threads):
    running, url = process(0.2)
    asked = threads.submit(ask, url, "30")
    assert running.stdout.readline() == "asked\n"
    running.send_signal(signal.SIGTERM)
    assert running.wait(20) == 0
    assert asked.exception() or asked.result()[0] >= 500


def test_the_vector_server_gone_and_back_without_a_start(small_source, tmp_path):
    from bot.engine import Engine
    from ingest.index import open_index
    from tests.ingest.hashing import HashingEmbedding, copy_plan

    question = "河长制是什么"
    with ChromaServer(tmp_path / "chroma") as chroma:
        chroma.stop()
        settings = Settings(
            source=copy_plan(small_source, tmp_path / "plan"), data=tmp_path / "data", chroma=chroma.url
        )
        loader = EngineLoader(
            lambda report: Engine(open_index(settings, HashingEmbedding(), report), settings)
        )
        loader.start()
        with Server(loader, settings) as running:
            for _ in range(200):
                if loader.state().waiting:
                    break
                threading.Event().wait(0.05)
            assert get(f"{running.url}/readyz")[2] == '{"status":"no_vectors"}'
            status, _, told = ask(running.url, question)
            assert status == 503
            assert "JIWEN_CHROMA" in told["error"]
            chroma.start()
            assert loader.wait(60).engine
            assert ask(running.url, question)[2]["data"][0]["status"] == "answered"
            assert get(f"{running.url}/readyz")[0] == 200
            chroma.stop()
            status, headers, told = ask(running.url, question)
            assert status == 503
            assert headers["Retry-After"]
            assert "没有应答" in told["error"]
            assert "没有应答" in list(page_messages(running.url, question))[-1]
            threading.Event().wait(1.1)
            assert get(f"{running.url}/readyz")[2] == '{"status":"no_vectors"}'
            chroma.start()
            assert ask(running.url, question)[2]["data"][0]["status"] == "answered"
            assert get(f"{running.url}/readyz")[0] == 200

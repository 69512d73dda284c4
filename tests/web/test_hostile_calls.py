"""Hostile calls: every route has its headers, no path leads out, no call gets a traceback or a file."""

import asyncio
import http.client
import json
import threading
from contextlib import suppress
from urllib.parse import urlsplit

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.web.calls import problem_of
from bot.web.closed import OPEN, is_closed
from bot.web.limits import MAX_BYTES
from bot.web.loading import EngineLoader
from bot.web.server import server_app
from bot.web.tools import NAMES
from ingest.settings import Settings
from prompts import wording
from tests.web.conftest import Server

HEADERS = {
    "content-security-policy", "x-content-type-options", "referrer-policy", "permissions-policy",
}  # fmt: skip
LEAKS = (b"Traceback", b"site-packages", b"root:x:", b'File "/', b"/bot/web/")
TRICKS = (
    "../../../../etc/passwd", "..%2f..%2f..%2f..%2fetc%2fpasswd", "%2e%2e/%2e%2e/%2e%2e/etc/passwd",
    "..\\..\\..\\etc\\passwd", "/etc/passwd", "//etc/passwd", "%00", "a%00.csv",
    "%252e%252e%252fetc%252fpasswd",
    "....//....//etc/passwd", "file:///etc/passwd", "http://169.254.169.254/latest",
    "%c0%ae%c0%ae/etc/passwd",
    "csv/../../x", "C:%5cwindows%5cwin.ini", ".env", "x" * 5000, "%ff%fe", "%0d%0aSet-Cookie:%20a=b", "..;/",
    "%e2%80%ae", "?q=%00&q=../",
)  # fmt: skip
FILE = {"path": "http://127.0.0.1:9/x", "url": "http://127.0.0.1:9/y", "meta": {"_type": "gradio.FileData"}}
ENDLESS = ("/gradio_api/heartbeat/", "/gradio_api/queue/data", "/gradio_api/mcp")
LIMITED = settings(deadline=None, suppress_health_check=list(HealthCheck))


def send(url, method="GET", path="/", body=None, chunks=None, **headers):
    """A request as it is, with nothing put right on the way; the beginning of the answer."""
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=20)
    try:
        connection.putrequest(method, path, skip_accept_encoding=True)
        if body is not None:
            headers = {"Content-Type": "application/json", "Content-Length": str(len(body))} | headers
        if chunks is not None:
            headers = {"Content-Type": "application/json", "Transfer-Encoding": "chunked"} | headers
        for name, value in headers.items():
            connection.putheader(name, value)
        connection.endheaders()
        if body:
            connection.send(body)
        for chunk in chunks or ():
            try:
                connection.send(b"%x\r\n%s\r\n" % (len(chunk), chunk))
            except OSError:  # the server has heard enough
                break
        if chunks is not None:
            with suppress(OSError):
                connection.send(b"0\r\n\r\n")
        response = connection.getresponse()
        found = {name.lower() for name, _ in response.getheaders()}
        try:
            content = response.read(50_000)
        except http.client.IncompleteRead as broken:  # Gradio finds no such event after it has begun
            content = broken.partial
        return response.status, found, content, response
    finally:
        connection.close()


def routes_of(app):
    """Every route of the application and of those mounted in it: (method, address)."""

    def walk(routes, before):
        for route in routes:
            path = before + getattr(route, "path", "")
            for method in getattr(route, "methods", None) or ():
                yield method, path
            inner = getattr(route, "routes", None) or getattr(getattr(route, "app", None), "routes", None)
            router = getattr(route, "original_router", None)
            yield from walk(inner or (), path)
            yield from walk(router.routes if router is not None else (), path)

    return sorted(set(walk(app.routes, "")))


@pytest.fixture(scope="module")
def routes(engine, settings):
    found = routes_of(server_app(EngineLoader.ready(engine), settings))
    assert ("GET", "/healthz") in found
    assert ("POST", "/gradio_api/upload") in found
    assert ("GET", "/qa/config") in found
    return found


def filled(path):
    import re

    return re.sub(r"\{[^}]*\}", "1", path)


def test_every_route_has_the_headers_and_tells_no_traceback(server, routes):
    faults = []
    for method, path in routes:
        if any(stream in path for stream in ENDLESS):
            continue
        status, headers, body, _ = send(server.url, method, filled(path), b"{}" if method == "POST" else None)
        if HEADERS - headers or status >= 500 or any(leak in body for leak in LEAKS):
            faults.append((method, path, status, HEADERS - headers, body[:200]))
    assert not faults


@pytest.mark.parametrize("path", ["/no/such/address", "/gradio_api/upload", "/qa/nothing", "/healthz/x"])
def test_errors_have_the_headers_too(server, path):
    status, headers, _, _ = send(server.url, "GET", path)
    assert status in (404, 405)
    assert headers >= HEADERS


def test_frames_are_for_the_sites_of_the_setting_on_every_page(engine, tmp_path):
    given_ = Settings(data=tmp_path, embedders="https://www.jl.gov.cn")
    with Server(EngineLoader.ready(engine), given_) as running:
        for path in ("/", "/api", "/plan/reading.html", "/widget/test", "/no/such"):
            policy = send(running.url, path=path)[3].getheader("content-security-policy")
            assert policy.endswith("frame-ancestors 'self' https://www.jl.gov.cn"), path


def test_of_gradios_addresses_only_those_that_are_needed_are_open(server, routes):
    gradio = {path for _, path in routes if "/gradio_api/" in path}
    shut = {path for path in gradio if is_closed(path)}
    names = {path.split("/gradio_api/")[1].split("/")[0].split("=")[0] for path in gradio - shut}
    assert names <= OPEN
    for path in sorted(shut):
        for method in ("GET", "POST"):
            status, _, body, _ = send(server.url, method, filled(path), b"{}")
            assert status == 404, path
            assert wording("web_error.no_address") in body.decode(), path


def test_nothing_can_be_uploaded(server):
    part = b'--x\r\nContent-Disposition: form-data; name="files"; filename="a.txt"\r\n\r\nhello\r\n--x--\r\n'
    for path in ("/gradio_api/upload", "//gradio_api/upload", "/gradio_api//upload", "/qa/gradio_api/upload"):
        kind = {"Content-Type": "multipart/form-data; boundary=x"}
        assert send(server.url, "POST", path, part, **kind)[0] == 404


def test_no_path_leads_out(server):
    bases = (
        "/", "/plan/", "/plan/indicators.", "/assets/", "/static/", "/svelte/", "/gradio_api/file=",
        "/gradio_api/proxy=", "/pwa_icon/", "/widget/", "/qa/", "/qa/assets/", "/gradio_api/call/ask/",
    )  # fmt: skip
    faults = []
    for base in bases:
        for trick in TRICKS:
            status, headers, body, response = send(server.url, path=base + trick)
            injected = "a=b" in (response.getheader("set-cookie") or "")
            if status >= 500 or injected or HEADERS - headers or any(leak in body for leak in LEAKS):
                faults.append((base, trick[:40], status, body[:100]))
    assert not faults


BAD_CALLS = {
    "no JSON": (b"{", "web_call.not_json"),
    "nothing": (b"", "web_call.not_json"),
    "no UTF-8": (b'{"data": ["\xff\xfe"]}', "web_call.not_json"),
    "deep": (b"[" * 100_000, "web_call.not_json"),
    "deep inside": (b'{"data": ["x", ' + b"[" * 50_000 + b"]" * 50_000 + b"]}", "web_call.not_json"),
    "a number of 5,000 digits": (b'{"data": [' + b"9" * 5000 + b"]}", "web_call.not_json"),
    "a list": (b"[]", "data 应为列表"),
    "no data": (b'{"data": null}', "data 应为列表"),
    "too few": (b'{"data": []}', "data 应为列表"),
    "too many": (b'{"data": [1, 2, 3]}', "data 应为列表"),
    "an event of the page": (b'{"data": ["x", []], "fn_index": 0}', "data 应为列表"),
    "a file": (json.dumps({"data": [FILE, []]}).encode(), "web_call.file"),
    "a file inside": (json.dumps({"data": ["x", [{"a": [FILE]}]]}).encode(), "web_call.file"),
    "a file, escaped": (
        json.dumps({"data": [FILE]}).replace("path", "\\u0070ath").replace("meta", "\\u006deta").encode(),
        "web_call.file",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD_CALLS)
def test_bad_call_is_told_what_is_wrong(server, name, capfd):
    body, told = BAD_CALLS[name]
    status, _, answer, _ = send(server.url, "POST", "/gradio_api/run/ask", body)
    assert status == 400
    said = json.loads(answer)["error"]
    assert (wording(told) if told.startswith("web_call") else told) in said
    assert "Traceback" not in capfd.readouterr().err


@pytest.mark.parametrize("path", ["/gradio_api/queue/join", "/gradio_api/call/ask", "/gradio_api/mcp/"])
def test_no_call_makes_the_server_fetch_an_address(server, path):
    status, _, body, _ = send(server.url, "POST", path, json.dumps({"data": [FILE], "fn_index": 0}).encode())
    assert status == 400
    assert json.loads(body)["error"] == wording("web_call.file")


@pytest.mark.parametrize("tool", ["term", "indicator"])
@pytest.mark.parametrize("name", [None, 5, [], {}, True, 1.5])
def test_name_that_is_no_text_is_told(server, tool, name):
    body = json.dumps({"data": [name]}).encode()
    status, _, answer, _ = send(server.url, "POST", f"/gradio_api/run/{tool}", body)
    assert status == 400
    assert wording(f"web_api.{tool}_about") in json.loads(answer)["error"]


@pytest.mark.parametrize("history", [5, "前文", {"a": 1}])
def test_history_that_is_no_list_is_told(server, history):
    body = json.dumps({"data": ["梨树模式", history]}).encode()
    status, _, answer, _ = send(server.url, "POST", "/gradio_api/run/ask", body)
    assert status == 400
    assert wording("web_api.ask_about") in json.loads(answer)["error"]


@pytest.mark.parametrize("history", [[1], [None], [["x"]]])
def test_history_that_is_no_list_of_texts_is_told(server, history):
    body = json.dumps({"data": ["梨树模式", history]}).encode()
    (answer,) = json.loads(send(server.url, "POST", "/gradio_api/run/ask", body)[2])["data"]
    assert (answer["status"], answer["text"]) == ("invalid", wording("web_call.not_list"))


def test_too_large_a_body_is_refused_unread(server):
    status, headers, body, _ = send(
        server.url, "POST", "/gradio_api/run/ask", **{"Content-Length": str(MAX_BYTES + 1)}
    )
    assert status == 413
    assert headers >= HEADERS
    assert json.loads(body)["error"] == wording("web_error.too_large_request", mib=MAX_BYTES // 2**20)


@pytest.mark.parametrize("path", ["/gradio_api/run/ask", "/gradio_api/queue/join", "/gradio_api/mcp/"])
def test_too_large_a_body_whose_size_is_not_told_is_cut_off(server, path):
    chunk = b'"' + b"x" * (2**20 - 2) + b'"'
    status, _, body, _ = send(server.url, "POST", path, chunks=[chunk] * 12)
    assert status == 413
    assert "MiB" in json.loads(body)["error"]


def test_a_megabyte_is_answered(server):
    body = json.dumps({"data": ["问" * 1_000_000, []]}).encode()
    (answer,) = json.loads(send(server.url, "POST", "/gradio_api/run/ask", body)[2])["data"]
    assert answer["status"] == "invalid"


@pytest.mark.parametrize("tool", ["term", "indicators"])
@pytest.mark.parametrize("piece", ["x", "lishu ", "第", "河长", "a1"])
def test_a_megabyte_of_a_name_is_no_name(real_engine, tool, piece):
    """Looking for slips in it took minutes, and all others waited."""
    assert not getattr(real_engine, tool)(piece * (1_000_000 // len(piece)))


def test_what_gradio_cannot_read_is_told_in_chinese(server):
    for path, body in (
        ("/gradio_api/run/predict", {"data": [], "fn_index": 10**6}),
        ("/gradio_api/run/predict", {"data": [], "fn_index": -1}),
        ("/gradio_api/run/predict", {"data": [], "fn_index": "x"}),
        ("/gradio_api/run/nothing", {"data": []}),
        ("/gradio_api/queue/join", {"data": 5}),
    ):
        status, _, answer, _ = send(server.url, "POST", path, json.dumps(body).encode())
        assert status == 400, (path, body)
        assert any("\u4e00" <= char <= "\u9fff" for char in json.loads(answer)["error"])


def test_a_tool_that_fails_says_so(server, served, monkeypatch, caplog):
    monkeypatch.setattr(type(served), "ask", lambda *_: 1 / 0)
    status, _, answer, _ = send(server.url, "POST", "/gradio_api/run/ask", '{"data": ["问", []]}'.encode())
    assert (status, json.loads(answer)["error"]) == (500, wording("web_error.unexpected"))
    assert "ZeroDivisionError" in caplog.text
    (result,) = mcp(server, ("ask", {"question": "问"}))
    assert wording("web_error.unexpected") in result.content[0].text


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(), max_size=30),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(("data", "path", "meta", "_type", "url", "fn_index", "x")), inner)
    ),
    max_leaves=12,
)


@LIMITED
@given(tool=st.sampled_from(NAMES), data=st.lists(values, max_size=4))
def test_any_call_gets_an_answer_or_a_reason(server, tool, data):
    status, headers, body, _ = send(
        server.url, "POST", f"/gradio_api/run/{tool}", json.dumps({"data": data}).encode()
    )
    answer = json.loads(body)
    assert headers >= HEADERS
    if status != 200:
        assert any("\u4e00" <= char <= "\u9fff" for char in answer["error"]), answer
    else:
        assert answer["data"][0].keys() & {"status", "found"}


@LIMITED
@given(
    path=st.sampled_from(("/gradio_api/run/ask", "/gradio_api/queue/join", "/x")),
    body=st.binary(max_size=200),
)
def test_any_bytes_are_judged_without_an_error(path, body):
    problem = problem_of(path, body)
    assert problem is None or "\u4e00" <= problem[-2] <= "\u9fff" or "api" in problem


def mcp(server, *calls):
    from mcp import ClientSession
    from mcp.client.streamable_http import streamablehttp_client

    async def use():
        async with (
            streamablehttp_client(f"{server.url}/gradio_api/mcp/") as (read, write, _),
            ClientSession(read, write) as session,
        ):
            await session.initialize()
            return [await session.call_tool(name, arguments) for name, arguments in calls]

    return asyncio.run(use())


def test_no_mcp_call_is_answered_with_a_traceback(server):
    calls = [
        (name, arguments)
        for name in (*NAMES, "nothing", "../term", "")
        for arguments in (
            {}, {"question": None}, {"question": "\u202e\u200b\ue000", "history": "x"}, {"name": 5},
            {"name": "=cmd()|x"}, {"chapter": "x", "section": []}, {"question": "问" * 100_000},
            {"more": {"a": [1, {"b": None}]}},
        )
    ]  # fmt: skip
    for (name, arguments), result in zip(calls, mcp(server, *calls), strict=True):
        text = " ".join(getattr(part, "text", "") for part in result.content)
        assert not any(leak.decode() in text for leak in LEAKS), (name, arguments, text)


def test_a_file_is_refused_over_mcp_and_the_session_goes_on(server):
    body = {
        "jsonrpc": "2.0",
        "id": 1,
        "method": "tools/call",
        "params": {"name": "ask", "arguments": {"q": FILE}},
    }
    status, _, answer, _ = send(server.url, "POST", "/gradio_api/mcp/", json.dumps(body).encode())
    assert (status, json.loads(answer)["error"]) == (400, wording("web_call.file"))
    (result,) = mcp(server, ("term", {"name": "梨树模式"}))
    assert "梨树模式" in result.content[0].text


def test_others_are_served_while_a_large_body_is_read(server):
    body = json.dumps({"data": ["x", ["[]" * 30] * 100_000]}).encode()
    assert len(body) < MAX_BYTES
    large = threading.Thread(target=send, args=(server.url, "POST", "/gradio_api/run/ask", body))
    large.start()
    assert send(server.url, path="/healthz")[0] == 200
    large.join()

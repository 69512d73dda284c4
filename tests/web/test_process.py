"""The server as it is run: a process that can write to its data folder only, and what is in its log."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

import pytest

from tests.mounts import all_read_only_but, needs_mounts
from tests.web.test_server import get

PASSWORD, WRONG, KEY = "s3cret-of-the-staff", "tried-and-wrong", "sk-key-of-the-model"
ASKED = "我叫王小明，电话13912345678，怎样申请低保"
WRITES = re.compile(
    r'(?:openat\(AT_FDCWD, "(?P<open>[^"]+)", [A-Z_|]*O_(?:WRONLY|RDWR|CREAT)'
    r'|(?:mkdir|rename|unlink|link|truncate|chmod)\w*\((?:AT_FDCWD, )?"(?P<other>[^"]+)")'
)


class Process:
    """`python -m bot` with nothing of this user's environment: no HOME, no TMPDIR, no settings."""

    def __init__(self, data, wrap=lambda *command: list(command)):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        environment = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": os.environ["PYTHONPATH"],
            "PYTHONDONTWRITEBYTECODE": "1",
            "JIWEN_TEST_NETWORK_LOG": os.environ["JIWEN_TEST_NETWORK_LOG"],
            "JIWEN_DATA": str(data),
            "JIWEN_PORT": str(self.port),
            "JIWEN_QA_USER": "staff",
            "JIWEN_QA_PASSWORD": PASSWORD,
            "JIWEN_LLM_API_KEY": KEY,
        }
        self.log = data.parent / "log"
        with self.log.open("wb") as out:
            self.process = subprocess.Popen(
                wrap(sys.executable, "-m", "bot"), cwd="/", env=environment, stdout=out, stderr=out
            )

    def wait(self):
        for _ in range(600):
            assert self.process.poll() is None, self.log.read_text(encoding="utf-8")
            try:
                if get(f"{self.url}/healthz")[0] == 200:
                    return self
            except OSError:
                pass
            time.sleep(0.2)
        raise AssertionError(self.log.read_text(encoding="utf-8"))

    def stop(self):
        self.process.send_signal(signal.SIGINT)
        self.process.wait(30)
        return self.log.read_text(encoding="utf-8", errors="replace")


def call(process, tool, *data):
    request = urllib.request.Request(
        f"{process.url}/gradio_api/run/{tool}",
        json.dumps({"data": data}).encode(),
        {"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request) as response:
        return json.load(response)["data"][0]


@pytest.fixture
def data(index_settings, index, tmp_path):
    """A data folder with the session's index."""
    return shutil.copytree(index_settings.data, tmp_path / "data")


@needs_mounts
def test_a_server_that_can_write_to_its_data_folder_only(data):
    process = Process(data, lambda *command: all_read_only_but(data, *command)).wait()
    try:
        assert "45.8" in call(process, "ask", "2025年森林覆盖率目标是多少？", [])["text"]
        assert get(f"{process.url}/")[0] == 200
        assert get(f"{process.url}/plan/indicators.xlsx")[0] == 200
    finally:
        log = process.stop()
    assert "Traceback" not in log
    assert "Read-only" not in log


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed")
def test_nothing_is_written_outside_the_data_folder(data, tmp_path):
    trace = tmp_path / "trace"
    calls = "openat,open,creat,mkdir,mkdirat,rename,renameat,renameat2,unlink,unlinkat,link,linkat,truncate"
    process = Process(
        data, lambda *command: ["strace", "-f", "-qq", "-e", f"trace={calls}", "-o", str(trace), *command]
    ).wait()
    try:
        call(process, "ask", "梨树模式是什么？", [])
        get(f"{process.url}/")
    finally:
        process.process.send_signal(signal.SIGINT)
        subprocess.run(["pkill", "-INT", "-P", str(process.process.pid)], check=False)
        process.process.wait(30)
    touched = {
        match["open"] or match["other"]
        for line in trace.read_text(encoding="utf-8", errors="replace").splitlines()
        if " = -1 " not in line
        for match in WRITES.finditer(line)
    }
    # Gradio writes a stub of types for programmers beside itself where it may (above: it need not).
    outside = {
        path
        for path in touched
        if not path.startswith((str(data), "/dev/")) and not path.endswith("api_component.pyi")
    }
    assert touched
    assert not outside


def test_the_log_holds_no_secret_and_nothing_that_was_asked(data):
    process = Process(data).wait()
    try:
        call(process, "ask", ASKED, [ASKED])
        for password in (WRONG, PASSWORD):
            form = urllib.parse.urlencode({"username": "staff", "password": password}).encode()
            get_status(urllib.request.Request(f"{process.url}/qa/login", form))
        for path in ("/gradio_api/run/ask", "/gradio_api/queue/join", "/gradio_api/run/predict"):
            for body in ({"data": [ASKED] * 9}, {"data": [ASKED, 5], "fn_index": 10**6}, [ASKED]):
                get_status(
                    urllib.request.Request(
                        process.url + path, json.dumps(body).encode(), {"Content-Type": "application/json"}
                    )
                )
        get(f"{process.url}/?q={urllib.parse.quote(ASKED)}")
    finally:
        log = process.stop()
    assert "吉问已启动" in log
    assert not [secret for secret in (PASSWORD, WRONG, KEY, ASKED, "王小明", "13912345678") if secret in log]
    for told in (PASSWORD, WRONG, KEY):
        assert not list(
            path for path in data.rglob("*") if path.is_file() and told.encode() in path.read_bytes()
        )


def get_status(request):
    try:
        with urllib.request.urlopen(request) as response:
            return response.status
    except urllib.error.HTTPError as error:
        return error.code


@needs_mounts
def test_where_nothing_can_be_written_the_way_out_is_told(tmp_path):
    other = tmp_path / "elsewhere"
    other.mkdir()
    process = Process(tmp_path / "data", lambda *command: all_read_only_but(other, *command))
    assert process.process.wait(60) == 1
    log = process.log.read_text(encoding="utf-8")
    assert "Traceback" not in log
    assert all(word in log for word in ("没有可以写入的地方", str(tmp_path / "data"), "JIWEN_DATA"))

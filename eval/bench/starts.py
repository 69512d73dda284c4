"""Starts: from the command to the page and to the first answer, and the memory that is then in use."""

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from eval.bench.child import NEEDS, SYSTEMS, memory
from eval.bench.users import ask_at_once
from eval.records import EvaluationError

_POLL = 0.05  # seconds between two looks at a server that starts
_PATIENCE = 300.0  # seconds after which it counts as failed


def start(system: str, folder: Path, questions: Sequence[str]) -> dict[str, Any]:
    """Start a system of `eval.bench.child` and ask it.

    Args:
        system: its name there.
        folder: where it keeps its index; if it is empty, the start is one from scratch.
        questions: what it is asked; the first one ends the start.

    Returns:
        "seconds" from the command to the first answer, and the memory ("resident", "peak") in bytes.

    Raises:
        EvaluationError: it did not answer.
    """
    asked = "".join(" ".join(question.split()) + "\n" for question in questions)
    began = time.perf_counter()
    with subprocess.Popen(
        [sys.executable, "-m", "eval.bench.child", system, str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        encoding="utf-8",
        env=os.environ | {"PYTHONIOENCODING": "utf-8"},
    ) as process:
        assert process.stdin
        assert process.stdout
        process.stdin.write(asked)
        process.stdin.close()
        first = process.stdout.readline()
        seconds = time.perf_counter() - began
        rest = process.stdout.read()
    if not first or process.returncode:
        raise EvaluationError(f"{system} 没有给出回答（退出状态 {process.returncode}）。")
    return {"seconds": round(seconds, 2), **json.loads(rest)}


def starts(questions: Sequence[str], repeats: int = 3) -> dict[str, dict[str, Any]]:
    """For every system a start from scratch and, the middle one of some, a start that finds its index.

    Returns:
        By system "cold" and "warm" as `start` gives them; nothing for those whose packages are missing.
    """
    found = {}
    for system in SYSTEMS:
        if system in NEEDS and find_spec(NEEDS[system]) is None:
            continue
        with tempfile.TemporaryDirectory() as folder:
            cold = start(system, Path(folder), questions)
            warm = [start(system, Path(folder), questions) for _ in range(repeats)]
        found[system] = {"cold": cold, "warm": _middle(warm, "seconds")}
    return found


def web_starts(questions: Sequence[str], repeats: int = 3) -> dict[str, Any]:
    """The web page: a start from scratch, and the middle one of some that find the index.

    Returns:
        "cold" and "warm", each with "page" and "answer" (seconds from the command) and the memory in bytes
        after `questions` were asked; "users": 1 and 50 users over HTTP (`ask_at_once`).
    """
    with tempfile.TemporaryDirectory() as folder:
        with _server(Path(folder)) as (cold, _):
            pass
        warm = []
        for turn in range(repeats):
            with _server(Path(folder)) as (told, ask):
                for question in questions:
                    ask(question)
                told |= memory(Path(f"/proc/{told.pop('process')}/status"))
                if turn == repeats - 1:
                    users = [ask_at_once(ask, questions, 1, 60), ask_at_once(ask, questions, 50, 4)]
            warm.append(told)
    cold.pop("process")
    return {"cold": cold, "warm": _middle(warm, "answer"), "users": users}


@contextmanager
def _server(data: Path) -> Iterator[tuple[dict[str, Any], Callable[[str], object]]]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    url = f"http://127.0.0.1:{port}"

    def ask(question: str) -> object:
        body = json.dumps({"data": [question, []]}).encode()
        request = urllib.request.Request(
            f"{url}/gradio_api/run/ask", body, {"Content-Type": "application/json"}
        )
        with urllib.request.urlopen(request, timeout=_PATIENCE) as response:
            return json.load(response)

    began = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "bot", "--data", str(data), "--port", str(port)], stderr=subprocess.DEVNULL
    )
    try:
        _wait(f"{url}/", process)
        page = time.perf_counter() - began
        _wait(f"{url}/healthz", process)
        ask("2025年森林覆盖率目标是多少？")
        answer = time.perf_counter() - began
        yield {"page": round(page, 2), "answer": round(answer, 2), "process": process.pid}, ask
    finally:
        process.terminate()
        process.wait(30)


def _wait(url: str, process: "subprocess.Popen[bytes]") -> None:
    until = time.perf_counter() + _PATIENCE
    while time.perf_counter() < until and process.poll() is None:
        try:
            urllib.request.urlopen(url, timeout=_PATIENCE).close()
            return
        except OSError:  # not listening yet, or not ready
            time.sleep(_POLL)
    raise EvaluationError(f"网页服务没有启动（{url}）。")


def _middle(found: Sequence[dict[str, Any]], key: str) -> dict[str, Any]:
    order = np.argsort([told[key] for told in found])
    return found[int(order[len(order) // 2])]

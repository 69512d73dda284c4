"""The load test: users who ask a running server over HTTP, each the next question when it has its answer.

It measures from outside what a user waits for: over the tools' address (`/gradio_api/run/ask`), or as the
page asks (the queue and its stream of events, until the last frame).
"""

import asyncio
import json
import os
import random
import socket
import subprocess
import sys
import time
import uuid
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from eval.records import EvaluationError

if TYPE_CHECKING:
    import httpx

_START = 180.0  # seconds a server may take to be ready
_ANSWER = 120.0  # seconds an answer may take


@dataclass(frozen=True)
class Load:
    """What one run measured; times in milliseconds.

    Attributes:
        users: how many asked at a time.
        asked: questions in all.
        per_second: answers a second.
        median: of the time to an answer.
        p95: its 95th percentile.
        slowest: the longest.
        errors: answers that were none, by status or kind.
    """

    users: int
    asked: int
    per_second: float
    median: float
    p95: float
    slowest: float
    errors: dict[str, int]


async def measure(
    urls: Sequence[str],
    questions: Sequence[str],
    users: int,
    asked: int,
    *,
    pause: float = 0.0,
    page: bool = False,
) -> Load:
    """Let `users` ask `asked` questions in all, each user the next one when it has its answer.

    Args:
        urls: the servers' addresses; users are spread over them in turn.
        questions: what is asked, in an order of its own for each user.
        users: how many ask at a time.
        asked: questions in all.
        pause: seconds that a user reads an answer, on average (times are exponentially distributed); users
            begin one after the other within that time. Without a pause all of them always wait for an answer.
        page: ask as the page does, to the last frame, instead of over the tools' address.
    """
    import httpx

    times: list[float] = []
    errors: Counter[str] = Counter()
    left = iter(range(asked))
    limits = httpx.Limits(max_connections=2 * users, max_keepalive_connections=2 * users)
    async with httpx.AsyncClient(timeout=_ANSWER, limits=limits, trust_env=False) as client:
        submits = [await _submit_event(client, url) if page else {} for url in urls]

        async def user(number: int) -> None:
            at = number % len(urls)
            session = uuid.uuid4().hex  # as a tab of a browser keeps it
            chance = random.Random(number)
            order = chance.sample(list(questions), len(questions))
            await asyncio.sleep(chance.uniform(0, pause))
            for turn, _ in enumerate(left):
                if turn and pause:
                    await asyncio.sleep(chance.expovariate(1 / pause))
                question = order[turn % len(order)]
                began = time.perf_counter()
                try:
                    if page:
                        problem = await _ask_page(client, urls[at], submits[at], session, question)
                    else:
                        problem = await _ask_tool(client, urls[at], question)
                except httpx.HTTPError as error:
                    problem = type(error).__name__
                if problem:
                    errors[problem] += 1
                else:
                    times.append((time.perf_counter() - began) * 1000)

        for url in urls:  # connections and what a server loads at its first answer are not measured
            await _ask_tool(client, url, questions[0])
        began = time.perf_counter()
        await asyncio.gather(*(user(number) for number in range(users)))
        lasted = time.perf_counter() - began
    found = np.asarray(times or [float("nan")])
    return Load(
        users,
        asked,
        len(times) / lasted,
        float(np.percentile(found, 50)),
        float(np.percentile(found, 95)),
        float(found.max()),
        dict(errors),
    )


async def _ask_tool(client: "httpx.AsyncClient", url: str, question: str) -> str:
    """Ask over the tools' address; returns what went wrong, "" if nothing did."""
    response = await client.post(f"{url}/gradio_api/run/ask", json={"data": [question, []]})
    if response.status_code != 200:
        return str(response.status_code)
    (answer,) = response.json()["data"]
    return "" if answer["text"] else "empty"


async def _submit_event(client: "httpx.AsyncClient", url: str) -> dict[str, Any]:
    """The page's event that a question typed into its box sets off."""
    config = (await client.get(f"{url}/config")).json()
    box = next(c["id"] for c in config["components"] if c["props"].get("elem_id") == "jw-box")
    event: dict[str, Any] = next(d for d in config["dependencies"] if [box, "submit"] in d["targets"])
    return event


async def _ask_page(
    client: "httpx.AsyncClient", url: str, event: dict[str, Any], session: str, question: str
) -> str:
    """Ask as the page does and read the stream to its end."""
    data = [question, *[None] * (len(event["inputs"]) - 1)]  # without an earlier conversation
    body = {"data": data, "fn_index": event["id"], "session_hash": session}
    joined = await client.post(f"{url}/gradio_api/queue/join", json=body)
    if joined.status_code != 200:
        return str(joined.status_code)
    address = f"{url}/gradio_api/queue/data?session_hash={session}"
    answered = False
    async with client.stream("GET", address) as stream:
        async for line in stream.aiter_lines():
            if not line.startswith("data:"):
                continue
            answered = answered or "jw-answer" in line
            message = json.loads(line[5:])
            if message["msg"] == "process_completed":
                if not message["success"]:
                    return "failed"
                return "" if answered else "refused"
    return "cut off"


@contextmanager
def servers(count: int) -> Iterator[list[str]]:
    """Start `count` servers with the environment's settings on free ports; yields their addresses.

    Raises:
        EvaluationError: one did not get ready.
    """
    import httpx

    running, urls = [], []
    try:
        for _ in range(count):
            with socket.socket() as probe:
                probe.bind(("127.0.0.1", 0))
                port = probe.getsockname()[1]
            urls.append(f"http://127.0.0.1:{port}")
            settings = os.environ | {"JIWEN_HOST": "127.0.0.1", "JIWEN_PORT": str(port)}
            running.append(
                subprocess.Popen([sys.executable, "-m", "bot"], env=settings, stderr=subprocess.DEVNULL)
            )
        for process, url in zip(running, urls, strict=True):
            until = time.monotonic() + _START
            while True:
                if process.poll() is not None or time.monotonic() > until:
                    raise EvaluationError(f"服务没有启动：{url}。请先运行 python -m bot 看它说了什么。")
                try:
                    if httpx.get(f"{url}/readyz", trust_env=False).status_code == 200:
                        break
                except httpx.HTTPError:
                    pass
                time.sleep(0.1)
        yield urls
    finally:
        for process in running:
            process.terminate()
        for process in running:
            process.wait(30)


def load_lines(loads: Sequence[Load]) -> list[str]:
    """The figures as a Markdown table."""
    lines = [
        "| 用户 | 问题 | 每秒回答 | 中位数（毫秒） | 95% 分位（毫秒） | 最慢（毫秒） | 错误 |",
        "| ---: | ---: | ---: | ---: | ---: | ---: | --- |",
    ]
    for load in loads:
        wrong = "、".join(f"{name}×{count}" for name, count in sorted(load.errors.items())) or "0"
        lines.append(
            f"| {load.users} | {load.asked} | {load.per_second:.1f} | {load.median:.0f} | {load.p95:.0f} "
            f"| {load.slowest:.0f} | {wrong} |"
        )
    return lines

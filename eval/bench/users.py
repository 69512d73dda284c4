"""Many users at once: each asks its next question as soon as it has the answer to the one before."""

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from eval.summary import quantiles


def ask_at_once(
    ask: Callable[[str], object], questions: Sequence[str], users: int, each: int, workers: int | None = None
) -> dict[str, Any]:
    """Let `users` ask `each` questions, all of them at the same time.

    Args:
        ask: answers a question; called from several threads.
        questions: what is asked, dealt out to the users in turn.
        users: how many ask at a time.
        each: questions of one user.
        workers: how many are answered at a time, the others waiting in line; as many as there are users if
            not given.

    Returns:
        "users", "workers", "asked", "errors", "per_second", and "milliseconds" (median, p95) from asking to
        the answer, the wait in line included.
    """
    times: list[float] = []
    errors: list[str] = []
    begin = threading.Barrier(users + 1)

    def answer(question: str, asked: float) -> None:
        try:
            ask(question)
        except Exception as error:  # counted: the others go on
            errors.append(type(error).__name__)
        else:
            times.append((time.perf_counter() - asked) * 1000)

    with ThreadPoolExecutor(workers or users) as line:

        def user(number: int) -> None:
            begin.wait()
            for turn in range(each):
                question = questions[(number * each + turn) % len(questions)]
                waiting: Future[None] = line.submit(answer, question, time.perf_counter())
                waiting.result()

        threads = [threading.Thread(target=user, args=(number,)) for number in range(users)]
        for thread in threads:
            thread.start()
        begin.wait()
        started = time.perf_counter()
        for thread in threads:
            thread.join()
        seconds = time.perf_counter() - started
    return {
        "users": users,
        "workers": workers or users,
        "asked": users * each,
        "errors": len(errors),
        "per_second": round(len(times) / seconds, 1),
        "milliseconds": quantiles(times) if times else {},
    }

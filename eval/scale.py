"""How the library behaves from one plan to a thousand: build time, memory, size and latency, measured.

Each size is built on from the one before, as a library grows, and looked at by a process of its own, so that
memory is that of a fresh start. Plans are invented (`eval.synth`) but for the home plan.
"""

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from eval.parser import ChineseParser
from ingest.settings import Settings, load_settings

SIZES = (1, 3, 10, 30, 100, 300, 1000)
QUESTIONS = (
    "怎样发展数字经济", "2025年森林覆盖率目标是多少", "怎样扩大就业", "氢能产业怎么布局", "支持农民养牛吗",
    "高速公路要建多少公里", "怎样吸引人才", "养老服务有什么安排", "怎样保护黑土地", "量子通信有什么项目",
    "乡村旅游怎么发展", "怎样优化营商环境", "城镇化率是多少", "区块链怎样应用", "怎样治理大气污染",
)  # fmt: skip
_COLD = 5  # plans opened to measure what opening one takes
_NEAREST, _LOOK = 10, 200  # nearest passages that must be found, and how many are asked for
_HALF = 2e-3  # what half precision may cost a cosine
_ROUNDS = 3  # of all questions; of each the best time counts, for the machine has others to serve


def scale_command(arguments: Sequence[str]) -> int:
    """`python -m eval scale`: measure, and draw the curves."""
    options = _parser().parse_args(arguments)
    if options.step:
        measured = (_build if options.step == "build" else _look)(_settings(options.out))
        sys.stdout.write(json.dumps(measured) + "\n")
        return 0
    from eval.scale_charts import write_charts

    kept = options.out / "scale.json"
    rows: list[dict[str, Any]] = json.loads(kept.read_text(encoding="utf-8")) if kept.exists() else []
    for size in SIZES:
        if size > options.plans or any(row["plans"] == size for row in rows):
            continue
        _write_sources(options.out, size, options.seed)
        row = {"plans": size, "load": os.getloadavg()[0], **_run("build", options.out)}
        row |= _run("look", options.out)
        rows.append(row)
        kept.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")
        sys.stdout.write(json.dumps(row) + "\n")
        sys.stdout.flush()
    write_charts(rows, options.charts)
    return 0


def synth_command(arguments: Sequence[str]) -> int:
    """`python -m eval synth`: write invented plans into a folder."""
    parser = ChineseParser(prog="python -m eval synth", description="生成虚构的规划，体例与真实的相同。")
    parser.add_argument("folder", type=Path, metavar="文件夹", help="写到哪里")
    parser.add_argument("--count", type=int, default=10, metavar="份数", help="生成多少份（默认 10）")
    parser.add_argument("--seed", type=int, default=0, metavar="种子", help="换一个数，数字和次序就不同")
    parser.add_argument("--size", type=float, default=1.0, metavar="比例", help="取多少节，0 到 1（默认 1）")
    options = parser.parse_args(arguments)
    write_plans(options.folder, range(options.count), options.seed, options.size)
    sys.stdout.write(f"已写入 {options.count} 份虚构的规划：{options.folder}\n")
    return 0


def write_plans(folder: Path, numbers: Sequence[int], seed: int = 0, size: float = 1.0) -> list[Path]:
    """Write the invented plans with these numbers; those that are there already are left."""
    from eval.synth.invent import invented_plan, plan_name
    from ingest.reader import read_plan, read_source
    from ingest.settings import SHIPPED_SOURCE

    folder.mkdir(parents=True, exist_ok=True)
    material = read_plan(read_source(SHIPPED_SOURCE))
    paths = [folder / f"{plan_name(number)}.txt" for number in numbers]
    for number, path in zip(numbers, paths, strict=True):
        if not path.exists():
            path.write_text(invented_plan(material, number, seed, size), encoding="utf-8")
    return paths


def _write_sources(out: Path, size: int, seed: int) -> None:
    write_plans(out / "plans", range(size - 1), seed)  # the home plan is the first


def _settings(out: Path) -> Settings:
    return load_settings(data=out / "data", plans=out / "plans")


def _run(step: str, out: Path) -> dict[str, Any]:
    command = [sys.executable, "-m", "eval", "scale", "--step", step, "--out", str(out)]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True, encoding="utf-8")
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def _build(settings: Settings) -> dict[str, Any]:
    from ingest.library.build import build_library
    from ingest.models.build import embedding_from

    embedding = embedding_from(settings)
    embedding.get_query_embedding("规划")  # load it first
    started, busy = time.perf_counter(), time.process_time()
    built = build_library(settings, embedding)
    return {
        "built": len(built.changed),
        "build_s": time.perf_counter() - started,
        "build_cpu_s": time.process_time() - busy,
        "build_peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def _look(settings: Settings) -> dict[str, Any]:
    from bot.engine import Engine
    from bot.plans.engine import LibraryEngine
    from bot.question import read_question
    from ingest.index import open_index
    from ingest.library.build import library_folder, open_library
    from ingest.models.build import embedding_from

    embedding = embedding_from(settings)
    home = Engine(open_index(settings, embedding), settings)
    home.ask(QUESTIONS[0])
    found: dict[str, Any] = {"single_mib": _memory()}
    started = time.perf_counter()
    library, built = open_library(settings, embedding)
    found["check_s"] = time.perf_counter() - started
    assert not built.changed
    found["passages"] = sum(stored.passages for stored in library.stored.values())
    folder = library_folder(settings, embedding)
    found["words_mib"] = _size(folder / "plans.sqlite3")
    found["vectors_mib"] = _size(folder / "chroma")
    found["open_mib"] = _memory()

    keys = [key for key in library.stored if key != settings.source.stem] or list(library.stored)
    chosen = [keys[i * len(keys) // _COLD] for i in range(min(_COLD, len(keys)))]
    cold, engines = [], []
    for key in chosen:
        started = time.perf_counter()
        engine = Engine(library.index(key), settings)
        engine.ask(QUESTIONS[0])
        cold.append(_since(started))
        engines.append(engine)
    found["cold_ms"] = min(cold[1:] or cold)
    found["plans_open_mib"] = _memory()
    found["routed_ms"] = _times(lambda question: engines[-1].ask(question))
    asked = {question: read_question(question) for question in QUESTIONS}
    started = time.perf_counter()
    library.near(QUESTIONS[0])
    found["first_search_ms"] = _since(started)
    many = LibraryEngine(home, library)
    if len(chosen) > 1:
        one, other = (library.stored[key].entry.region for key in (chosen[0], chosen[-1]))
        found["compare_ms"] = _times(lambda question: many.ask(f"{one}和{other}的{question}，有什么不同"))
    found["survey_ms"] = _times(lambda question: many.ask(f"哪些规划提到{''.join(asked[question].content)}"))
    found["words_ms"] = _times(lambda question: library.words.ranked(asked[question].content, None, 200))
    found["vectors_ms"] = _times(library.near)
    found["search_ms"] = _times(lambda question: library.search(question, asked[question].content))
    found["filter_one_ms"] = _times(lambda question: library.near(question, chosen[:1]))
    tenth = keys[:: max(1, min(10, len(keys) // 2))]
    found["filter_tenth_ms"] = _times(lambda question: library.near(question, tenth))
    found["words_tenth_ms"] = _times(
        lambda question: library.words.ranked(asked[question].content, tenth, 200)
    )
    found["recall"] = _recall(library, embedding)
    found["searched_mib"] = _memory()
    return found


def _recall(library: Any, embedding: Any) -> float:  # noqa: ANN401 - imported when needed only
    """The share of the 10 passages that the graph finds which are as near as the 10 nearest."""
    import numpy as np

    vectors = []
    for key, stored in library.stored.items():
        _, _, part = library.words.content(key)
        vectors.append(part[: stored.passages].astype(np.float16))  # all at once: half as much memory
    shares = []
    for question in QUESTIONS:
        query = np.asarray(embedding.get_query_embedding(question), dtype=np.float32)
        query /= np.linalg.norm(query)
        scores = np.concatenate(
            [rows @ query / np.linalg.norm(rows, axis=1) for rows in (p.astype(np.float32) for p in vectors)]
        )
        # By their nearness, not by which they are: plans share sentences word for word.
        tenth = np.partition(scores, -_NEAREST)[-_NEAREST] - _HALF
        found = library.vectors.nearest(embedding.get_query_embedding(question), None, _LOOK)[:_NEAREST]
        shares.append(sum(cosine >= tenth for *_, cosine in found) / _NEAREST)
    return statistics.mean(shares)


def _times(ask: Callable[[str], object]) -> dict[str, float]:
    best = dict.fromkeys(QUESTIONS, float("inf"))
    for _ in range(_ROUNDS):
        for question in QUESTIONS:
            started = time.perf_counter()
            ask(question)
            best[question] = min(best[question], _since(started))
    ordered = sorted(best.values())
    return {"median": statistics.median(ordered), "most": ordered[-1]}


def _memory() -> float:
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20


def _size(path: Path) -> float:
    files = path.rglob("*") if path.is_dir() else (path,)
    return sum(file.stat().st_size for file in files if file.is_file()) / 2**20


def _since(started: float) -> float:
    return (time.perf_counter() - started) * 1000


def _parser() -> argparse.ArgumentParser:
    parser = ChineseParser(
        prog="python -m eval scale",
        description="用虚构的规划，从 1 份到 1000 份，量建库用时、内存、索引大小和查询用时，并画成曲线。",
    )
    parser.add_argument("--plans", type=int, default=SIZES[-1], metavar="份数", help="最多几份（默认 1000）")
    parser.add_argument("--seed", type=int, default=0, help=argparse.SUPPRESS)
    parser.add_argument(
        "--out", type=Path, required=True, metavar="文件夹", help="规划、索引和结果放在哪里；中断后可接着量"
    )
    parser.add_argument("--charts", type=Path, metavar="文件夹", help="曲线画到哪里（默认与结果一起）")
    parser.add_argument("--step", choices=("build", "look"), help=argparse.SUPPRESS)
    return parser

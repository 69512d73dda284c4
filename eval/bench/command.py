"""`python -m eval bench`: the whole benchmark, written to BENCH.md, bench.json and the README's table."""

import json
import os
import time
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from eval.parser import ChineseParser

_EVAL = Path(__file__).resolve().parent.parent
_ROOT = _EVAL.parent
_ASKED_AT_STARTS = 100  # questions after which a started system's memory is read
_USERS = 50
_EACH = 6  # questions of each of them


def bench_command(arguments: Sequence[str]) -> int:
    """Run the benchmark; returns 0 whether or not the goals are reached: timings are no tests."""
    from eval.cli import known_option, say

    parser = ChineseParser(
        prog="python -m eval bench",
        description="在同一台机器上、用同样的问题（开发集），与现成做法比较检索质量、快慢、启动、内存和安装大小，"
        "结果写入 BENCH.md、bench.json 和 README 的表。请在机器空闲时运行，约需五分钟。",
    )
    parser.add_argument("--first", type=int, metavar="个数", help="只用前几个问题（试运行）")
    parser.add_argument("--repeats", type=int, default=3, metavar="次数", help="每种启动测几次（默认 3）")
    parser.add_argument("--out", type=Path, default=_EVAL, metavar="文件夹", help="结果放在哪里（默认 eval）")
    parser.add_argument(
        "--readme", type=Path, default=_ROOT / "README.md", metavar="文件", help="更新哪份说明里的表"
    )
    known_option(parser)
    options = parser.parse_args(arguments)
    from eval.bench.page import bench_page, update_readme
    from eval.records import load_known
    from ingest.progress import bar_progress

    records = load_known("dev", options.known)[: options.first]
    with bar_progress() as progress:
        measured = measure(records, options.repeats, progress)
    options.out.mkdir(parents=True, exist_ok=True)
    (options.out / "bench.json").write_text(
        json.dumps(measured, ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
    )
    page = bench_page(measured)
    (options.out / "BENCH.md").write_text(page, encoding="utf-8")
    update_readme(options.readme, measured)
    say(page, f"结果：{options.out / 'BENCH.md'}、{options.out / 'bench.json'}")
    return 0


def measure(records: Sequence[Any], repeats: int, progress: Any) -> dict[str, Any]:  # noqa: ANN401
    """Measure everything.

    Args:
        records: the known answers that are asked.
        repeats: how often each start is measured.
        progress: called with what is done, steps done, steps in all.

    Returns:
        What `eval.bench.page` makes tables of; seconds, milliseconds and bytes.
    """
    from eval.bench.contestants import compare, contestants
    from eval.bench.floor import floors
    from eval.bench.sizes import NEEDED, closure, installed_bytes
    from eval.bench.starts import starts, web_starts
    from eval.bench.users import ask_at_once
    from eval.config import Config
    from eval.run import open_subject
    from ingest.settings import load_settings

    settings = load_settings()
    questions = [record.question for record in records if not record.history]
    few = questions[:_ASKED_AT_STARTS]
    load = os.getloadavg()[0]
    progress("启动", 0, 2)
    started = starts(few, repeats)
    progress("启动", 1, 2)
    web = web_starts(few, repeats)
    progress("启动", 2, 2)
    subject = open_subject(Config())
    raw = settings.source.read_text(encoding="utf-8")
    rows = contestants(subject, raw)
    compared = []
    for done, row in enumerate(rows):
        progress("比较", done, len(rows))
        compared.append(compare(row, records))
    progress("比较", len(rows), len(rows))
    users = {}
    for row in rows[:2]:  # this project and the tutorial
        ask = row.make().system.ask
        users[row.key] = [
            ask_at_once(ask, questions, count, _EACH * _USERS // count, settings.concurrency)
            for count in (1, _USERS)
        ]
    with (_ROOT / "pyproject.toml").open("rb") as file:
        own = tomllib.load(file)["project"]["dependencies"]
    sizes = {
        key: installed_bytes(closure(needed))
        for key, needed in {"jiwen": own, **NEEDED}.items()
        if key == "jiwen" or not any(row["key"] == key and "missing" in row for row in compared)
    }
    return {
        "made": time.strftime("%Y-%m-%d %H:%M"),
        "cores": os.cpu_count(),
        "load": round(load, 1),
        "questions": len(records),
        "passages": len(subject.passages),
        "systems": compared,
        "starts": started,
        "web": web,
        "users": users,
        "floors": floors(subject.system, questions[:300]),
        "sizes": sizes,
    }

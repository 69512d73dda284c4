"""Commands that measure more than the engine as it stands: baselines, and retrieval over any corpus."""

import json
from collections.abc import Sequence
from pathlib import Path

from eval.parser import ChineseParser


def baselines_command(arguments: Sequence[str]) -> int:
    """`python -m eval baselines`: the table of baselines and of parts switched off."""
    parser = ChineseParser(
        prog="python -m eval baselines",
        description="用同样的问题、同样的程序评测教程做法、按词BM25，以及逐一去掉本项目各部分的效果"
        "（见 baselines.toml）。",
    )
    from eval.cli import OUT, known_option, say

    parser.add_argument(
        "--split", choices=("dev", "test", "all"), default="dev", help="用哪一部分（默认 dev）"
    )
    parser.add_argument("--release", action="store_true", help="把这张表写入 release.json 和 RESULTS.md")
    parser.add_argument("--out", type=Path, metavar="文件夹", help="结果放在哪里（默认 eval/out/<部分>）")
    known_option(parser)
    options = parser.parse_args(arguments)
    from eval.baselines import run_baselines
    from eval.config import Config
    from eval.records import load_known
    from eval.release import baseline_lines, keep_baselines
    from eval.results import write_results
    from eval.run import open_subject
    from ingest.progress import bar_progress
    from ingest.settings import load_settings

    records = load_known(options.split, options.known)
    with bar_progress() as progress:
        subject = open_subject(Config(), progress)
        raw = load_settings().source.read_text(encoding="utf-8")
        table = run_baselines(subject, raw, records, options.split, progress)
    folder = options.out or OUT / options.split
    write_results(folder / "baselines.json", table)
    if options.release:
        keep_baselines(table)
    say(*baseline_lines(options.split, table), "", f"结果：{folder / 'baselines.json'}")
    return 0


def retrieve_command(arguments: Sequence[str]) -> int:
    """`python -m eval retrieve`: hit rates and MRR over any corpus."""
    parser = ChineseParser(
        prog="python -m eval retrieve",
        description="在任意语料上比较检索：只用BM25、只用向量、全部。"
        '文件为 {"corpus": {编号: 文字}, "queries": [{"q": 问题, "gold": 编号或编号的列表}]}。',
    )
    from eval.cli import say

    parser.add_argument("--corpus", type=Path, required=True, metavar="文件", help="语料和问题（JSON）")
    parser.add_argument("--json", action="store_true", help="以 JSON 输出")
    options = parser.parse_args(arguments)
    from eval.corpus import evaluate_corpus, read_corpus, score_lines
    from ingest.progress import bar_progress

    corpus, queries = read_corpus(options.corpus)
    with bar_progress() as progress:
        scores = evaluate_corpus(corpus, queries, progress)
    if options.json:
        say(json.dumps([found.to_json() for found in scores], ensure_ascii=False, indent=1))
    else:
        say(*score_lines(scores, len(corpus), len(queries)))
    return 0


def fit_command(arguments: Sequence[str]) -> int:
    """`python -m eval fit`: fit the ranking and the judge anew, and write their numbers."""
    parser = ChineseParser(
        prog="python -m eval fit",
        description="把训练问题写入规划旁的问句文件，用它们拟合排序权重和判断系数，用开发集选定拒答门槛，"
        "写入 bot/ranking.toml 和 bot/judge.toml。",
    )
    parser.add_argument(
        "--most-refused",
        type=float,
        default=0.03,
        metavar="比例",
        help="可以回答的问题最多误拒多少（默认 0.03）",
    )
    options = parser.parse_args(arguments)
    from tempfile import TemporaryDirectory

    from bot.engine import Engine, open_engine
    from eval.cli import say
    from eval.fit import Fold, fit, load_training
    from eval.fit_known import held_out_indexes, write_training
    from eval.records import load_known
    from ingest.reader import read_source
    from ingest.settings import load_settings

    settings = load_settings()
    questions = load_training()
    measured = [record.question for record in load_known("all")]
    write_training(settings.source, read_source(settings.source), questions, measured)
    dev = [(record.question, record.history, record.answerable) for record in load_known("dev")]
    with TemporaryDirectory() as folder:
        indexes = held_out_indexes(settings, questions, measured, Path(folder))

        def reopen() -> tuple[Engine, list[Fold]]:
            return open_engine(settings), [(Engine(index, settings), left) for index, left in indexes]

        found = fit(reopen, dev, options.most_refused)
    say(*(f"{name}：{value:.3f}" for name, value in found.items()))
    return 0


def load_command(arguments: Sequence[str]) -> int:
    """`python -m eval load`: many users at once over HTTP, against servers that run or that it starts."""
    parser = ChineseParser(
        prog="python -m eval load",
        description="压力测试：若干用户同时向网页服务提问，每人得到回答后接着问下一个。"
        "不写 --url 就在本机另起服务，测完停掉；设置（JIWEN_…）照常从环境变量读取。",
    )
    from eval.cli import known_option, say

    parser.add_argument(
        "--users", type=int, nargs="+", default=[1, 10, 50], metavar="人数", help="同时提问的人数，可写多个"
    )
    parser.add_argument(
        "--questions", type=int, default=500, metavar="个数", help="每轮一共问多少个（默认 500）"
    )
    parser.add_argument("--processes", type=int, default=1, metavar="个数", help="另起几个服务进程（默认 1）")
    parser.add_argument(
        "--url", action="append", default=[], metavar="地址", help="已在运行的服务，可多次给出"
    )
    parser.add_argument(
        "--pause",
        type=float,
        default=0.0,
        metavar="秒",
        help="读一个回答平均多久再问下一个（默认 0，一直在问）",
    )
    parser.add_argument("--page", action="store_true", help="像网页那样提问（队列和事件流），而不是程序接口")
    parser.add_argument("--json", action="store_true", help="以 JSON 输出")
    known_option(parser)
    options = parser.parse_args(arguments)
    import asyncio
    from contextlib import nullcontext
    from dataclasses import asdict

    from eval.load import load_lines, measure, servers
    from eval.records import load_known

    questions = [record.question for record in load_known("dev", options.known)]
    given = [url.rstrip("/") for url in options.url]
    with nullcontext(given) if given else servers(options.processes) as urls:
        loads = [
            asyncio.run(
                measure(urls, questions, users, options.questions, pause=options.pause, page=options.page)
            )
            for users in options.users
        ]
    say(*([json.dumps([asdict(load) for load in loads])] if options.json else load_lines(loads)))
    return 1 if any(load.errors for load in loads) else 0

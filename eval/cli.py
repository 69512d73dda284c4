"""The command line of the evaluation."""

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from eval.labels import labels
from eval.parser import ChineseParser
from eval.records import KNOWN, SPLITS, EvaluationError, Located, Problem, known_path, load_known, read_known
from ingest.errors import JiwenError
from ingest.progress import bar_progress

if TYPE_CHECKING:
    from eval.check import PlanPlaces

HERE = Path(__file__).resolve().parent
OUT = HERE / "out"
_MORE = """其他命令（各有 --help）：
  check      检查已知答案
  add        把一个问题变成已知答案的草稿
  adopt      把补全的草稿移入开发集或测试集
  export     导出已知答案（xlsx、csv），或导出模板
  import     从 xlsx、csv 导入已知答案
  baselines  用同样的问题评测基线，以及逐一去掉各部分的效果
  retrieve   在任意语料上只评测检索
  fit        用训练问题重新拟合排序和拒答
  synth      生成虚构的规划文本
  scale      量从 1 份到 1000 份规划的建库用时、内存、大小和查询用时
  bench      与现成做法比较质量、快慢、启动、内存和大小（make bench）
  load       压力测试：许多用户同时提问
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line.

    Returns:
        0 if all went well and the thresholds hold, 1 if they do not or a check found errors, 2 if an error
        kept the command from its work.
    """
    from eval import growing, measuring, scale
    from eval.bench.command import bench_command

    for stream in (sys.stdout, sys.stderr):
        # A question may hold half a surrogate pair; printing it must not end the program.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    given = list(sys.argv[1:] if arguments is None else arguments)
    commands: dict[str, Callable[[Sequence[str]], int]] = {
        "run": run_command,
        "check": check_command,
        "add": growing.add_command,
        "adopt": growing.adopt_command,
        "export": growing.export_command,
        "import": growing.import_command,
        "baselines": measuring.baselines_command,
        "retrieve": measuring.retrieve_command,
        "fit": measuring.fit_command,
        "synth": scale.synth_command,
        "scale": scale.scale_command,
        "bench": bench_command,
        "load": measuring.load_command,
    }
    command = given.pop(0) if given and given[0] in commands else "run"
    try:
        return commands[command](given)
    except JiwenError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    except BrokenPipeError:  # the reader of the output (head, less) has left; the files are written
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115  # else Python complains at its end
        return 2
    except OSError as error:
        sys.stderr.write(f"读写 {error.filename} 时出错：{error.strerror}\n")
        return 2
    except KeyboardInterrupt:
        sys.stderr.write("已中断；已完成的回答已保存，重新运行会接着做。\n")
        return 130


def run_command(arguments: Sequence[str]) -> int:
    """`python -m eval`: the run, or with `--compare` the comparison of two."""
    options = _run_parser().parse_args(arguments)
    from eval.compare import compare_lines
    from eval.config import read_config
    from eval.coverage import coverage, coverage_json
    from eval.release import keep_release, load_release
    from eval.results import judge_results, read_results, summarise, write_results
    from eval.run import open_store, open_subject, run, select
    from eval.summary_text import case_lines, check_lines, summary_lines
    from eval.thresholds import load_thresholds

    if options.compare:
        old, new = (read_results(path) for path in options.compare)
        say(*compare_lines(old, new))
        return 0
    thresholds = load_thresholds(options.thresholds)
    records = select(load_known(options.split, options.known), options.kind, options.only)
    config = read_config(options.config)
    folder = options.out or OUT / options.split
    with bar_progress() as progress:
        subject = open_subject(config, progress)
        judge = subject.language_judge() if options.judge else None
        store = open_store(folder, subject, fresh=options.fresh)
        cases = run(subject, records, store, lambda done, total: progress("评测", done, total), judge)
    partial = bool(options.kind or options.only)
    results = summarise(
        cases, split=options.split, config=subject.name, fingerprint=subject.fingerprint, partial=partial
    )
    judge_results(results, thresholds, timing=not options.ignore_timing)
    if options.only:
        for case in results["cases"]:
            say(*case_lines(case), "")
        return 0 if all(case["right"] for case in results["cases"]) else 1
    right = {case["id"]: case["right"] for case in results["cases"]}
    results["coverage"] = coverage_json(coverage(records, subject.truth.proof.plan), right)
    if not partial:
        release = load_release(options.split)
        if options.release:
            keep_release(results)
        write_results(folder / "results.json", results)
        _write_files(folder, results, release)
    say(*summary_lines(results), "", *check_lines(results["checks"]), "")
    if partial:
        say("只评测了部分问题：没有核对门槛，结果没有写入文件。")
    else:
        say(f"报告：{folder / 'report.html'}（另有 results.json、results.xlsx、junit.xml）")
    return 0 if results["passed"] else 1


def check_command(arguments: Sequence[str]) -> int:
    """`python -m eval check`: the validator."""
    parser = ChineseParser(
        prog="python -m eval check",
        description="检查已知答案：格式、位置、要点是否在原文中、有无重复；有错误时退出状态为 1。",
    )
    known_option(parser)
    parser.add_argument("--map", action="store_true", help="显示已知答案对规划的覆盖情况")
    parser.add_argument("--errors-only", action="store_true", help="只显示错误，不显示提示")
    options = parser.parse_args(arguments)
    from eval.coverage import coverage, coverage_lines

    places = plan_places()
    located, problems = checked(options.known, places)
    say(*(str(problem) for problem in problems if problem.fatal or not options.errors_only))
    if options.map:
        say("", *coverage_lines(coverage((item.record for item in located), places.plan)))
    errors = sum(problem.fatal for problem in problems)
    counts = "，".join(
        f"{split} {sum(item.record.split == split for item in located)} 条" for split in SPLITS
    )
    say(f"已检查 {len(located)} 条已知答案（{counts}）：错误 {errors} 处，提示 {len(problems) - errors} 处。")
    return 1 if errors else 0


def checked(folder: Path, places: "PlanPlaces") -> tuple[list[Located], list[Problem]]:
    """Read and check the known answers of both splits in `folder`."""
    from eval.check import check_known

    located: list[Located] = []
    problems: list[Problem] = []
    for split in SPLITS:
        found, wrong = read_known(known_path(split, folder), split)
        located += found
        problems += wrong
    return located, problems + check_known(located, places)


def plan_places() -> "PlanPlaces":
    """The places of the plan that the settings name; no index is needed for them."""
    from eval.check import PlanPlaces
    from eval.places import Passage
    from ingest.passages import plan_passages
    from ingest.reader import read_plan
    from ingest.settings import load_settings

    settings = load_settings()
    try:
        raw = settings.source.read_text(encoding="utf-8")
    except OSError as error:
        raise EvaluationError(f"读不到规划文本 {settings.source}：{error.strerror}") from error
    return PlanPlaces(read_plan(raw), tuple(Passage.of_node(node) for node in plan_passages(raw)))


def known_option(parser: argparse.ArgumentParser) -> None:
    """Add `--known`."""
    parser.add_argument("--known", type=Path, default=KNOWN, metavar="文件夹", help="已知答案所在的文件夹")


def say(*lines: str) -> None:
    """Write lines for the user."""
    sys.stdout.write("".join(line + "\n" for line in lines))


def _write_files(folder: Path, results: dict[str, object], release: dict[str, object] | None) -> None:
    from eval.junit import write_junit
    from eval.report import write_report
    from eval.workbook import write_workbook

    write_report(folder / "report.html", results, release)
    write_junit(folder / "junit.xml", results)
    write_workbook(folder / "results.xlsx", results)


def _run_parser() -> argparse.ArgumentParser:
    parser = ChineseParser(
        prog="python -m eval",
        description="用已知答案评测，给出各项指标和报告；有门槛未达到时退出状态为 1。",
        epilog=_MORE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("--split", choices=("dev", "test", "all"), default="dev", help="评测哪一部分（默认 dev）")
    kinds = tuple(labels("kind"))
    add("--kind", action="append", default=[], choices=kinds, help="只评测某一类型，可多次给出")
    add("--only", action="append", default=[], metavar="编号", help="只评测某一条并显示详情，可多次给出")
    add(
        "--config",
        action="append",
        default=[],
        metavar="名称=值",
        help="改变设置、排序权重（0 为去掉）或 threshold；也可为 TOML 文件",
    )
    add(
        "--compare",
        nargs=2,
        type=Path,
        metavar=("旧", "新"),
        help="比较两次结果（results.json 或其文件夹），逐题列出变好和变差",
    )
    add("--judge", action="store_true", help="另请已配置的语言模型评忠实与切题")
    add("--thresholds", type=Path, default=HERE / "thresholds.toml", metavar="文件", help="门槛文件")
    add("--ignore-timing", action="store_true", help="不计用时门槛（机器较慢时）")
    add("--fresh", action="store_true", help="不用已保存的回答，全部重新提问")
    add("--release", action="store_true", help="把这次的数字作为发布的数字，写入 release.json 和 RESULTS.md")
    add("--out", type=Path, metavar="文件夹", help="结果放在哪里（默认 eval/out/<部分>）")
    known_option(parser)
    return parser

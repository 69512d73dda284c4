"""Commands that grow the known answers: add, adopt, export, import."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eval.parser import ChineseParser
from eval.records import EvaluationError, KnownAnswer, Located, known_path, load_known, write_known

_WHY = "用户反馈"


@dataclass(frozen=True)
class _Asked:
    question: str
    history: list[Any]
    why: str


def add_command(arguments: Sequence[str]) -> int:
    """`python -m eval add`: questions become drafts."""
    parser = ChineseParser(
        prog="python -m eval add",
        description="把问题变成已知答案的草稿（known/drafts.jsonl）：由程序先答一遍，"
        "请人核对补全后用 adopt 移入。",
    )
    from eval.cli import known_option, say

    parser.add_argument("question", nargs="?", metavar="问题", help="用户的问题")
    parser.add_argument(
        "--history", action="append", default=[], metavar="前文", help="之前的问题，按先后多次给出"
    )
    parser.add_argument(
        "--from",
        dest="log",
        type=Path,
        metavar="文件",
        help="反馈或日志（如评测页导出的 drafts.jsonl）：每行一个对象，含 question，可含 history、why",
    )
    parser.add_argument("--why", default=_WHY, metavar="缘由", help=f"为什么要有这一条（默认“{_WHY}”）")
    known_option(parser)
    options = parser.parse_args(arguments)
    asked = [_Asked(options.question, options.history, options.why)] if options.question else []
    asked += _logged(options.log, options.why) if options.log else []
    if not asked:
        raise EvaluationError("请给出一个问题，或用 --from 给出反馈文件。")
    from eval.config import Config
    from eval.drafts import DRAFTS, add_draft
    from eval.run import open_subject
    from ingest.progress import bar_progress

    with bar_progress() as progress:
        system = open_subject(Config(), progress).system
    known = {
        (record.question, str(list(record.history))): record.id for record in load_known("all", options.known)
    }
    for entry in asked:
        there = known.get((entry.question, str(entry.history)))
        if there:
            say(f"已有这个问题：{there} {entry.question}")
            continue
        answer = system.ask(entry.question, entry.history)
        draft = add_draft(entry.question, entry.history, answer, why=entry.why, folder=options.known)
        say(json.dumps(draft.to_json(), ensure_ascii=False))
    say(
        f"草稿在 {options.known / DRAFTS}：请对照原文核对要点和出处、填写 author，"
        "再用 python -m eval adopt 编号 --split dev 移入。"
    )
    return 0


def adopt_command(arguments: Sequence[str]) -> int:
    """`python -m eval adopt`: a completed draft moves to a split, if the validator lets it."""
    parser = ChineseParser(
        prog="python -m eval adopt", description="把补全的草稿移入开发集或测试集（先检查）。"
    )
    from eval.check import check_known
    from eval.cli import known_option, plan_places, say
    from eval.drafts import DRAFTS, adopt_draft, load_drafts

    parser.add_argument("id", metavar="编号", help="草稿的编号，如 n-001")
    parser.add_argument("--split", choices=("dev", "test"), default="dev", help="移入哪一部分（默认 dev）")
    known_option(parser)
    options = parser.parse_args(arguments)
    records = load_known("all", options.known)
    drafts = load_drafts(options.known)
    located = [Located(record, "", 0) for record in records]
    located += [Located(d, DRAFTS, i) for i, d in enumerate(drafts, 1) if d.id == options.id]
    problems = [problem for problem in check_known(located, plan_places()) if problem.file == DRAFTS]
    if any(problem.fatal for problem in problems):
        say(*map(str, problems), f"草稿 {options.id} 有错误，没有移入。")
        return 1
    record = adopt_draft(options.id, options.split, records, options.known)
    say(f"已移入 {known_path(options.split, options.known).name}，编号 {record.id}。")
    return 0


def export_command(arguments: Sequence[str]) -> int:
    """`python -m eval export`: known answers, or a template, as a spreadsheet."""
    parser = ChineseParser(prog="python -m eval export", description="把已知答案导出为 xlsx 或 csv。")
    from eval.cli import known_option, say
    from eval.transfer import export_known

    parser.add_argument("file", type=Path, metavar="文件", help="导出到哪里（.xlsx 或 .csv）")
    parser.add_argument(
        "--split", choices=("dev", "test", "all"), default="all", help="导出哪一部分（默认全部）"
    )
    parser.add_argument("--template", action="store_true", help="只导出空白模板")
    known_option(parser)
    options = parser.parse_args(arguments)
    records = [] if options.template else load_known(options.split, options.known)
    export_known(options.file, records)
    say(f"已导出 {len(records)} 条到 {options.file}。")
    return 0


def import_command(arguments: Sequence[str]) -> int:
    """`python -m eval import`: rows of a spreadsheet replace or add known answers, all of them or none."""
    parser = ChineseParser(
        prog="python -m eval import",
        description="从 xlsx 或 csv 导入已知答案：编号已有的替换，没有的添加；有一处错误就什么也不改。",
    )
    from eval.check import check_known
    from eval.cli import known_option, plan_places, say
    from eval.transfer import import_known

    parser.add_argument("file", type=Path, metavar="文件", help="要导入的文件（.xlsx 或 .csv）")
    parser.add_argument("--dry-run", action="store_true", help="只检查，不写入")
    known_option(parser)
    options = parser.parse_args(arguments)
    rows, bad = import_known(options.file)
    if bad:
        say(*map(str, bad), f"{options.file.name} 有 {len(bad)} 处错误，没有导入。")
        return 1
    merged = merge(load_known("all", options.known), rows)
    new = {record.id for record in rows}
    located = [Located(record, record.split, number) for number, record in enumerate(merged, 1)]
    problems = [p for p in check_known(located, plan_places()) if p.fatal and merged[p.line - 1].id in new]
    if problems:
        say(*(f"{merged[p.line - 1].id} {p.field}：{p.message}" for p in problems), "没有导入。")
        return 1
    if not options.dry_run:
        for split in ("dev", "test"):
            write_known(
                known_path(split, options.known), [record for record in merged if record.split == split]
            )
    say(f"{'检查通过' if options.dry_run else '已导入'} {len(rows)} 条。")
    return 0


def merge(existing: Sequence[KnownAnswer], rows: Sequence[KnownAnswer]) -> list[KnownAnswer]:
    """Rows take the place of records with their id, in their order; the others come after.

    Raises:
        EvaluationError: two rows have one id.
    """
    by_id: dict[str, KnownAnswer] = {}
    for row in rows:
        if row.id in by_id:
            raise EvaluationError(f"编号 {row.id} 在表中出现了两次。")
        by_id[row.id] = row
    kept = [by_id.pop(record.id, record) for record in existing]
    return [*kept, *by_id.values()]


def _logged(path: Path, why: str) -> list[_Asked]:
    found = []
    try:
        # Not splitlines: what users typed may hold a line separator (U+2028), which JSON does not escape.
        lines = path.read_text(encoding="utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise EvaluationError(f"读不到 {path}：{error}") from error
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            entry = json.loads(line)
            question, history = entry["question"], entry.get("history") or []
            told = str(entry.get("why") or "").strip() or why
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise EvaluationError(f"{path.name} 第 {number} 行不是含 question 的对象。") from error
        if not isinstance(question, str):
            raise EvaluationError(f"{path.name} 第 {number} 行的 question 应为文字。")
        if not isinstance(history, list) or not all(map(_is_turn, history)):
            raise EvaluationError(
                f"{path.name} 第 {number} 行的 history 应为列表，每项是文字，或带 role 和 content 的对象。"
            )
        found.append(_Asked(question, history, told))
    return found


def _is_turn(entry: object) -> bool:
    return isinstance(entry, str) or (isinstance(entry, dict) and {"role", "content"} <= set(entry))

"""The command line: the web chat, single questions, JSON lines, look-ups of terms and indicators."""

import argparse
import json
import sys
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, TextIO

from bot.plans.choose import answer_about, ask_of_plan, plans_of
from ingest.collector import collector_held
from ingest.errors import JiwenError, SettingsError
from ingest.settings import Settings, load_settings
from ingest.temporary import keep_temporary_files_in
from prompts import wording

if TYPE_CHECKING:
    from bot.answer import Answer
    from bot.engine import Engine
    from ingest.plan import Indicator


class _Help(argparse.HelpFormatter):
    """argparse's help with its fixed words in Chinese."""

    def add_usage(
        self,
        usage: str | None,
        actions: Iterable[argparse.Action],
        groups: Iterable[Any],
        prefix: str | None = None,
    ) -> None:
        super().add_usage(usage, actions, groups, "用法：" if prefix is None else prefix)

    def start_section(self, heading: str | None) -> None:
        super().start_section(_HEADINGS.get(heading or "", heading))


_HEADINGS = {"options": "选项", "positional arguments": "参数"}
_CHINESE: dict[str, Any] = {"formatter_class": _Help, "add_help": False}


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; returns the exit status: 0 good, 1 an error was told, 3 nothing was found."""
    options = _parser().parse_args(arguments)
    for stream in (sys.stdout, sys.stderr):
        # A question may hold half a surrogate pair; printing it must not end the program.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    try:
        settings = load_settings(
            **{name: getattr(options, name, None) for name in ("source", "data", "plans", "host", "port")}
        )
        keep_temporary_files_in(settings.data)
        return int(options.run(options, settings))
    except JiwenError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:  # the reader of our output has gone
        sys.stderr.close()
        return 0


def answer_lines(engine: "Engine", lines: Iterable[str]) -> Iterator[dict[str, Any]]:
    """One answer for each line `{"id", "question", "history"}`, in order; a bad line gets status invalid.

    Args:
        engine: answers them.
        lines: JSON objects, one a line; empty lines are passed over.
    """
    for number, line in enumerate(lines, 1):
        if line.strip():
            yield _answer_line(engine, line, number)


def _answer_line(engine: "Engine", line: str, number: int) -> dict[str, Any]:
    try:
        request = json.loads(line)
    except (ValueError, RecursionError):
        return _invalid(None, wording("line.not_json", number=number))
    if not isinstance(request, dict):
        return _invalid(None, wording("line.not_object", number=number))
    given = request.get("id")
    history = request.get("history") or []
    if "question" not in request:
        return _invalid(given, wording("line.no_question", number=number))
    if not isinstance(history, list) or not all(isinstance(entry, str) for entry in history):
        return _invalid(given, wording("line.bad_history", number=number))
    plan = request.get("plan") or ""
    if not isinstance(plan, str):
        return _invalid(given, wording("line.bad_plan", number=number))
    return ask_of_plan(engine, request["question"], history, plan).to_json(given)


def _invalid(given: object, reason: str) -> dict[str, Any]:
    from bot.answer import Answer

    return Answer("invalid", reason).to_json(given)


def _parser() -> argparse.ArgumentParser:
    # Suppressed where not given: else a command's default would undo what was given before the command.
    common = argparse.ArgumentParser(add_help=False, argument_default=argparse.SUPPRESS)
    common.add_argument("-h", "--help", action="help", help="显示这段帮助")
    common.add_argument("--source", help="规划文本（默认：随程序附带的规划纲要）")
    common.add_argument("--data", help="索引等数据所在的文件夹")
    common.add_argument("--plans", metavar="文件夹", help="其他规划文本所在的文件夹，每个 .txt 一份")
    web = argparse.ArgumentParser(add_help=False, argument_default=argparse.SUPPRESS)
    web.add_argument("--host", help="网页监听的地址")
    web.add_argument("--port", type=int, help="网页监听的端口")
    parser = argparse.ArgumentParser(
        prog="python -m bot",
        description="吉问：对吉林省“十四五”规划纲要提问，每句回答都有出处。",
        parents=[common, web],
        **_CHINESE,
    )
    parser.set_defaults(run=_serve)
    commands = parser.add_subparsers(title="命令", metavar="命令（不写则打开网页问答）")
    serve = commands.add_parser("serve", help="打开网页问答", parents=[common, web], **_CHINESE)
    serve.set_defaults(run=_serve)
    ask = commands.add_parser(
        "ask", help="回答一个问题，或用 --jsonl 逐行回答标准输入里的问题", parents=[common], **_CHINESE
    )
    ask.add_argument("question", nargs="*", help="问题")
    ask.add_argument(
        "--history", action="append", default=[], metavar="问题", help="之前问过的问题，可多次给出"
    )
    ask.add_argument("--plan", metavar="规划", help="问哪一份规划（设了 JIWEN_PLANS 时）：编号、标题或地方")
    ask.add_argument("--json", action="store_true", help="以一个 JSON 对象输出")
    ask.add_argument("--jsonl", action="store_true", help="从标准输入逐行读取 JSON 问题，逐行输出 JSON 回答")
    ask.set_defaults(run=_ask)
    plans = commands.add_parser(
        "plans", help="列出各份规划；写上要找的内容，则列出哪些规划说到它", parents=[common], **_CHINESE
    )
    plans.add_argument("about", nargs="*", help="要找的内容，如 氢能")
    plans.set_defaults(run=_plans)
    term = commands.add_parser("term", help="查一个名词的解释", parents=[common], **_CHINESE)
    term.add_argument("name", help="名词，如 梨树模式")
    term.set_defaults(run=_term)
    indicator = commands.add_parser("indicator", help="查一个主要指标", parents=[common], **_CHINESE)
    indicator.add_argument("name", help="指标，如 森林覆盖率")
    indicator.set_defaults(run=_indicator)
    password = commands.add_parser(
        "password", help="为质检页的密码生成散列值（写进 JIWEN_QA_PASSWORD）", parents=[common], **_CHINESE
    )
    password.set_defaults(run=_password)
    return parser


def _open(settings: Settings) -> "Engine":
    with collector_held():
        from bot.engine import open_engine
        from ingest.progress import bar_progress

        with bar_progress() as progress:
            return open_engine(settings, progress=progress)


def _serve(options: argparse.Namespace, settings: Settings) -> int:
    from bot.web.server import serve

    serve(settings)
    return 0


def _ask(options: argparse.Namespace, settings: Settings) -> int:
    if options.jsonl:
        engine = _open(settings)
        for answered in answer_lines(engine, _input_lines()):
            sys.stdout.write(json.dumps(answered, ensure_ascii=False) + "\n")
            sys.stdout.flush()
        return 0
    engine = _open(settings)
    answer = ask_of_plan(engine, " ".join(options.question), options.history, options.plan or "")
    if options.json:
        sys.stdout.write(json.dumps(answer.to_json(), ensure_ascii=False) + "\n")
    else:
        _print_answer(answer, sys.stdout)
    return 1 if answer.status == "invalid" else 0


def _input_lines() -> Iterator[str]:
    # Bytes that are no UTF-8 make one bad line, not a dead program.
    for line in sys.stdin.buffer:
        yield line.decode("utf-8", errors="replace")


def _print_answer(answer: "Answer", out: TextIO) -> None:
    out.write(answer.text.replace("**", "") + "\n")
    if answer.citations:
        out.write(f"\n{wording('cli.citations')}\n")
    for citation in answer.citations:
        out.write(f"[{citation.n}] {citation.place}\n    {citation.quote}\n")
    if answer.suggestions:
        out.write(f"\n{wording('cli.suggestions')}{'　'.join(answer.suggestions)}\n")


def _plans(options: argparse.Namespace, settings: Settings) -> int:
    if settings.plans is None:
        raise SettingsError(wording("plans.not_set"))
    engine = _open(settings)
    if not options.about:
        for entry in plans_of(engine):
            sys.stdout.write(f"{entry.key}\t{entry.level}\t{entry.period}\t{entry.title}\n")
        return 0
    answer = answer_about(engine, " ".join(options.about))
    _print_answer(answer, sys.stdout)
    return 0 if answer.status == "answered" else 3


def _term(options: argparse.Namespace, settings: Settings) -> int:
    engine = _open(settings)
    term = engine.term(options.name)
    if term is None:
        sys.stderr.write(wording("cli.no_term", name=options.name) + "\n")
        return 3
    pages = engine.index.by_id[f"term.{term.number}"].metadata["place"]
    sys.stdout.write(f"{term.name}：{term.definition}\n（{pages}）\n")
    return 0


def _indicator(options: argparse.Namespace, settings: Settings) -> int:
    engine = _open(settings)
    rows = engine.indicators(options.name)
    if not rows:
        sys.stderr.write(wording("cli.no_indicator", name=options.name) + "\n")
        return 3
    for row in rows:
        sys.stdout.write(_row(row) + f"\n（{engine.index.by_id[f'ind.{row.number}'].metadata['place']}）\n")
    return 0


def _password(options: argparse.Namespace, settings: Settings) -> int:
    from getpass import getpass

    from bot.web.passwords import hash_password

    if sys.stdin.isatty():
        given = getpass(wording("cli.password"))
        if given and given != getpass(wording("cli.password_again")):
            sys.stderr.write(wording("cli.password_differs") + "\n")
            return 1
    else:
        given = sys.stdin.readline().rstrip("\r\n")
    if not given:
        sys.stderr.write(wording("cli.password_empty") + "\n")
        return 1
    sys.stderr.write(wording("cli.password_use") + "\n")
    sys.stdout.write(f"JIWEN_QA_PASSWORD={hash_password(given)}\n")
    return 0


def _row(row: "Indicator") -> str:
    cells = (
        ("2020年预计", row.expected_2020),
        ("2025年目标", row.target_2025),
        ("年均/累计", row.annual_or_total),
        ("属性", row.attribute),
        ("类别", row.category),
    )
    return f"{row.full_name}（{row.unit}）：" + "，".join(f"{name} {cell}" for name, cell in cells if cell)

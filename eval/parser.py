"""An argument parser that speaks Chinese throughout: usage, headings, its own errors."""

import argparse
import re
import sys
from typing import Any, NoReturn

_ERRORS = (
    (r"unrecognized arguments: (.*)", r"没有这样的选项：\1"),
    (r"the following arguments are required: (.*)", r"缺少：\1"),
    (r"argument (.*?): expected one argument", r"\1 后面要有一个值"),
    (r"argument (.*?): expected (\d+) arguments?", r"\1 后面要有 \2 个值"),
    (r"argument (.*?): invalid choice: (.*?) \(choose from (.*)\)", r"\1 的值 \2 不正确，可选：\3"),
    (r"argument (.*?): invalid (?:Path|int|float) value: (.*)", r"\1 的值 \2 不正确"),
    (r"ambiguous option: (.*?) could match (.*)", r"\1 不明确，可能是 \2"),
)


class ChineseParser(argparse.ArgumentParser):
    """`argparse.ArgumentParser` with its own words in Chinese."""

    def __init__(self, **options: Any) -> None:
        """Take the options of `argparse.ArgumentParser`."""
        super().__init__(add_help=False, **options)
        self._positionals.title = "参数"
        self._optionals.title = "选项"
        self.add_argument("-h", "--help", action="help", help="显示这份说明")

    def format_usage(self) -> str:
        """The usage line."""
        return super().format_usage().replace("usage: ", "用法：", 1)

    def format_help(self) -> str:
        """The whole help."""
        return super().format_help().replace("usage: ", "用法：", 1)

    def error(self, message: str) -> NoReturn:
        """Say what is wrong with the arguments and leave with status 2."""
        for pattern, told in _ERRORS:
            if re.search(pattern, message):
                message = re.sub(pattern, told, message)
                break
        self.print_usage(sys.stderr)
        self.exit(2, f"{message}\n")

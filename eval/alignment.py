"""Positions in the source file as positions in the plan's cleaned text, for chunks that were cut there."""

from bisect import bisect_left

from eval.proof import PAGE_MARK, mended_source
from eval.records import EvaluationError
from ingest.plan import Plan

_DROPPED = "\ue011"  # a soft hyphen leaves nothing behind


class Alignment:
    """The printed characters of a source and of the plan read from it, one to one, white space aside."""

    def __init__(self, plan: Plan, raw: str) -> None:
        """Align `plan` with `raw`, the text it was read from.

        Raises:
            EvaluationError: the two do not hold the same characters.
        """
        self._source = _printed(raw)
        self._plan = [i for i, char in enumerate(plan.text) if not char.isspace()]
        if len(self._source) != len(self._plan) or len(mended_source(raw)) != len(self._plan):
            raise EvaluationError("规划的清理后文本与原文件的字符数不一致，无法对齐。")

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The span of the plan's text that holds the source's characters [start, end)."""
        first = bisect_left(self._source, start)
        last = bisect_left(self._source, end) - 1
        if first >= len(self._plan) or last < first:
            return 0, 0
        return self._plan[first], self._plan[last] + 1


def _printed(raw: str) -> list[int]:
    found: list[int] = []
    at = 0
    for line in raw.split("\n"):
        if not PAGE_MARK.match(line):
            found += [at + i for i, char in enumerate(line) if not char.isspace() and char != _DROPPED]
        at += len(line) + 1
    return found

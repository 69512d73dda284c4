"""The direct value: the number with its unit that a question asks for, out of a sentence."""

import re

from bot.question import Question
from ingest.terms import bigrams, normalise

_VALUE = re.compile(
    r"\d+(?:\.\d+)?(?:[—-]\d+(?:\.\d+)?)?(?:万亿|亿|万|千)?(?:多)?"
    r"(?:%|个百分点|公里/小时|平方公里|公里|千米|平方米|米|元|人次|人|亩|吨标准煤|吨|斤|千瓦时|千瓦|兆瓦|立方米|户|名|个|家|所|座|条|项|辆|台|架|件|颗|处|张|天|年|岁|级|期|支|只|床|小时|分钟)"
)
_YEAR_VALUE = re.compile(r"(?:19|20)\d{2}年(?:\d{1,2}月)?")
_CLAUSE = re.compile(r"[，；。：]")


def direct_value(question: Question, text: str) -> str | None:
    """The value in `text` that the question wants, or None where none can be told apart.

    Candidates are the figures whose unit fits; the one in (or right after) the clause that shares most with
    the question is taken, and only if no other candidate stands in that clause.
    """
    want = question.want
    if want is None:
        return None
    year = bool(want.units) and set(want.units) <= {"年", "月", "日"}
    found = [
        match
        for match in (_YEAR_VALUE if year else _VALUE).finditer(text)
        if _fits(match.group(), want.units, year)
    ]
    if not year:
        found = [match for match in found if not _is_date(text, match)]
    if not found:
        return None
    if len(found) == 1:
        return found[0].group()
    best = sorted(
        ((_nearness(question, text, match.start(), match.end()), -i) for i, match in enumerate(found)),
        reverse=True,
    )
    if best[0][0] - best[1][0] < 0.05:
        return None
    return found[-best[0][1]].group()


def _fits(value: str, units: tuple[str, ...], year: bool) -> bool:
    return (
        year or not units or any(value.endswith(unit) or value.rstrip("多").endswith(unit) for unit in units)
    )


def _is_date(text: str, match: re.Match[str]) -> bool:
    value = match.group()
    return value.endswith("年") and bool(re.match(r"(?:19|20)\d{2}年$", value))


def _nearness(question: Question, text: str, start: int, end: int) -> float:
    """How much of the question stands in a figure's clause and, at half weight, in the one before it."""
    stops = [match.end() for match in _CLAUSE.finditer(text, 0, start)]
    here = stops[-1] if stops else 0
    before = stops[-2] if len(stops) > 1 else 0
    after = _CLAUSE.search(text, end)
    clause = normalise(text[here : after.start() if after else len(text)])
    earlier = normalise(text[before:here])
    grams = [gram[1:] for word in question.content for gram in bigrams(word)] + [
        w for w in question.content if len(w) == 1
    ]
    if not grams:
        return 0.0
    return sum((gram in clause) + 0.5 * (gram in earlier) for gram in grams) / len(grams)

"""The direct value: the number with its unit that a question asks for, out of a sentence."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.compose.context import Context
from bot.draft import Draft, Quote
from bot.question import Question
from ingest.terms import bigrams, normalise
from prompts import wording

_UNITS = (
    "%|个百分点|公里/小时|平方公里|公里|千米|平方米|米|元|人次|人|亩|吨标准煤|吨|斤|千瓦时|千瓦|兆瓦|立方米|户|名|个|家|所|座|条|"
    "项|辆|台|架|件|颗|处|张|天|年|岁|级|期|支|只|床|小时|分钟|头|次|种|类|部|套|孔|万机柜|机柜"
)
_VALUE = re.compile(
    rf"(?P<before>(?:约|近|超过|超|突破|不低于|不少于|至少|力争达到|>|≥|≤|<)?)"
    rf"(?P<number>\d+(?:\.\d+)?(?:[—-]\d+(?:\.\d+)?)?)(?P<scale>(?:万亿|亿|万|千)?(?:多|余)?)(?P<unit>{_UNITS})"
    rf"(?P<after>(?:以上|以下|以内|左右)?)"
)
_YEAR_VALUE = re.compile(r"(?P<year>(?:19|20)\d{2})年(?:\d{1,2}月)?(?:\d{1,2}日)?(?:底|末|前)?")
_CLAUSE = re.compile(r"[，；。：]")
# What is counted: 「几条跑道」, 「多少颗卫星」.
_COUNTED = re.compile(r"(?:多少|几)(?:万|亿|千|百|十)*(?P<noun>[\u4e00-\u9fff]{1,4})")
_NO_NOUN = re.compile(r"^(?:钱|了|呢|吗|啊|呀|才|到|是|要|会|能|可|的|左|多)")
_NAMES_WANTED = re.compile(r"哪(?:几|些)")
_COMPARED = re.compile(r"(?:相较于|相比|相当于|较|(?<!占)比(?![重例率]))[^，。；]{0,16}$")
_LEAST = 0.3  # share of the question that must stand about a figure for it to be the one that is asked for
_MARGIN = 0.05  # by which it must be ahead of the next


@dataclass(frozen=True)
class _Candidate:
    text: str
    nearness: float


def direct_value(question: Question, text: str, head: str = "", since: int = 0) -> str | None:
    """The value in `text` that the question wants, or None where none can be told apart.

    A figure counts if its unit is the one that is asked for, if enough of the question stands in its clause,
    the clause before it or the head, and if no other figure does as well. What qualifies it (以上, 约) stays.

    Args:
        question: what is asked.
        text: one quotation.
        head: the name it stands under, which says what its figures are about.
        since: for questions about a date, the first year that can be meant.
    """
    want = question.want
    if want is None or _NAMES_WANTED.search(question.text):
        return None
    if want.units and set(want.units) <= {"年", "月", "日"}:
        found = [
            _candidate(question, text, match, head)
            for match in _YEAR_VALUE.finditer(text)
            if int(match["year"]) >= since and match["year"] not in question.years
        ]
    else:
        found = [
            _candidate(question, text, match, head)
            for match in _VALUE.finditer(text)
            if _fits(question, text, match) and not _beside_the_point(text, match)
        ]
    found = sorted(found, key=lambda candidate: -candidate.nearness)
    if not found or found[0].nearness < _LEAST:
        return None
    if len(found) > 1 and found[0].nearness - found[1].nearness < _MARGIN:
        return None
    return found[0].text


def figures_in(text: str) -> set[str]:
    """The numbers in a text, years with 年 left out."""
    return set(re.findall(r"\d+(?:\.\d+)?", re.sub(r"(?:19|20)\d{2}年", "", text)))


def _candidate(question: Question, text: str, match: re.Match[str], head: str) -> _Candidate:
    return _Candidate(match.group(), _nearness(question, text, match.start(), match.end(), head))


def _fits(question: Question, text: str, match: re.Match[str]) -> bool:
    """Whether a figure has the unit that is asked for, or counts what is asked to be counted."""
    unit = f"{match['scale'].strip('多余')}{match['unit']}"
    units = question.want.units if question.want else ()
    if units:
        return any(unit.endswith(wanted) for wanted in units)
    counted = _COUNTED.search(question.text)
    if counted is None or _NO_NOUN.match(counted["noun"]):
        return True
    noun = counted["noun"]
    behind = text[match.end("scale") : match.end("scale") + 12]
    return behind.startswith(noun[0]) and (
        len(noun) == 1 or any(gram in behind for gram in (noun[1:3], noun[:2], noun[-2:]))
    )


def _beside_the_point(text: str, match: re.Match[str]) -> bool:
    """A year, a figure in brackets, or one that something else is compared with."""
    before = text[: match.start()]
    if match["unit"] == "年" and re.fullmatch(r"(?:19|20)\d{2}", match["number"]):
        return True
    return before.count("（") > before.count("）") or bool(_COMPARED.search(before))


def _nearness(question: Question, text: str, start: int, end: int, head: str) -> float:
    """How much of the question stands in a figure's clause and, at half weight, before it or in the head."""
    stops = [match.end() for match in _CLAUSE.finditer(text, 0, start)]
    here = stops[-1] if stops else 0
    before = stops[-2] if len(stops) > 1 else 0
    after = _CLAUSE.search(text, end)
    clause = normalise(text[here : after.start() if after else len(text)])
    earlier = normalise(f"{head} {text[before:here]}")
    words = question.content
    grams = [gram[1:] for word in words for gram in bigrams(word)] + [
        word for word in words if len(word) == 1
    ]
    if not grams:
        return 0.0
    return sum(1.0 if gram in clause else 0.5 * (gram in earlier) for gram in grams) / len(grams)


def verdict(context: Context, draft: Draft, quotes: Sequence[Quote]) -> None:
    """For 「是不是4.6件」: say whether the plan has the figure that the question gives."""
    numbers = context.question.numbers
    if not numbers or context.question.kind != "yes_no":
        return
    here = figures_in(" ".join(draft.read(quote.span) for quote in quotes))
    if all(number.strip("%") in here for number in numbers):
        draft.say(wording("answer.same_number"))
    elif here:
        draft.say(wording("answer.other_number"))

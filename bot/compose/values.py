"""The direct value: the number with its unit that a question asks for, out of a sentence."""

import re

from bot.figures import Figure, clauses_around, figures_of, nearness
from bot.question import Question
from ingest.terms import normalise

_YEAR_VALUE = re.compile(r"(?P<year>(?:19|20)\d{2})年(?:\d{1,2}月)?(?:\d{1,2}日)?(?:底|末|前)?")
# What is counted: 「几条跑道」, 「多少颗卫星」.
_COUNTED = re.compile(r"(?:多少|几)(?:万|亿|千|百|十)*(?P<noun>[\u4e00-\u9fff]{1,4})")
_NO_NOUN = re.compile(r"^(?:钱|了|呢|吗|啊|呀|才|到|是|要|会|能|可|的|左|多)")
_NAMES_WANTED = re.compile(r"哪(?:几|些)")
_COMPARED = re.compile(r"(?:相较于|相比|相当于|较|(?<!占)比(?![重例率]))[^，。；]{0,16}$")
_LEAST = 0.3  # share of the question that must stand about a figure for it to be the one that is asked for
_MARGIN = 0.05  # by which it must be ahead of the next


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
            (
                nearness(question, *_with_head(clauses_around(text, match.start(), match.end()), head)),
                match.group(),
            )
            for match in _YEAR_VALUE.finditer(text)
            if int(match["year"]) >= since and match["year"] not in question.years
        ]
    else:
        found = [
            (nearness(question, *_with_head((figure.clause, figure.earlier), head)), figure.text)
            for figure in figures_of(text)
            if _fits(question, figure)
        ]
    found.sort(key=lambda pair: -pair[0])
    if not found or found[0][0] < _LEAST or (len(found) > 1 and found[0][0] - found[1][0] < _MARGIN):
        return None
    return found[0][1]


def _with_head(clauses: tuple[str, str], head: str) -> tuple[str, str]:
    return clauses[0], f"{normalise(head)} {clauses[1]}"


def _fits(question: Question, figure: Figure) -> bool:
    """Whether a figure has the unit that is asked for, or counts what is asked to be counted."""
    units = question.want.units if question.want else ()
    if units:
        return any(figure.unit.endswith(wanted) for wanted in units)
    counted = _COUNTED.search(question.text)
    if counted is None or _NO_NOUN.match(counted["noun"]):
        return True
    noun, behind = counted["noun"], figure.behind
    rest = (noun[1:3], noun[:2], noun[-2:])
    return behind.startswith(noun[0]) and (len(noun) == 1 or any(part in behind for part in rest))

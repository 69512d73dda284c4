"""Answers that set two things side by side, each with its citation."""

import re
from collections.abc import Callable, Sequence
from decimal import Decimal

import numpy as np

from bot.compose.context import Context
from bot.compose.evidence import quotes_from, value_in
from bot.draft import Draft, Quote, echoed
from bot.question import Question, content_words
from bot.ranking import Ranking
from ingest.terms import normalise
from prompts import wording

_JOINT = re.compile(r"和|与|跟|同(?!时|步|意)|及|、|/|还是|vs\.?|对比|相比")
# Where the second side ends and what is compared begins.
_TAIL = re.compile(
    r"[，。,?？]|的(?!村|地)|在|有(?:什么|啥|哪些|何)|各(?:自|是|有|要)?|分别|两[个者条座]|哪[个条家座]|谁|最|区别|不同|差别|差多少|相比|比较|对比|投资|面积|怎么|咋"
)
_LOOK = 60  # passages among which one that names the side may win
_NAMED = 1.0  # what naming a side is worth, in units of a ranking score (the best passages reach about 3)
_LONGEST = 16, 18  # characters of the first side and of the others
_MOST = 5  # sides
_YEAR = re.compile(r"(?:19|20)\d{2}年?")
_NEAR = 5  # passages for a side whose 专栏 are looked through
_TOGETHER = 0.4  # what standing in one 专栏 is worth to each side, in units of a ranking score
_FAR = 1e6
_FIGURE = re.compile(r"(?P<number>\d+(?:\.\d+)?)(?P<unit>[^\d，。]*)$")
_FILLER = re.compile(r"^(请问|问一下|比较一下|比较|对比一下|对比)|有没有")


def sides_of(text: str) -> tuple[list[str], str] | None:
    """The sides of a comparison and what is compared.

    「东部和西部的生态建设有什么不同」 gives 东部, 西部 and 的生态建设有什么不同; None without two sides.
    """
    plain = _FILLER.sub("", text)
    for joint in _JOINT.finditer(plain):
        first, rest = plain[: joint.start()], plain[joint.end() :]
        end = _TAIL.search(rest, 2)
        second, tail = (rest[: end.start()], rest[end.start() :]) if end else (rest, "")
        *before, first = re.split(r"[，。]", first)
        # 「东部、中部和西部」: what follows the first joint may itself be several.
        others = [part for part in _JOINT.split(second) if part]
        if not all(map(_says_something, others)):
            others = [second]
        if (
            _says_something(first)
            and _says_something(second)
            and len(first) <= _LONGEST[0]
            and len(others) < _MOST
            and all(len(other) <= _LONGEST[1] for other in others)
            # 「空气好的天数占比，2020和2025分别多少」: two years of one thing are no two sides.
            and not (before and _YEAR.fullmatch(first.strip()))
        ):
            return [first, *others], tail
    return None


def _says_something(side: str) -> bool:
    return bool(content_words(side) or _YEAR.search(side))


def compose(context: Context, ask: Callable[[str], tuple[Question, Ranking]]) -> Draft | None:
    """The sides of a comparison, each from the passage that fits it best; None where there are no two.

    Args:
        context: the question.
        ask: reads and ranks another wording of the question.
    """
    found = sides_of(context.question.text)
    if found is None:
        return None
    sides, tail = found
    draft = context.draft()
    asked = [ask(f"{side}{tail}") for side in sides]
    totals = [
        _totals(context, side, "".join(part for part in sides if part != side), ranking)
        for side, (_, ranking) in zip(sides, asked, strict=True)
    ]
    parts: list[tuple[str, Question, list[Quote]]] = []
    for side, at, (question, ranking) in zip(sides, _chosen(context, totals), asked, strict=True):
        node = context.index.passages[at]
        here = Context(context.index, question, context.keys, ranking, context.scorer, context.rules)
        parts.append((side, question, quotes_from(here, node)))
    _values(context, draft, parts)
    for side, _, quotes in parts:
        draft.say(wording("answer.side", side=echoed(side)))
        for quote in quotes:
            draft.quote(quote, before="- ")
    return draft


def _values(context: Context, draft: Draft, parts: Sequence[tuple[str, Question, list[Quote]]]) -> None:
    """The asked figure of every side in one line, the largest first; nothing where one of them has none."""
    found = []
    for side, question, quotes in parts:
        values = []
        for quote in quotes:
            value = value_in(context, question, quote)
            values += [(value, quote)] if value else []
        match = _FIGURE.match(values[0][0]) if values else None
        if match is None:
            return
        found.append((Decimal(match["number"]), match["unit"], side, *values[0]))
    if len({unit for _, unit, *_ in found}) == 1 and found[0][1]:
        found.sort(key=lambda entry: -entry[0])
        told = "，".join(
            wording("answer.side_value", side=echoed(side), value=value) for _, _, side, value, _ in found
        )
        draft.state(told, [quote for *_, quote in found])


def _chosen(context: Context, totals: Sequence[np.ndarray]) -> list[int]:
    """The passage for each side: the best one, or the best of a 专栏 that has one for every side."""
    passages = context.index.passages
    best = [int(np.argmax(total)) for total in totals]
    reached = sum(float(total[at]) for total, at in zip(totals, best, strict=True))
    boxes = {passages[int(i)].metadata.get("box") for total in totals for i in np.argsort(-total)[:_NEAR]}
    for box in sorted(box for box in boxes if box):
        here = np.array([float(node.metadata.get("box") != box) for node in passages]) * _FAR
        inside = [int(np.argmax(total - here)) for total in totals]
        together = sum(float(total[at]) for total, at in zip(totals, inside, strict=True))
        if len(set(inside)) == len(totals) and together + _TOGETHER * len(totals) > reached:
            best, reached = inside, together + _TOGETHER * len(totals)
    return best


def _totals(context: Context, side: str, other: str, ranking: Ranking) -> np.ndarray:
    """Scores of the passages for one side: ranked high for it and the question, naming it, not the other."""
    passages = context.index.passages
    mine = [word for word in content_words(side) if word not in other]
    theirs = [word for word in content_words(other) if word not in side]
    total = ranking.scores + 0.5 * context.ranking.scores
    for i in ranking.top(_LOOK):
        text = normalise(f"{passages[i].metadata.get('lead', '')}{passages[i].text}")
        own = sum(word in text for word in mine) / len(mine) if mine else 0.0
        foreign = sum(word in text for word in theirs) / len(theirs) if theirs else 0.0
        total[i] += _NAMED * own - (_NAMED * 0.3 * foreign if not own else 0.0)
    kinds = np.array([node.metadata["kind"] == "outline" for node in passages])
    total[kinds] = -_FAR
    return total

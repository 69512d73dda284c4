"""Answers that set things side by side: their figures, compared or worked out, or what is said of each."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from bot.compose import side_values
from bot.compose.arithmetic import tell_difference, tell_total
from bot.compose.boxes import follows_lead, quote_under_lead
from bot.compose.context import Context
from bot.compose.evidence import quotes_from
from bot.compose.measure import Asked, asked_of
from bot.compose.side_values import SideValue
from bot.compose.sides import asking, in_full, is_year, sides_of
from bot.draft import Draft, Quote, echoed
from bot.lexicon import load_data
from bot.question import Question, content_words
from bot.ranking import Ranking
from prompts import wording

_LOOK = 60  # passages among which one that names the side may win
_NAMED = 1.0  # what naming a side is worth, in units of a ranking score (the best passages reach about 3)
_HEADED = 0.3, 0.7  # what more it is worth in the name that a passage stands under, and as all of that name
_NEAR = 5  # passages for a side whose 专栏 are looked through
_TOGETHER = 0.4  # what standing in one 专栏 is worth to each side, in units of a ranking score
_AWAY = 2.0  # what is taken off a passage that does not name the year which is the side
_FAR = 1e6
_YEAR = re.compile(r"(?:19|20)\d{2}")
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_WORDED = ("comparison", "difference")  # kinds of question whose sides are quoted where they have no figures
_FIGURED = ("difference", "total", "most", "apart")  # operations that want figures

Ask = Callable[[str], tuple[Question, Ranking]]


@dataclass(frozen=True)
class Compared:
    """A comparison's draft; `sure` where each side is named outright beside its figure."""

    draft: Draft
    sure: bool = False


@dataclass(frozen=True)
class _Side:
    name: str  # as asked
    full: str  # as the plan may call it
    context: Context  # of the question asked about this side alone
    totals: np.ndarray  # scores of the passages for it


def compose(context: Context, ask: Ask) -> Compared | None:
    """The sides of a comparison, each from the passage that fits it best; None where there are no two.

    Args:
        context: the question.
        ask: reads and ranks another wording of the question.
    """
    question = context.question
    found = sides_of(question.spaced or question.text, context.keys.item_names)
    if found is None:
        return None
    names, tail = found
    asked = asked_of(_beside(question.spaced or question.text, names))
    worded = question.kind in _WORDED
    if not worded and not set(asked.operations) & set(_FIGURED):
        return None
    sides = _sides(context, names, tail, ask)
    values = _values(asked, sides) if set(asked.operations) - {"apart"} else []
    if values and (worded or side_values.answering(values)):
        draft = context.draft()
        typed = [_as_typed(question, name) for name in names]
        _tell(draft, asked, typed, values)
        _quote_values(draft, typed, values)
        beyond = question.asks_actual or question.asks_detail or question.years
        return Compared(draft, sure=side_values.certain(values) and not beyond)
    figured = bool(asked.measure and set(asked.operations) & {"difference", "total"})
    if not worded or figured:
        return None  # what is worked out from no figures is no answer
    # The goals of two years: beside the years nothing is named that the judge could weigh.
    years = all(map(is_year, names)) and not asked.about
    draft = _in_words(context, sides)
    told = " ".join(draft.read(quote.span) for quote in draft.quotes)
    return Compared(draft, sure=years and all(year in told for year in question.years))


def _as_typed(question: Question, name: str) -> str:
    """A side as the user has written it, capitals and all, where it stands so in the question."""
    at = question.asked.lower().find(name)
    return question.asked[at : at + len(name)] if at >= 0 else name


def _beside(text: str, names: Sequence[str]) -> str:
    """What a question says before its first side and behind its last."""
    first = text.find(names[0])
    last = text.find(names[-1], first + len(names[0]))
    return f"{text[: max(first, 0)]} {text[last + len(names[-1]) :]}"


def _sides(context: Context, names: Sequence[str], tail: str, ask: Ask) -> list[_Side]:
    sides = []
    full = in_full(list(names), tail)
    for name, written in zip(names, full, strict=True):
        question, ranking = ask(asking(written, tail))
        others = "".join(other for other in full if other != written)
        here = Context(context.index, question, context.keys, ranking, context.scorer, context.rules)
        sides.append(_Side(name, written, here, _totals(context, written, others, ranking)))
    return sides


def _values(asked: Asked, sides: Sequence[_Side]) -> list[SideValue]:
    """The asked figure of every side; [] where one of them has none."""
    look = load_data("compare.toml")["figures"]["passages"]
    idf = sides[0].context.index.lexical.idf
    rarest = idf.rarest

    def rarity(word: str) -> float:
        return idf.get(word, rarest)

    found = []
    for side in sides:
        best = np.argsort(-side.totals, kind="stable")[:look]
        passages = [(side.context.index.passages[int(i)], float(side.totals[i])) for i in best]
        others = [other.full for other in sides if other is not side]
        found.append(
            side_values.values_of(
                asked,
                side.full,
                others,
                [(node, reached, side.context.units(node)) for node, reached in passages],
                rarity,
            )
        )
    return side_values.one_for_each(found)


def _tell(draft: Draft, asked: Asked, names: Sequence[str], values: Sequence[SideValue]) -> None:
    """The asked figures in one line: worked out, the largest first, or in the order of the question."""
    quotes = [value.quote for value in values]
    shown = [_shown(draft, name, value) for name, value in zip(names, values, strict=True)]
    told = [(value.quantity, f"{name}{value.text}") for name, value in zip(shown, values, strict=True)]
    bold = [
        wording("answer.side_value", side=name, value=value.text)
        for name, value in zip(shown, values, strict=True)
    ]
    if "total" in asked.operations:
        return tell_total(draft, told, quotes)
    if "difference" in asked.operations and len(values) == 2:
        return tell_difference(draft, told, quotes)
    if "most" not in asked.operations:
        return draft.state("，".join(bold), quotes)
    amounts = [value.quantity.value for value in values]
    order = sorted(range(len(values)), key=lambda i: amounts[i], reverse=not asked.fewest)
    if len(set(amounts)) == 1:
        head = wording("answer.equal")
    else:
        head = wording("answer.most", side=shown[order[0]], adjective=asked.adjective(len(values)))
    return draft.state(head + "，".join(bold[i] for i in order), [quotes[i] for i in order])


def _shown(draft: Draft, name: str, value: SideValue) -> str:
    """A side's name as asked, or the one it is quoted under where its numbers are not the plan's."""
    known = set(_NUMBER.findall(draft.read(value.quote.span)))
    lead = str(value.quote.node.metadata.get("lead") or "")
    return echoed(name) if set(_NUMBER.findall(name)) <= known else re.sub(r"\d+(?:\.\d+)?", "", lead)


def _quote_values(draft: Draft, names: Sequence[str], values: Sequence[SideValue]) -> None:
    """The sentences of the figures, each under its side; a common one once."""
    together = len({(value.quote.node.node_id, value.quote.span) for value in values}) == 1
    for name, value in list(zip(names, values, strict=True))[: 1 if together else None]:
        if not together:
            draft.say(wording("answer.side", side=echoed(name)))
        _quote(draft, value.quote)


def _quote(draft: Draft, quote: Quote) -> None:
    """A quotation, with the name it stands under where it does not say it itself."""
    if follows_lead(quote) and quote.node.metadata["kind"] in ("paragraph", "box_item"):
        quote_under_lead(draft, quote, before="- ")
    else:
        draft.quote(quote, before="- ")


def _in_words(context: Context, sides: Sequence[_Side]) -> Draft:
    """What the plan says of each side."""
    draft = context.draft()
    chosen = _chosen(context, [side.totals for side in sides])
    parts = [
        (side, quotes_from(side.context, context.index.passages[at]))
        for side, at in zip(sides, chosen, strict=True)
    ]
    together = len({tuple(quote.span for quote in quotes) for _, quotes in parts}) == 1
    for side, quotes in parts[: 1 if together else None]:
        if not together:
            draft.say(wording("answer.side", side=echoed(_as_typed(context.question, side.name))))
        for quote in quotes:
            draft.quote(quote, before="- ")
    return draft


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
    mine = [word for word in content_words(side) or _years(side) if word not in other]
    theirs = [word for word in content_words(other) or _years(other) if word not in side]
    total = ranking.scores + 0.5 * context.ranking.scores
    for i in ranking.top(_LOOK):
        lead, text = context.index.plain[i]
        own = sum((word in text) + _headed(word, lead) for word in mine) / len(mine) if mine else 0.0
        foreign = sum(word in text for word in theirs) / len(theirs) if theirs else 0.0
        total[i] += _NAMED * own - (_NAMED * 0.3 * foreign if not own else 0.0)
    if mine and is_year(side):  # a year: what does not name it is not about it
        away = [node.metadata["kind"] != "paragraph" or mine[0] not in node.text for node in passages]
        total[away] -= _AWAY
    total[context.index.kinds == "outline"] = -_FAR
    return total


def _years(side: str) -> list[str]:
    return [f"{year}年" for year in _YEAR.findall(side)]


def _headed(word: str, lead: str) -> float:
    return _HEADED[0] + _HEADED[1] * len(word) / len(lead) if word in lead else 0.0

"""Which figures of the plan are those of the sides of a comparison."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import combinations, product
from typing import Any

from llama_index.core.schema import TextNode

from bot.compose.measure import Asked
from bot.draft import Quote
from bot.expand import says
from bot.figures import Figure, figures_of
from bot.lexicon import load_data
from bot.quantities import Quantity, quantity_of
from bot.question import content_words
from bot.sentences import Unit
from ingest.terms import bigrams, normalise

_CLAUSE = re.compile(r"[，；。：]")
_PART = re.compile(r"[，；。：、]")
_RESPECTIVELY = "分别"
_PARTED = "；"
_TURNED = 0.3  # taken off where the sides stand in one sentence in another order than their figures
_ALIKE = 0.05  # scores this near are as good as the same
_TRIED = 5, 3  # the likeliest figures of each side that are tried together, of up to three sides and of more
_SHORT = 4  # characters of a word that may be cut short
_BETWEEN = ".{0,4}"  # what it leaves out between two of its characters
_CUT_SHORT = 0.8
# How much it says that a side's word stands in a figure's own stretch, its clause, the one before, the lead.
_WEIGHTS = (1.0, 0.9, 0.8, 1.0)


@dataclass(frozen=True)
class SideValue:
    """A side's figure: as a quantity, as printed, where it is quoted, and how sure it is the side's own."""

    quantity: Quantity
    text: str
    quote: Quote
    at: int  # where the figure stands in the plan's text
    score: float
    held: float  # share of the side's own words that stand by it
    answers: float  # share of the other words of the question that do
    named: int  # where the side's first word stands in the plan's text, as far as it does by the figure


def values_of(
    asked: Asked,
    side: str,
    others: Sequence[str],
    passages: Sequence[tuple[TextNode, float, Sequence[Unit]]],
    rarity: Callable[[str], float],
) -> list[SideValue]:
    """The figures of passages that may be a side's, the likeliest first.

    Args:
        asked: what is compared.
        side: the side.
        others: the other sides, whose words do not tell this one apart.
        passages: the passages that fit it best, with their scores and the sentences they may be quoted by.
        rarity: how much a word tells (its idf).
    """
    rules = _rules()
    joined = "".join(others)
    own = [word for word in content_words(side) if word not in joined] or content_words(side) or [side]
    found = []
    for node, reached, units in passages:
        lead = normalise(f"{node.metadata.get('lead') or ''} {node.metadata.get('title') or ''}")
        for unit in units:
            for figure in figures_of(unit.text):
                quantity = quantity_of(figure.text)
                if quantity is None or not _fits(asked, quantity):
                    continue
                stretches = (*_stretches(unit.text, figure), lead)
                held = _held(own, stretches, rarity)
                if held < rules.least:
                    continue
                answers = _held(asked.about, stretches, rarity) if asked.about else 1.0
                noun = _noun(asked, stretches)
                score = reached + rules.side * held + rules.measure * (answers + noun)
                quote, at = Quote(node, unit.span), unit.span.start + figure.start
                named = unit.span.start + _first_at(own, unit.text)
                found.append(SideValue(quantity, figure.text, quote, at, score, held, answers, named))
    return sorted(found, key=lambda value: -value.score)


def one_for_each(values: Sequence[Sequence[SideValue]]) -> list[SideValue]:
    """For each side the likeliest figure, all in units that can be compared; [] where there is none.

    No figure stands for two sides, and none for a side that is told in parts (「续建…；新建…」).
    """
    tried = _TRIED[len(values) > 3]
    bases = dict.fromkeys(value.quantity.base for side in values for value in side)
    best: tuple[float, tuple[SideValue, ...]] = (0.0, ())
    for base in bases:
        likely = [[value for value in side if value.quantity.base == base][:tried] for side in values]
        for chosen in product(*likely):
            if len({value.at for value in chosen}) < len(chosen):
                continue
            reached = sum(value.score for value in chosen) - _TURNED * _turned(chosen)
            if not best[1] or reached > best[0]:
                best = (reached, chosen)
    in_parts = any(_in_parts(value, side, best[1]) for value, side in zip(best[1], values, strict=False))
    return [] if in_parts else list(best[1])


def _in_parts(value: SideValue, side: Sequence[SideValue], chosen: Sequence[SideValue]) -> bool:
    """Whether another figure of the passage, in another part of it, could as well be the side's."""
    taken = {other.at for other in chosen}
    node = value.quote.node
    return any(
        other.quote.node.node_id == node.node_id
        and other.at not in taken
        and other.quantity.base == value.quantity.base
        and other.score > value.score - _ALIKE
        and _PARTED in _between(node, value.at, other.at)
        for other in side
    )


def _between(node: TextNode, one: int, other: int) -> str:
    start = node.metadata["start"]
    return node.text[min(one, other) - start : max(one, other) - start]


def _turned(values: Sequence[SideValue]) -> int:
    """How many pairs of one sentence have their figures in another order than their names."""
    return sum(
        a.quote.span == b.quote.span and a.named != b.named and (a.named < b.named) != (a.at < b.at)
        for a, b in combinations(values, 2)
    )


def _first_at(words: Sequence[str], text: str) -> int:
    """Where the first of some words begins in a text, by its first two characters; its end for none."""
    plain = normalise(text)
    found = [at for word in words if (at := plain.find(word[:2])) >= 0]
    return min(found, default=len(text))


def certain(values: Sequence[SideValue]) -> bool:
    """Whether every side is named outright by what stands beside its figure, and the question answered."""
    rules = _rules()
    return all(value.held >= rules.certain and value.answers >= rules.asked for value in values)


def answering(values: Sequence[SideValue]) -> bool:
    """Whether the figures are of what is asked: their words stand beside them."""
    rules = _rules()
    return all(value.answers >= rules.asked for value in values)


def _fits(asked: Asked, quantity: Quantity) -> bool:
    units = asked.measure.units if asked.measure else frozenset()
    if asked.unit and not units:
        return quantity.unit == asked.unit
    return not units or quantity.base in units


def _stretches(text: str, figure: Figure) -> tuple[str, str, str]:
    """The stretch of text that a figure is told with, its clause without those of others, the clause before.

    Where a clause tells its figures 「分别」, each is told with the whole of it.
    """
    if _RESPECTIVELY in figure.clause:
        return figure.clause, figure.clause, figure.earlier
    start = max((match.end() for match in _CLAUSE.finditer(text, 0, figure.start)), default=0)
    end = _CLAUSE.search(text, figure.end)
    stop = end.start() if end else len(text)
    figures = [other for other in figures_of(text) if start <= other.start < stop]
    near = text[slice(*_own_stretch(text, figure, figures))]
    clause = text[start:stop]
    for other in figures:
        if other.start != figure.start:
            clause = clause.replace(text[slice(*_own_stretch(text, other, figures))], " ")
    return normalise(near), normalise(clause), figure.earlier


def _own_stretch(text: str, figure: Figure, figures: Sequence[Figure]) -> tuple[int, int]:
    """From the stop or figure before a figure to the stop or figure behind it."""
    before = [match.end() for match in _PART.finditer(text, 0, figure.start)]
    before += [other.end for other in figures if other.end <= figure.start]
    after = _PART.search(text, figure.end)
    ends = [after.start() if after else len(text)]
    ends += [other.start for other in figures if other.start >= figure.end]
    return max(before, default=0), min(ends)


def _held(words: Sequence[str], stretches: Sequence[str], rarity: Callable[[str], float]) -> float:
    """How much of some words stands about a figure, the rarer ones counting more (0 to 1)."""
    total = held = 0.0
    for word in words:
        weight_of = rarity(word)
        total += weight_of
        held += weight_of * max(
            weight * _stands(word, text) for text, weight in zip(stretches, _WEIGHTS, strict=True)
        )
    return held / total if total else 0.0


def _stands(word: str, text: str) -> float:
    """How far a word stands in a text: whole, by an official one, cut short (户厕: 户用卫生厕所), in part."""
    if says(text, word):
        return 1.0
    grams = [gram[1:] for gram in bigrams(word)] or [word]
    part = sum(gram in text for gram in grams) / len(grams)
    if 1 < len(word) <= _SHORT and re.search(_BETWEEN.join(map(re.escape, word)), text):
        return max(_CUT_SHORT, part)
    return part


def _noun(asked: Asked, stretches: Sequence[str]) -> float:
    """Whether a word for what is compared stands by a figure: 1 in its own stretch, 0.5 in its clause."""
    nouns = asked.measure.nouns if asked.measure else ()
    for weight, text in ((1.0, stretches[0]), (0.5, stretches[1])):
        if any(noun in text for noun in nouns[:1]):
            return weight
        if any(noun in text for noun in nouns):
            return weight * 0.9
    return 0.0


@dataclass(frozen=True)
class _Rules:
    least: float
    certain: float
    asked: float
    side: float
    measure: float


@cache
def _rules() -> _Rules:
    figures: dict[str, Any] = load_data("compare.toml")["figures"]
    return _Rules(**{name: figures[name] for name in _Rules.__dataclass_fields__})

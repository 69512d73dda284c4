"""Lines that tell what is worked out from cited figures: differences and sums, written out."""

from collections.abc import Iterable, Sequence

from bot.draft import Draft, Quote
from bot.quantities import PLUS, Quantity, difference, total
from prompts import wording


def tell_difference(draft: Draft, told: Sequence[tuple[Quantity, str]], quotes: Iterable[Quote]) -> None:
    """Add how far two figures are apart: 「相差**109米**：甲496米 − 乙387米 = 109米。」.

    Args:
        draft: gets the line and the difference as its value.
        told: the two quantities, each with its name and figure in words.
        quotes: what carries them.
    """
    (larger, first), (smaller, second) = sorted(told, key=lambda pair: -pair[0].value)
    result = str(difference(larger, smaller))
    draft.value = result
    draft.state(wording("answer.difference", result=result, first=first, second=second), quotes)


def tell_total(draft: Draft, told: Sequence[tuple[Quantity, str]], quotes: Iterable[Quote]) -> None:
    """Add the sum of figures: 「合计**257亿元**：甲174亿元 + 乙83亿元 = 257亿元。」; parameters as above."""
    result = str(total([quantity for quantity, _ in told]))
    draft.value = result
    draft.state(wording("answer.total", result=result, terms=PLUS.join(text for _, text in told)), quotes)

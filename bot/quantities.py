"""Quantities: numbers with their units, exactly compared, subtracted and added up.

All arithmetic is decimal: a computed figure is as exact as the printed ones.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from bot.lexicon import load_data

_UNIT = r"[^\d\s，。；：、（）()|=+*−]*"
_NUMBER = r"\d+(?:\.\d+)?"
# A range (8-10个) is no quantity.
_WRITTEN = re.compile(rf"(?<![\d.—-])(?P<number>{_NUMBER})(?![\d.]|[—-]\d)(?P<unit>{_UNIT})")
_COMPUTED = re.compile(
    rf"(?P<terms>[^：=]+) = (?P<number>{_NUMBER})(?P<unit>{_UNIT})"
)  # 「甲496米 − 乙387米 = 109米」
_APART = re.compile(rf"相差(?P<figure>(?P<number>{_NUMBER}){_UNIT})")
_QUALIFIERS = re.compile(r"^(?:多|余)|(?:以上|以下|以内|左右)$")
MINUS, PLUS = " − ", " + "


@dataclass(frozen=True)
class Quantity:
    """A number in a unit as printed, with what it is in the unit's base.

    Attributes:
        number: as printed.
        scale: what stands before the unit and multiplies (亿); "" for nothing.
        unit: the unit without it.
    """

    number: Decimal
    scale: str
    unit: str

    @property
    def base(self) -> str:
        """The unit in which it can be compared with others: 米 for 公里."""
        return _units().get(self.unit, (self.unit, Decimal(1)))[0]

    @property
    def value(self) -> Decimal:
        """How many of `base` it is."""
        return self.number * _scales().get(self.scale, Decimal(1)) * self._size

    @property
    def _size(self) -> Decimal:
        return _units().get(self.unit, (self.unit, Decimal(1)))[1]

    def like(self, value: Decimal) -> "Quantity":
        """An amount of `base` in this quantity's scale and unit."""
        number = value / (_scales().get(self.scale, Decimal(1)) * self._size)
        return Quantity(number, self.scale, self.unit)

    def __str__(self) -> str:
        number = self.number.normalize()
        return f"{number:f}{self.scale}{self.unit}"


def quantity_of(text: str) -> Quantity | None:
    """The quantity that a figure as printed is (「超过1.5万亩以上」); None for a range or for no figure."""
    match = _WRITTEN.search(text)
    if match is None:
        return None
    rest = _QUALIFIERS.sub("", match["unit"])
    scale = next((scale for scale in _longest_scales() if rest.startswith(scale) and rest != scale), "")
    return Quantity(Decimal(match["number"]), scale, _QUALIFIERS.sub("", rest[len(scale) :]))


def difference(first: Quantity, second: Quantity) -> Quantity:
    """How far two quantities of the same base are apart, in the first one's unit; shares in 个百分点."""
    apart = first.like(abs(first.value - second.value))
    points = load_data("quantities.toml")["points"].get(apart.unit)
    return Quantity(apart.number, apart.scale, points) if points else apart


def total(quantities: Sequence[Quantity]) -> Quantity:
    """The sum of quantities of the same base, in the first one's unit."""
    return quantities[0].like(sum((quantity.value for quantity in quantities), Decimal(0)))


def worked_out(text: str) -> set[str]:
    """The numbers of a line, as written, that follow from its other numbers.

    These are the results of computations written out, 「甲496米 − 乙387米 = 109米」, and repetitions of them
    (「相差109米」), where they are right, and a 「相差…」 that is the difference of two figures of the line.
    """
    # Most lines have no computation, and looking for one letter by letter takes longer than all other checks.
    computed = _COMPUTED.finditer(text) if " = " in text else ()
    results = {match["number"] for match in computed if _is_right(match)}
    for match in _APART.finditer(text):
        rest = f"{text[: match.start()]} {text[match.end() :]}"
        known = [found for written in _WRITTEN.finditer(rest) if (found := quantity_of(written.group()))]
        pairs = [(a, b) for i, a in enumerate(known) for b in known[i + 1 :] if a.base == b.base]
        told = quantity_of(match["figure"])
        if told and any(_same(difference(a, b), told) for a, b in pairs):
            results.add(match["number"])
    return results


def _is_right(match: re.Match[str]) -> bool:
    minus = MINUS in match["terms"]
    terms = [quantity_of(_last_figure(term)) for term in match["terms"].split(MINUS if minus else PLUS)]
    known = [term for term in terms if term]
    told = quantity_of(f"{match['number']}{match['unit']}")
    if told is None or not 1 < len(known) == len(terms) or len({term.base for term in known}) > 1:
        return False
    if minus:
        return len(known) == 2 and _same(difference(known[0], known[1]), told)
    return _same(total(known), told)


def _same(first: Quantity, second: Quantity) -> bool:
    return (first.value, first.base) == (second.value, second.base)


def _last_figure(term: str) -> str:
    """A term's own figure: the last, since the name before it may hold numbers."""
    figures = [match.group() for match in _WRITTEN.finditer(term)]
    return figures[-1] if figures else ""


@cache
def _units() -> dict[str, tuple[str, Decimal]]:
    return {
        unit: (base, Decimal(size)) for unit, (base, size) in load_data("quantities.toml")["units"].items()
    }


@cache
def _scales() -> dict[str, Decimal]:
    return {scale: Decimal(size) for scale, size in load_data("quantities.toml")["scales"].items()}


@cache
def _longest_scales() -> tuple[str, ...]:
    return tuple(sorted(_scales(), key=len, reverse=True))

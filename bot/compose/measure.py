"""What a comparison asks of its sides: a difference, a sum, the larger one, and of which measure."""

import re
from dataclasses import dataclass
from functools import cache
from typing import Any

from bot.figures import UNITS
from bot.lexicon import load_data
from bot.question import content_words

_ASKED_UNIT = re.compile(rf"(?:多少|几)(?:万|亿|千|百)*(?P<unit>{UNITS})(?![\u4e00-\u9fff]?[点])")


@dataclass(frozen=True)
class Measure:
    """What is compared: the units of its figures, words beside them, and how more and less of it is told."""

    words: re.Pattern[str]
    units: frozenset[str]
    nouns: tuple[str, ...]
    more: str
    less: str
    fewer: re.Pattern[str]


@dataclass(frozen=True)
class Asked:
    """What a comparison wants: the operations (difference, total, most, each) and the measure."""

    operations: tuple[str, ...]
    measure: Measure | None
    unit: str = ""  # the unit that is asked for outright: 户 of 「多少户」
    fewest: bool = False  # the smallest is asked for: 哪个便宜
    about: tuple[str, ...] = ()  # the other words of the question, which a figure must answer to

    def adjective(self, sides: int) -> str:
        """How the winner is told: 「投资更多」 of two, 「投资最多」 of more."""
        degrees = load_data("compare.toml")["degrees"]
        template = (self.measure.less if self.fewest else self.measure.more) if self.measure else "{}"
        return template.format(degrees["two"] if sides == 2 else degrees["many"])


def asked_of(text: str) -> Asked:
    """What the words of a comparison beside its sides ask for."""
    rules = _rules()
    operations = tuple(name for name, pattern in rules.operations if pattern.search(text))
    # Without an operation nothing is measured: 「有什么不同」.
    measures = rules.measures if operations else ()
    measure = next((measure for measure in measures if measure.words.search(text)), None)
    fewest = bool(measure and measure.fewer.search(text))
    about = tuple(
        word
        for word in content_words(text)
        if not re.search(r"\d", word) and not rules.plain.fullmatch(_without(word, rules, measure))
    )
    unit = _ASKED_UNIT.search(text)
    return Asked(operations, measure, unit["unit"] if unit else "", fewest, about)


def _without(word: str, rules: "_Rules", measure: Measure | None) -> str:
    """A word, or nothing where it only says the operation or the measure (相差, 产能)."""
    patterns = [*(pattern for _, pattern in rules.operations), *([measure.words] if measure else [])]
    for pattern in patterns:
        if pattern.fullmatch(word):
            return ""
    return word


@dataclass(frozen=True)
class _Rules:
    operations: tuple[tuple[str, re.Pattern[str]], ...]
    measures: tuple[Measure, ...]
    plain: re.Pattern[str]


@cache
def _rules() -> _Rules:
    data: dict[str, Any] = load_data("compare.toml")
    return _Rules(
        operations=tuple((name, re.compile(pattern)) for name, pattern in data["operations"].items()),
        measures=tuple(
            Measure(
                re.compile(entry["words"]),
                frozenset(entry["units"]),
                tuple(entry["nouns"]),
                entry["more"],
                entry["less"],
                re.compile(entry["fewer"]),
            )
            for entry in data["measures"]
        ),
        plain=re.compile(f"(?:{'|'.join(data['figures']['plain'])})*"),
    )

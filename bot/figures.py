"""Figures with their units, and how near a question's words stand to each."""

import re
from dataclasses import dataclass
from functools import lru_cache

from bot.expand import official_words
from bot.question import Question
from ingest.terms import bigrams, normalise

UNITS = (
    "%|个百分点|公里/小时|平方公里|公里|千米|平方米|米|元|人次|人|亩|吨标准煤|吨|斤|千瓦时|千瓦|兆瓦|立方米|户|名|个|家|所|座|条|"
    "项|辆|台|架|件|颗|处|张|天|年|岁|级|期|支|只|床|小时|分钟|头|次|种|类|部|套|孔|机柜"
)
_FIGURE = re.compile(
    rf"(?P<before>(?:约|近|不超过|不超|超过|超|突破|不低于|不高于|不大于|不小于|不少于|不多于|不足|低于|高于|小于|大于|少于|多于|至少|至多|最多|最少|力争达到|>|≥|≤|<)?)"
    rf"(?P<number>\d+(?:\.\d+)?(?:[—-]\d+(?:\.\d+)?)?)(?P<scale>(?:万亿|亿|万|千)?(?:多|余)?)(?P<unit>{UNITS})"
    rf"(?P<after>(?:以上|以下|以内|左右)?)"
)
_CLAUSE = re.compile(r"[，；。：]")
_COMPARED = re.compile(r"(?:相较于|相比|相当于|较|(?<!占)比(?![重例率]))[^，。；]{0,16}$")
_CACHED = 4096


@dataclass(frozen=True)
class Figure:
    """A figure in a text.

    Attributes:
        text: as printed, with what qualifies it (超过, 以上).
        unit: its unit with its scale: 亿元.
        clause: the clause it stands in, normalised.
        earlier: the clause before, normalised.
        behind: the few characters after the number's scale, by which one sees what is counted.
        start, end: where it stands in the text.
    """

    text: str
    unit: str
    clause: str
    earlier: str
    behind: str
    start: int = 0
    end: int = 0


@lru_cache(_CACHED)
def figures_of(text: str) -> tuple[Figure, ...]:
    """The figures of a text; years, figures in brackets and those only compared with are left out."""
    found = []
    for match in _FIGURE.finditer(text):
        before = text[: match.start()]
        year = match["unit"] == "年" and re.fullmatch(r"(?:19|20)\d{2}", match["number"])
        if year or before.count("（") > before.count("）") or _COMPARED.search(before):
            continue
        clause, earlier = clauses_around(text, match.start(), match.end())
        behind = text[match.end("scale") : match.end("scale") + 12]
        found.append(
            Figure(
                match.group(),
                f"{match['scale'].strip('多余')}{match['unit']}",
                clause,
                earlier,
                behind,
                *match.span(),
            )
        )
    return tuple(found)


def clauses_around(text: str, start: int, end: int) -> tuple[str, str]:
    """The clause of [start, end) and the one before it, normalised."""
    stops = [match.end() for match in _CLAUSE.finditer(text, 0, start)]
    here = stops[-1] if stops else 0
    before = stops[-2] if len(stops) > 1 else 0
    after = _CLAUSE.search(text, end)
    return normalise(text[here : after.start() if after else len(text)]), normalise(text[before:here])


def nearness(question: Question, clause: str, around: str) -> float:
    """How much of a question stands in a figure's clause and, at half weight, around it (0 to 1).

    A word counts by its bigrams; one that the thesaurus explains counts if an official word stands there.
    """
    total = held = 0.0
    for grams, official in _parts_of(question.content):
        total += len(grams)
        if any(other in clause for other in official):
            held += len(grams)
        elif any(other in around for other in official):
            held += 0.5 * len(grams)
        else:
            held += sum(1.0 if gram in clause else 0.5 * (gram in around) for gram in grams)
    return held / total if total else 0.0


@lru_cache(_CACHED)
def _parts_of(content: tuple[str, ...]) -> tuple[tuple[list[str], tuple[str, ...]], ...]:
    """The bigrams of each word (of one character: the word) and the official words for it."""
    return tuple(([gram[1:] for gram in bigrams(word)] or [word], official_words(word)) for word in content)

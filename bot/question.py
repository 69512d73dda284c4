"""A question made ready: cleaned, simplified, its numbers in digits; and what it says about itself."""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import cast

from bot.lexicon import Want, lexicon, places
from bot.period import periods_in, without_periods
from ingest.numerals import arabic, whole_number
from ingest.terms import normalise, words

_INVISIBLE = re.compile(
    "[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ue000-\uf8ff\ud800-\udfff\U000e0000-\U000e0fff\U000f0000-\U0010ffff]"
)
# 「2000公里」 is no year.
_YEAR = re.compile(
    r"(?<![\d.])((?:19|20)\d{2})(?![\d.%]|公里|千米|亿|万|元|人|名|吨|亩|斤|米|千瓦|兆瓦|个|家|户|套|辆|台|座|条|项|所|平方|立方|头|只|支|多)"
)
_NUMBER = re.compile(r"(?<![\da-z.])\d+(?:\.\d+)?%?")
_QUOTED = re.compile(r"[“「『\"]([^“”「」『』\"]{2,20})[”」』\"]")
_CHAPTER = re.compile(r"第([0-9〇零一二三四五六七八九十百]+)章")
_SECTION = re.compile(r"第([0-9〇零一二三四五六七八九十百]+)节")
_BOX = re.compile(r"专栏第?([0-9〇零一二三四五六七八九十百]+)(?![0-9年])")
_PAGE = re.compile(r"第?([0-9〇零一二三四五六七八九十百]+)页")
# A chapter's number says where to look, not what about.
_POINTERS = re.compile(
    r"第[0-9〇零一二三四五六七八九十百]+[章节页]|专栏第?[0-9〇零一二三四五六七八九十百]+(?![0-9年])|[0-9]+页"
)


_CACHED = 512  # questions read: each is read several times on its way


@dataclass(frozen=True)
class Question:
    """What a question says on its face.

    Attributes:
        asked: as typed, invisible characters removed.
        text: simplified, narrow, lower case, quotation marks off, numerals in digits.
        spaced: the same with the spaces that were typed, which may set things apart.
        content: its informative words in order, without the words that only ask.
        kind: the kind its wording suggests (place, comparison, difference, list, yes_no, number, …).
        want: what figure it wants, if it wants one.
        years: the years it names.
        numbers: the figures it names, years left out.
        quoted: what it has between quotation marks, normalised.
        inside, outside: places of the province and elsewhere that it names.
        chapter, section, box, page: where in the plan it points.
    """

    asked: str
    text: str
    content: tuple[str, ...]
    kind: str
    want: Want | None = None
    asks_figure: bool = False  # wants it outright (多少, 几, 多长), not only by a word like 面积
    years: tuple[str, ...] = ()
    periods: tuple[str, ...] = ()  # five-year periods it names: 十三五
    numbers: tuple[str, ...] = ()
    quoted: tuple[str, ...] = ()
    inside: tuple[str, ...] = ()
    outside: tuple[str, ...] = ()
    chapter: int | None = None
    section: int | None = None
    box: int | None = None
    page: int | None = None
    asks_place: bool = False  # asks where in the plan something stands
    asks_actual: bool = False  # asks what has come of it, which a plan cannot tell
    spaced: str = ""
    asks_detail: bool = False  # asks for what a plan leaves to others: telephone, deadline, form, price


def clean(asked: str) -> str:
    """The question without control, zero-width, direction and private-use characters, spaces trimmed."""
    text = unicodedata.normalize("NFC", _INVISIBLE.sub("", asked))
    return re.sub(r"[ \t\u3000]+", " ", text).strip()


@cache
def _simplifier() -> Callable[[str], str]:
    from opencc import OpenCC

    return cast(Callable[[str], str], OpenCC("t2s").convert)


def simplify(text: str, keep: frozenset[str] = frozenset()) -> str:
    """Traditional characters as simplified ones; those in `keep` stay (the 乾 of 乾安 is the plan's own)."""
    converted = _simplifier()(text)
    if len(converted) != len(text):
        return converted
    return "".join(old if old in keep else new for old, new in zip(text, converted, strict=True))


@lru_cache(_CACHED)
def read_question(asked: str, keep: frozenset[str] = frozenset()) -> Question:
    """Read a question on its own; follow-ups are resolved before (`bot.followup`).

    Args:
        asked: as typed.
        keep: characters of the plan, which are not taken for traditional forms.
    """
    cleaned = clean(asked)
    spaced = arabic(normalise(simplify(cleaned, keep)))
    text = re.sub(r"(?<![a-z0-9]) +| +(?![a-z0-9])", "", spaced)
    names = places()
    spelt = text
    for typed, meant in names.spelling.items():
        spelt = spelt.replace(typed, meant)
    kind = next((name for name, patterns in lexicon().kinds if any(p.search(text) for p in patterns)), "")
    want = next((want for want in lexicon().wants if any(cue in text for cue in want.cues)), None)
    years = tuple(dict.fromkeys(_YEAR.findall(text)))
    about = without_periods(lexicon().where.sub(" ", _POINTERS.sub(" ", text)))
    asking = [cue for cue in (want.cues if want else ()) if lexicon().asks.search(cue)]
    for cue in sorted(asking, key=len, reverse=True):
        about = about.replace(cue, " ")
    asks_place = bool(lexicon().where.search(text))
    content = content_words(_spaced(about))
    if asks_place:
        content = [word for word in content if word not in lexicon().where_plain] or content
    return Question(
        asked=cleaned,
        text=text,
        spaced=spaced,
        content=tuple(content),
        kind=kind,
        want=want,
        asks_figure=bool(lexicon().figure.search(text)),
        years=years,
        periods=periods_in(text),
        numbers=tuple(number for number in _NUMBER.findall(about) if number not in years),
        quoted=tuple(normalise(found) for found in _QUOTED.findall(simplify(cleaned, keep))),
        inside=places_in(spelt, names.inside),
        outside=places_in(spelt, names.outside),
        chapter=_ordinal(_CHAPTER, text),
        section=_ordinal(_SECTION, text),
        box=_ordinal(_BOX, text),
        page=_ordinal(_PAGE, text),
        asks_place=asks_place,
        asks_actual=any(pattern.search(text) for pattern in lexicon().actual) and "目标" not in text,
        asks_detail=any(pattern.search(text) for pattern in lexicon().detail),
    )


@cache
def _names() -> re.Pattern[str]:
    known = (
        *places().inside,
        *places().outside,
        *(word for word in lexicon().asking if len(word) > 1),
    )
    names = "|".join(map(re.escape, sorted(known, key=len, reverse=True)))
    return re.compile(rf"(?:{names})(?:市(?=[有的要里在都呢]|$))?")


def _spaced(text: str) -> str:
    """`text` with spaces around places and asking words, which the segmenter joins with neighbours."""
    return _names().sub(lambda match: f" {match.group()} ", text)


def places_in(text: str, names: tuple[str, ...]) -> tuple[str, ...]:
    """The places that a text names, longest first where one name is part of another (长白山 is not 白山)."""
    found = set()
    for name in _longest_first(names):
        if name in text:
            found.add(name)
            text = text.replace(name, " ")
    return tuple(name for name in names if name in found)


@cache
def _longest_first(names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted(names, key=len, reverse=True))


def content_words(text: str) -> list[str]:
    """The words of a normalised text that say what it is about."""
    return [word for word in words(text) if is_content(word)]


def is_content(word: str) -> bool:
    """Whether a word says what a text is about: it does not only ask, and is no year."""
    return word not in lexicon().asking and not _YEAR.fullmatch(word.removesuffix("年"))


def cut(text: str) -> list[str]:
    """All words of a normalised text in order, places and asking words apart from their neighbours."""
    return words(_spaced(text))


def _ordinal(pattern: re.Pattern[str], text: str) -> int | None:
    match = pattern.search(text)
    if match is None:
        return None
    digits = match.group(1)
    try:
        return whole_number(digits)
    except ValueError:
        return None

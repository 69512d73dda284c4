"""Texts made comparable: a fact is held by an answer however it is spaced, marked or its numbers written."""

import re
from functools import lru_cache

from ingest.numerals import arabic
from ingest.terms import normalise

MARK = re.compile(r"\[(\d{1,3})\]")
_MARKDOWN = re.compile(r"[*`#>]+|<br ?/?>|(?<!\w)_+|_+(?!\w)|^\s*[-+•]\s+(?=\S)", re.M)
_SPACE = re.compile(r"[^\S\n]+")
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_WIDE_POINT = re.compile(r"(?<=\d)．(?=\d)")
_CELLS = re.compile(r"\s*\|[\s|:-]*")


@lru_cache(maxsize=20_000)
def comparable(text: str) -> tuple[str, str]:
    """`text` in the two forms in which facts are looked up.

    Citation marks, Markdown, quotation marks and the spaces between Chinese characters go, full-width
    becomes half-width, capitals small; table cells stay apart. The second form has percentages, years and
    quantities written in Chinese numerals as digits as well.
    """
    text = _WIDE_POINT.sub(".", text)
    plain = normalise(_MARKDOWN.sub("", _CELLS.sub("\n", MARK.sub("", text))))
    plain = _SPACE.sub(_keep_between_words, _THOUSANDS.sub("", plain)).strip()
    return plain, arabic(plain)


def holds(text: str, alternatives: tuple[str, ...] | list[str]) -> bool:
    """Whether `text` holds one of `alternatives`, as whole numbers and whole Latin words.

    「45.8%」 does not hold 「8%」, nor 「1100万」 「100万」.
    """
    return any(position(text, alternative) >= 0 for alternative in alternatives)


def position(text: str, wanted: str) -> int:
    """Where the comparable form of `text` holds `wanted`; -1 if it does not."""
    for inside, form in zip(comparable(text), comparable(wanted), strict=True):
        match = _whole(form).search(inside)
        if match:
            return match.start()
    return -1


@lru_cache(maxsize=20_000)
def _whole(form: str) -> re.Pattern[str]:
    # A line break in the answer may stand where the plan's line runs on, and the other way round.
    before = r"(?<![0-9])(?<![0-9]\.)" if form[:1].isdigit() else r"(?<![a-z])" if _latin(form[:1]) else ""
    after = r"(?![0-9])(?!\.[0-9])" if form[-1:].isdigit() else r"(?![a-z])" if _latin(form[-1:]) else ""
    return re.compile(before + re.escape(form) + after)


def _latin(char: str) -> bool:
    return char.isascii() and char.isalpha()


def _keep_between_words(match: re.Match[str]) -> str:
    text = match.string
    before, after = text[match.start() - 1 : match.start()], text[match.end() : match.end() + 1]
    word = before.isascii() and before.isalnum() and after.isascii() and after.isalnum()
    return " " if word else ""

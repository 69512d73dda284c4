"""Places in words: 「第五章第二节 · 专栏16 · 第38页」, and back."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from ingest.numerals import chinese_numeral, chinese_value

_PATTERNS = {
    "chapter": re.compile(r"^第([一二三四五六七八九十百零]+)章"),
    "section": re.compile(r"^第[^章]+章第([一二三四五六七八九十百零]+)节"),
    "box": re.compile(r"专栏(\d+)"),
    "term": re.compile(r"名词解释(\d+)"),
}
_PAGES = re.compile(r"第(\d+)(?:—(\d+))?页$")


class Where(NamedTuple):
    """A place as numbers; `section` 0 is a chapter's introduction."""

    chapter: int | None
    section: int | None
    box: int | None
    term: int | None
    pages: tuple[int, ...]


def place_of_words(place: str) -> Where:
    """The numbers in a place as `place_in_words` says it.

    Raises:
        ValueError: it is none.
    """
    found: dict[str, int | None] = {}
    for name, pattern in _PATTERNS.items():
        match = pattern.search(place)
        found[name] = _number(match[1]) if match else None
    if re.match(r"^第[^章]+章引言", place):
        found["section"] = 0
    pages = _PAGES.search(place)
    if pages is None:
        raise ValueError(f"not a place: {place!r}")
    first = int(pages[1])
    return Where(**found, pages=tuple(range(first, int(pages[2] or first) + 1)))


def _number(digits: str) -> int:
    return int(digits) if digits.isascii() else int(chinese_value(digits))


def pages_in_words(pages: Sequence[int]) -> str:
    """「第38页」, or 「第38—39页」 for what runs over a page."""
    return f"第{pages[0]}页" if len(pages) == 1 else f"第{pages[0]}—{pages[-1]}页"


def place_in_words(
    kind: str,
    pages: Sequence[int],
    *,
    chapter: int | None = None,
    section: int | None = None,
    box: int | None = None,
    term: int | None = None,
    indicator: int | None = None,
) -> str:
    """Say where a passage stands, as an official would quote it."""
    parts: list[str] = []
    if chapter is not None:
        where = f"第{chinese_numeral(chapter)}章"
        if section is not None:
            where += f"第{chinese_numeral(section)}节" if section else "引言"
        parts.append(where)
    if box is not None:
        parts.append(f"专栏{box}")
    if indicator is not None:
        parts.append(f"主要指标{indicator}")
    if term is not None:
        parts.append(f"名词解释{term}")
    if not parts:
        parts.append({"preamble": "前言", "postscript": "后记"}.get(kind, "全文"))
    return " · ".join([*parts, pages_in_words(pages)])

"""Places in words: 「第五章第二节 · 专栏16 · 第38页」."""

from collections.abc import Sequence

from ingest.numerals import chinese_numeral


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

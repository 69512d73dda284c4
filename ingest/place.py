"""Places in words: 「第五章第二节 · 专栏16 · 第38页」, and Chinese numerals for them."""

from collections.abc import Sequence

_DIGITS = "零一二三四五六七八九"


def chinese_numeral(value: int) -> str:
    """The Chinese numeral of 1 to 199: 16 is 十六, 102 is 一百零二."""
    hundreds, rest = divmod(value, 100)
    tens, ones = divmod(rest, 10)
    text = f"{_DIGITS[hundreds]}百" if hundreds else ""
    if tens:
        text += "十" if tens == 1 and not hundreds else f"{_DIGITS[tens]}十"
    elif hundreds and ones:
        text += "零"
    return text + (_DIGITS[ones] if ones else "")


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

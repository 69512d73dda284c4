"""The period a plan is for, as its title says it, and other periods that a question may name."""

import re

_SHORT = re.compile(r"十[一二三四五六七八九]五")
_YEARS = re.compile(r"(20\d{2})年?[—-](20\d{2})年?")
_ORDINAL = re.compile(r"第(十[一二三四五六七八九])个五年")


def last_year(title: str) -> str:
    """The last year of the period in a plan's title: 2025 of 「（2021—2025年）」; "" if it names none."""
    found = _YEARS.search(title)
    return found[2] if found else ""


def short_name(title: str) -> str:
    """The short name of the five-year period in a plan's title: 十四五 of 「第十四个五年」; "" if none."""
    found = _ORDINAL.search(title)
    return f"{found[1]}五" if found else ""


def periods_in(text: str) -> tuple[str, ...]:
    """The five-year periods that a text names by their short names, in order."""
    return tuple(dict.fromkeys(_SHORT.findall(text)))


def without_periods(text: str) -> str:
    """A text with the names of five-year periods taken out."""
    return _SHORT.sub(" ", text)

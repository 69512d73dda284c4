"""The period a plan is for, as its title says it, and other periods that a question may name."""

import re

from ingest.library.title import last_year, short_name

_SHORT = re.compile(r"十[一二三四五六七八九]五")


def periods_in(text: str) -> tuple[str, ...]:
    """The five-year periods that a text names by their short names, in order."""
    return tuple(dict.fromkeys(_SHORT.findall(text)))


def without_periods(text: str) -> str:
    """A text with the names of five-year periods taken out."""
    return _SHORT.sub(" ", text)


__all__ = ["last_year", "periods_in", "short_name", "without_periods"]

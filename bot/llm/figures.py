"""Figures in a text: each number with its unit, its qualifiers, what the verb says of it, and its year."""

import re
from dataclasses import dataclass
from functools import cache

from bot.llm.rules import rules
from ingest.numerals import arabic
from ingest.terms import normalise

_SPACE = re.compile(r"(?<![a-z0-9])\s+|\s+(?![a-z0-9])")
_GROUPED = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_NUMBER = re.compile(r"\d+(?:\.\d+)?(?:[-—~～至]\d+(?:\.\d+)?)?")
_YEAR = re.compile(r"(?<!\d)((?:19|20)\d{2})(?=年|[-—~～至到](?:19|20)\d{2}年)")
_COMPARED = re.compile(r"(?:比|较|与|同|相对于)(?:19|20)\d{2}年")  # the year something is measured against
_NAME = re.compile(r"[a-z0-9+&/.\-]*[a-z][a-z0-9+&/.\-]*")
_PLACE = re.compile(r"第\d+[篇章节条页]|专栏第?\d+")
_BREAK = re.compile(r"[，；。：、！？\n]")
_HAN = re.compile(r"[\u3400-\u9fff]")


@dataclass(frozen=True)
class Figure:
    """A number as a text gives it.

    Attributes:
        value: its digits, a range as printed.
        unit: the unit after it, or the character after it where that is no known unit.
        before, after: qualifiers on either side (不低于…, …以上).
        verb: "level", "up", "down" or "": what the verb before it says.
        year: the last year named before it, a year of comparison left out; "" for none.
        start: where it stands in the prepared text.
    """

    value: str
    unit: str
    before: str
    after: str
    verb: str
    year: str
    start: int

    @property
    def end(self) -> int:
        """Where it ends, unit and qualifier included."""
        return self.start + len(self.value + self.unit + self.after)

    @property
    def said(self) -> tuple[str, str, str, str]:
        """What must be the same where the figure is repeated."""
        return (self.before, self.value, self.unit, self.after)


def prepared(text: str) -> str:
    """The form in which texts are compared: normalised, numerals as digits, no spaces in Chinese."""
    return arabic(_GROUPED.sub("", _SPACE.sub("", normalise(text))))


def names_in(text: str) -> list[str]:
    """Latin names and codes of a prepared text: g302, 5g, micro."""
    return [found.strip("-./") for found in _NAME.findall(text) if found.strip("-./")]


def years_in(text: str) -> list[tuple[str, int]]:
    """The years of a prepared text with their places, those of comparison left out."""
    compared = [(found.start(), found.end()) for found in _COMPARED.finditer(text)]
    return [
        (found.group(1), found.start())
        for found in _YEAR.finditer(text)
        if not any(start <= found.start() < end for start, end in compared)
    ]


def figures_in(text: str) -> list[Figure]:
    """The figures of a prepared text in order; years, places and the digits of names are none."""
    masked = _YEAR.sub(_blank, text)
    masked = _PLACE.sub(_blank, masked)
    masked = _NAME.sub(_blank, masked)
    years = years_in(text)
    found = []
    for match in _NUMBER.finditer(masked):
        start, end = match.span()
        unit = _unit_at(text, end)
        after = next(
            (word for word in rules()["figures"]["after"] if text.startswith(word, end + len(unit))), ""
        )
        before = next((word for word in rules()["figures"]["before"] if text.endswith(word, 0, start)), "")
        piece = _BREAK.split(text[:start])[-1]
        year = next((name for name, at in reversed(years) if at < start), "")
        found.append(Figure(match.group(), unit, before, after, _verb(piece), year, start))
    return found


def _blank(found: re.Match[str]) -> str:
    return "\x00" * len(found.group())


def _unit_at(text: str, end: int) -> str:
    for unit in _units():
        if text.startswith(unit, end):
            return unit
    following = text[end : end + 1]
    return following if _HAN.match(following) else ""


@cache
def _units() -> tuple[str, ...]:
    return tuple(sorted(rules()["figures"]["units"], key=len, reverse=True))


def _verb(piece: str) -> str:
    """The last verb before a figure in its piece of text, by what it says."""
    best, kind = -1, ""
    for name in ("level", "up", "down"):
        for word in rules()["figures"][name]:
            at = piece.rfind(word)
            # 「提高到」 is a level although 「提高」 stands in it.
            if at > best or (at == best and at >= 0 and name == "level"):
                best, kind = at, name
    return kind

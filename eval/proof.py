"""Proof of quotations: each must stand at its span of the plan's text and in the shipped source itself.

The mends of the source's characters are written here a second time, apart from `ingest`, so that a rule
lost there (a dropped decimal point, say) is seen here.
"""

import re
from functools import cached_property

from bot.answer import Citation
from ingest.plan import Plan

PAGE_MARK = re.compile(r"^\s*—[０-９0-9]+—\s*$")
_KEPT_WIDE = "，：；！？（）"
_LOOK_ALIKES = {"Ш": "Ⅲ", "○": "〇", "\ue011": ""}


class Proof:
    """Checks quotations against a plan and the source it was read from."""

    def __init__(self, plan: Plan, raw: str) -> None:
        self.plan = plan
        self._raw = raw

    def quotation_holds(self, citation: Citation) -> bool:
        """Whether a quotation is its span of the plan's text and stands in the mended source."""
        quote = _squeezed(citation.quote)
        return (
            bool(quote)
            and quote == _squeezed(self.plan.text[citation.start : citation.end])
            and quote in self.source
        )

    def pages_hold(self, citation: Citation) -> bool:
        """Whether the pages that the citation names are those on which its quotation is printed."""
        printed = self.plan.pages(citation.start, citation.end)
        return set(printed) <= set(citation.pages) and len(citation.pages) <= len(printed) + 1

    @cached_property
    def source(self) -> str:
        """The source as printed, without page marks and white space, its characters mended."""
        return mended_source(self._raw)


def mended_source(raw: str) -> str:
    """The source's characters without page marks and white space: narrow, decimal points in their place."""
    lines = [line for line in raw.replace("\r\n", "\n").split("\n") if not PAGE_MARK.match(line)]
    text = "".join(_narrow(char) for char in _squeezed("".join(lines)))
    text = re.sub("(?<=\\d)\ue010(?=\\d-[\u4e00-\u9fff])", ",", text)
    # What is left marks decimals, and in the glossary the stop after an entry's number.
    return text.replace("\ue010", ".")


def _narrow(char: str) -> str:
    if char in _LOOK_ALIKES:
        return _LOOK_ALIKES[char]
    return chr(ord(char) - 0xFEE0) if "！" <= char <= "～" and char not in _KEPT_WIDE else char


def _squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)

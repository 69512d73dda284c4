"""The year by which something is to be reached, where a piece of a sentence is quoted without it.

「到2035年，…；碳排放达峰后稳中有降；…」: a later clause is of the year at the sentence's beginning, and a
paragraph that opens with a year is of that year to its end.
"""

import re

from bot.draft import Quote
from ingest.plan import Span
from ingest.sentences import sentence_spans

_OPENING = re.compile(r"(?:[到至])?\s*20\d{2}\s*年(?:底|末)?")
_YEAR = re.compile(r"20\d{2}\s*年")


def governing_year(quote: Quote) -> Quote | None:
    """The words with the year that governs a quotation, or None if it says one itself or none does."""
    node, base = quote.node, quote.node.metadata["start"]
    start, end = quote.span.start - base, quote.span.end - base
    if node.metadata["kind"] != "paragraph" or _YEAR.search(node.text[start:end]):
        return None
    for first, last in sentence_spans(node.text):
        if first < start < last:
            found = _OPENING.match(node.text, first)
            break
    else:
        found = None
    if found is None and not node.metadata.get("lead"):
        found = _OPENING.match(node.text)
    if found is None or found.end() > start:
        return None
    return Quote(node, Span(base + found.start(), base + found.end()))

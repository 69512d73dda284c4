"""Lexical terms: how a text is cut for BM25, the same for passages and for questions.

Words (rjieba) and character bigrams side by side: the words carry meaning, the bigrams find what the
segmenter cuts differently in question and passage. Numbers stay whole (45.8%, G302, 1+N+X), because half
a number is another number.
"""

import re
from functools import lru_cache

from ingest.characters import narrow

RUN = re.compile(r"[a-z0-9]+(?:[.+&/-][a-z0-9]+)*%?|[\u3400-\u9fff]+")
_QUOTES = re.compile(r"[“”‘’\"'《》「」『』]")
_CACHED = 4096  # normalised texts kept: a plan's passages are compared with every question
BIGRAM_MARK = "~"  # keeps a bigram apart from the word that is spelt the same


@lru_cache(_CACHED)
def normalise(text: str) -> str:
    """Narrow, lower-case and without quotation marks: the form in which texts are matched."""
    return _QUOTES.sub("", narrow(text)).lower()


def words(text: str) -> list[str]:
    """The words and numbers of `text` in order, punctuation left out."""
    import rjieba  # 60 ms to import with its dictionary: only when a text is first cut

    found: list[str] = []
    for run in RUN.findall(normalise(text)):
        found += rjieba.cut(run) if run[0] > "\u3400" else [run]
    return found


def bigrams(text: str) -> list[str]:
    """The marked character bigrams of the Chinese runs of `text`."""
    return [
        BIGRAM_MARK + run[i : i + 2]
        for run in RUN.findall(normalise(text))
        if run[0] > "\u3400"
        for i in range(len(run) - 1)
    ]


def lexical_terms(text: str) -> list[str]:
    """Words, then bigrams: what BM25 indexes and what it is asked with."""
    return words(text) + bigrams(text)

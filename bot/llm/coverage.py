"""How much of a sentence its passages hold: the share of its words, weighed by idf."""

import re
from collections.abc import Sequence
from functools import cache

from bot.expand import official_words
from bot.lexicon import lexicon
from bot.llm.rules import rules
from bot.llm.source import Source
from ingest.lexical import LexicalIndex
from ingest.terms import bigrams, words

_CLAUSE = re.compile(r"[^，；：。！？]+")


class Coverage:
    """Compares sentences with passages; the idf of the index weighs the words."""

    def __init__(self, lexical: LexicalIndex) -> None:
        self._idf = lexical.idf
        self._unknown = lexical.unknown_idf

    def of_sentence(self, sentence: str, sources: Sequence[Source]) -> float:
        """The share of the sentence's words that the passages hold, 0 to 1; 1 for one without any."""
        return self._share(spoken_words(sentence), _held_text(sources))

    def of_weakest_clause(self, sentence: str, sources: Sequence[Source]) -> float:
        """The share of the clause that is held least, by the sentence that holds most of it.

        So a clause put together from words of several sentences is seen. One of a single word does not count.
        """
        texts = [f"{source.head}\n{text}" for source in sources for text in source.sentences]
        shares = [
            max(self._share(found, text) for text in texts)
            for clause in _CLAUSE.findall(sentence)
            if len(found := spoken_words(clause)) > 1
        ]
        return min(shares, default=1.0)

    def _share(self, found: Sequence[str], text: str) -> float:
        total = held = 0.0
        for word in dict.fromkeys(found):
            weight = self._idf.get(word, self._unknown)
            total += weight
            held += weight * _held(word, text)
        return held / total if total else 1.0


def spoken_words(prepared_text: str) -> list[str]:
    """The words of a sentence that say something about the plan's matter."""
    quiet = lexicon().asking | _reporting()
    return [word for word in words(prepared_text) if word not in quiet]


@cache
def _reporting() -> frozenset[str]:
    return frozenset(rules()["coverage"]["reporting"])


def _held_text(sources: Sequence[Source]) -> str:
    return "\n".join(f"{source.head}\n{source.text}" for source in sources)


def _held(word: str, text: str) -> float:
    if word in text:
        return 1.0
    share = rules()["coverage"]
    grams = bigrams(word)
    held = share["bigrams"] * sum(gram[1:] in text for gram in grams) / len(grams) if len(grams) > 1 else 0.0
    if any(official in text for official in official_words(word)):
        held = max(held, share["official"])
    return held

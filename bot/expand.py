"""Query expansion: everyday words add the official ones they mean, with less weight than what was typed."""

from dataclasses import dataclass
from functools import cache, lru_cache

from bot.lexicon import load_data
from bot.named import Names, longest_first
from bot.question import Question
from ingest.terms import bigrams, normalise, words

_CACHED = 8192  # texts whose official words are remembered


@dataclass(frozen=True)
class Thesaurus:
    """Typed words with their official ones, longest first, and the weight of an added word."""

    entries: Names[tuple[str, ...]]
    weight: float


@cache
def thesaurus() -> Thesaurus:
    """`thesaurus.toml`."""
    data = dict(load_data("thesaurus.toml"))
    weight = float(data.pop("weight"))
    merged: dict[str, list[str]] = {}
    for group in data.values():
        for typed, official in group.items():
            merged.setdefault(normalise(typed), []).extend(normalise(word) for word in official)
    entries = ((typed, tuple(dict.fromkeys(found))) for typed, found in merged.items())
    return Thesaurus(Names(longest_first(entries)), weight)


@lru_cache(_CACHED)
def official_words(text: str) -> tuple[str, ...]:
    """The official words for the everyday ones in a normalised text, those of longer words first."""
    found: list[str] = []
    covered = [False] * len(text)
    for typed, official in thesaurus().entries.standing(text):
        at = text.find(typed)
        if all(covered[at : at + len(typed)]):
            continue
        for i in range(at, at + len(typed)):
            covered[i] = True
        found += [word for word in official if word not in text]
    return tuple(dict.fromkeys(found))


def says(text: str, word: str) -> bool:
    """Whether a normalised text has a word, itself or an official one for it."""
    return word in text or any(official in text for official in official_words(word))


def query_terms(question: Question) -> tuple[list[str], list[float]]:
    """The lexical terms of a question and their weights.

    What was typed counts 1 (the words that only ask are left out); what the thesaurus adds counts less.
    """
    typed = list(question.content)
    runs = "".join(word if word in question.content else " " for word in words(question.text))
    typed += [gram for run in runs.split() for gram in bigrams(run)]
    typed += [gram for gram in bigrams(question.text) if gram not in typed and _informative(gram, question)]
    weights = {term: 1.0 for term in typed}
    for year in question.years:
        weights[year] = 0.5
    for word in official_words(question.text):
        for term in [*words(word), *bigrams(word)]:
            weights.setdefault(term, thesaurus().weight)
    return list(weights), list(weights.values())


def _informative(gram: str, question: Question) -> bool:
    # A bigram over a word boundary tells something only if one of its words does.
    return any(gram[1] in word or gram[2] in word for word in question.content)

"""Which sentences of a passage answer a question: units of text that may be quoted, and their scores."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from llama_index.core.base.embeddings.base import BaseEmbedding
from llama_index.core.schema import TextNode

from bot.expand import official_words
from bot.question import Question
from ingest.lexical import LexicalIndex
from ingest.plan import Span
from ingest.sentences import clause_spans, sentence_spans
from ingest.terms import bigrams, normalise

Near = Callable[[int, int], tuple[float, float]]

_LONG = 110  # characters above which a sentence is quoted by the clauses between its semicolons
_CACHED = 4096


@dataclass(frozen=True)
class Unit:
    """A sentence, or a clause of a long one, that may be quoted by itself; `span` is in the plan's text."""

    text: str
    span: Span
    score: float = 0.0


class SentenceScorer:
    """Scores the units of passages for a question, by words, by vectors and by the figure that is wanted.

    Args:
        lexical: whose idf weighs the words.
        embedding: compares question and unit.
        weights: `[sentence]` of `ranking.toml`.
    """

    def __init__(self, lexical: LexicalIndex, embedding: BaseEmbedding, weights: dict[str, float]) -> None:
        self._idf = lexical.idf
        self._unknown = lexical.unknown_idf
        self._embedding = embedding
        self._weights = weights
        self._vectors: dict[str, np.ndarray] = {}

    def score(self, question: Question, node: TextNode, near: Near) -> list[Unit]:
        """The passage's units in reading order with their scores (0 to about 2).

        Args:
            question: as understood.
            node: the passage.
            near: for the characters of the passage between two places, how near the question is to those
                written for the sentences that begin there: greatest cosine and greatest share of words.
        """
        units = units_of(node)
        if len(units) == 1:
            return [Unit(units[0].text, units[0].span, 1.0)]
        base = node.metadata["start"]
        signs = self.signs(question, node, units)
        scores = []
        for unit, here in zip(units, signs, strict=True):
            cosine, words = near(unit.span.start - base, unit.span.end - base)
            here |= {"asked": cosine, "asked_words": words}
            scores.append(sum(self._weights[name] * value for name, value in here.items()))
        return [Unit(unit.text, unit.span, score) for unit, score in zip(units, scores, strict=True)]

    def signs(self, question: Question, node: TextNode, units: Sequence[Unit]) -> list[dict[str, float]]:
        """What each unit has in common with the question, by the names of the weights."""
        query = np.array(self._embedding.get_query_embedding(question.text))
        self._embed([unit.text for unit in units])
        lead = normalise(str(node.metadata.get("lead") or ""))
        return [self._signs(question, unit.text, lead, query) for unit in units]

    def _signs(self, question: Question, text: str, lead: str, query: np.ndarray) -> dict[str, float]:
        plain = normalise(text)
        signs = {
            "coverage": self._coverage(question, plain, lead),
            "dense": float(query @ self._vectors[text]),
        }
        wanted = question.want.units if question.want else ()
        if wanted:
            has_unit = any(re.search(rf"\d{re.escape(unit)}", plain) for unit in wanted)
        else:
            has_unit = bool(question.want) and bool(re.search(r"\d", plain))
        return signs | {
            "unit": float(has_unit),
            "year": float(any(year in plain for year in question.years)),
            "number": float(any(number in plain for number in question.numbers)),
        }

    def _coverage(self, question: Question, text: str, lead: str) -> float:
        """The share by idf of the question's words in `text`; what the lead holds counts half."""
        total = held = 0.0
        for word in dict.fromkeys(question.content):
            weight = self._idf.get(word, self._unknown)
            total += weight
            if word in text:
                held += weight
                continue
            grams = bigrams(word)
            share = 0.5 * sum(gram[1:] in text for gram in grams) / len(grams) if len(grams) > 1 else 0.0
            if any(official in text for official in official_words(word)):
                share = max(share, 0.7)
            if word in lead:
                share = max(share, 0.5)
            held += weight * share
        return held / total if total else 0.0

    def _embed(self, texts: Sequence[str]) -> None:
        new = [text for text in texts if text not in self._vectors]
        if new:
            vectors = self._embedding.get_text_embedding_batch(new)
            self._vectors |= {text: np.array(vector) for text, vector in zip(new, vectors, strict=True)}


@lru_cache(_CACHED)
def _unit_bounds(text: str) -> tuple[tuple[int, int], ...]:
    bounds: list[tuple[int, int]] = []
    for start, end in sentence_spans(text):
        if end - start > _LONG and "；" in text[start:end]:
            bounds += [(start + a, start + b) for a, b in clause_spans(text[start:end])]
        else:
            bounds.append((start, end))
    return tuple(bounds)


def units_of(node: TextNode) -> list[Unit]:
    """A passage's sentences in reading order, long ones by clauses; leads stay with what follows."""
    base = node.metadata["start"]
    merged: list[tuple[int, int]] = []
    for start, end in _unit_bounds(node.text):
        # A lead (「提高粮食生产能力。」) says nothing by itself: it is quoted with its first sentence.
        if merged and _is_head(node, *merged[-1]):
            merged[-1] = (merged[-1][0], end)
        else:
            merged.append((start, end))
    if node.metadata["kind"] == "term" and merged:  # the entry's number is no part of what it says
        number = re.match(r"\d+\. ", node.text)
        merged[0] = (number.end() if number else 0, merged[0][1])
    return [Unit(node.text[a:b], Span(base + a, base + b)) for a, b in merged]


def _is_head(node: TextNode, start: int, end: int) -> bool:
    text = node.text[start:end].rstrip("。")
    if node.metadata["kind"] == "term":
        return start == 0 and bool(re.fullmatch(r"\d+\.?", text))
    return start == 0 and text.removeprefix("———") == node.metadata.get("lead")


def has_figure(text: str, units: Sequence[str]) -> bool:
    """Whether a normalised text has a figure in one of `units`; with no units, any figure but a year."""
    if units:
        bare = "人" in units and re.search(r"\d(?:多|余)?万(?=[，。；、的以]|$)", text)  # 「人口超1000万」
        return bool(bare) or any(
            re.search(rf"\d(?:多|余|万|亿|千|百)*{re.escape(unit)}", text) for unit in units
        )
    return bool(re.search(r"\d", re.sub(r"(?:19|20)\d{2}年?", "", text)))


def join_spans(units: Sequence[Unit]) -> list[Span]:
    """The spans of units in reading order, neighbours made one."""
    spans: list[Span] = []
    for unit in sorted(units, key=lambda unit: unit.span.start):
        if spans and unit.span.start <= spans[-1].end:
            spans[-1] = Span(spans[-1].start, unit.span.end)
        else:
            spans.append(unit.span)
    return spans

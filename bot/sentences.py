"""The sentences of passages: units of text that may be quoted, and what they hold."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from llama_index.core.schema import TextNode

from ingest.plan import Span
from ingest.sentences import clause_spans, sentence_spans

_LONG = 110  # characters above which a sentence is quoted by the clauses between its semicolons
_CACHED = 4096
_BARE = re.compile(r"\d(?:多|余)?万(?=[，。；、的以]|$)")  # 「人口超1000万」


@dataclass(frozen=True)
class Unit:
    """A sentence, or a clause of a long one, that may be quoted by itself; `span` is in the plan's text."""

    text: str
    span: Span
    score: float = 0.0


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
        bare = "人" in units and _BARE.search(text)
        return bool(bare or _figure_in(tuple(units)).search(text))
    return bool(re.search(r"\d", re.sub(r"(?:19|20)\d{2}年?", "", text)))


@lru_cache(_CACHED)
def _figure_in(units: tuple[str, ...]) -> re.Pattern[str]:
    """A figure in one of some units."""
    return re.compile(rf"\d(?:多|余|万|亿|千|百)*(?:{'|'.join(map(re.escape, units))})")


def join_spans(units: Sequence[Unit]) -> list[Span]:
    """The spans of units in reading order, neighbours made one."""
    spans: list[Span] = []
    for unit in sorted(units, key=lambda unit: unit.span.start):
        if spans and unit.span.start <= spans[-1].end:
            spans[-1] = Span(spans[-1].start, unit.span.end)
        else:
            spans.append(unit.span)
    return spans

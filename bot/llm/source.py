"""A passage made ready to be compared with what a model says of it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from llama_index.core.schema import TextNode

from bot.llm.figures import Figure, figures_in, prepared, years_in
from bot.llm.rules import rules
from ingest.sentences import sentence_spans
from ingest.terms import bigrams

_PIECE = re.compile(r"[^，；。：、！？\n]+")
_DIGITS = re.compile(r"\d+(?:\.\d+)?")


@dataclass(frozen=True)
class Piece:
    """Text between two stops, with the bigrams by which it is compared and the year it stands under."""

    text: str
    start: int
    end: int
    grams: frozenset[str]
    year: str


@dataclass(frozen=True)
class Source:
    """One passage: `text` is its print prepared, `head` the titles and names over it."""

    node: TextNode
    text: str
    head: str

    @classmethod
    def of(cls, node: TextNode) -> "Source":
        """The source of a passage."""
        over = [str(node.metadata.get(key) or "") for key in ("title", "lead", "place")]
        return cls(node, prepared(node.text), prepared("；".join(over)))

    @cached_property
    def figures(self) -> list[Figure]:
        """Its figures."""
        return figures_in(self.text)

    @cached_property
    def sentences(self) -> list[str]:
        """Its sentences."""
        return [self.text[start:end] for start, end in sentence_spans(self.text)] or [self.text]

    @cached_property
    def grams(self) -> frozenset[str]:
        """All bigrams of its text and of the titles over it."""
        return grams_of(self.text) | grams_of(self.head)

    @cached_property
    def pieces(self) -> tuple[Piece, ...]:
        """Its pieces in order."""
        return pieces_of(self.text)

    @cached_property
    def windows(self) -> list[tuple[Piece, ...]]:
        """Each piece with those before it that may belong to it, the piece itself first."""
        return [_window(self.pieces, i) for i in range(len(self.pieces))]

    def window_at(self, position: int) -> tuple[Piece, ...]:
        """The window of the piece at a position of the text."""
        return window_of(self.pieces, position)


def window_of(pieces: Sequence[Piece], position: int) -> tuple[Piece, ...]:
    """The piece at a position of a text, with those before it that may belong to it."""
    at = next((i for i, piece in enumerate(pieces) if piece.start <= position < piece.end), 0)
    return _window(pieces, at)


def _window(pieces: Sequence[Piece], at: int) -> tuple[Piece, ...]:
    width = len(rules()["binding"]["window"])
    return tuple(pieces[max(0, at - width + 1) : at + 1][::-1])


def pieces_of(text: str) -> tuple[Piece, ...]:
    """The pieces of a prepared text between its stops."""
    years = years_in(text)
    found = []
    for match in _PIECE.finditer(text):
        year = next((name for name, at in reversed(years) if at < match.end()), "")
        found.append(Piece(match.group(), match.start(), match.end(), grams_of(match.group()), year))
    return tuple(found)


def grams_of(text: str) -> frozenset[str]:
    """The bigrams of a text that tell what it is about: no figures with units, none of the loose words."""
    bare = text
    for figure in reversed(figures_in(text)):
        bare = f"{bare[: figure.start]} {bare[figure.end :]}"
    bare = _DIGITS.sub(" ", bare)
    for word in rules()["binding"]["loose"]:
        bare = bare.replace(word, " ")
    return frozenset(bigrams(bare))


def affinity(grams: frozenset[str], window: Sequence[Piece], head: str = "") -> float:
    """How much of `grams` stands in a window, 0 to 1: fully in the piece itself, for less in those before."""
    if not grams:
        return 1.0
    weights = rules()["binding"]["window"]
    total = 0.0
    for gram in grams:
        held = [weight for weight, piece in zip(weights, window, strict=False) if gram in piece.grams]
        total += max(held, default=weights[-1] if head and gram[1:] in head else 0.0)
    return total / len(grams)

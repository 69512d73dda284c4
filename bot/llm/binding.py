"""Whether years, figures and opposites stand in a sentence over what they stand over in its passages.

A figure that occurs in a passage may still be the figure of something else. So the words around it in the
sentence are compared with the words around it in the passage, and with those around its rivals there.
"""

import functools
import re
from collections.abc import Sequence
from functools import cache

from bot.lexicon import load_data, places
from bot.llm.figures import Figure, figures_in
from bot.llm.rules import rules
from bot.llm.source import Piece, Source, affinity, grams_of, pieces_of, window_of
from ingest.terms import normalise

_TOGETHER = "分别"
_CLAUSE_STOPS = re.compile(r"[，；。：！？\n]")
Side = tuple[str, ...]  # words that say the same


def years_differ(said: str, sources: Sequence[Source], whole: str) -> bool:
    """Whether a year is not in the passages, or stands there over something else."""
    if any(year not in whole for year in re.findall(r"(?<!\d)(?:19|20)\d{2}(?=年)", said)):
        return True
    for piece in _joined(said):
        if not piece.year:
            continue
        fits = [
            (window[0].year, affinity(piece.grams, window, source.head))
            for source in sources
            for window in source.windows
        ]
        here = [fit for year, fit in fits if year == piece.year]
        other = [fit for year, fit in fits if year not in ("", piece.year)]
        if here and other and max(other) > max(here) + rules()["binding"]["margin"]:
            return True
    return False


def figures_differ(said: str, sources: Sequence[Source]) -> bool:
    """Whether a figure of a sentence is not in the passages, or is there the figure of something else."""
    figures = figures_in(said)
    if not figures:
        return False
    joined = _joined(said)
    for figure in figures:
        piece = next(piece for piece in joined if piece.start <= figure.start < piece.end)
        if not any(_bears(source, figure, piece, said) for source in sources):
            return True
    return False


def _bears(source: Source, figure: Figure, piece: Piece, said: str) -> bool:
    """Whether a passage gives a figure for what the sentence gives it for."""
    same = [other for other in source.figures if _same(figure, other)]
    if not same:
        return False
    literal = _sentence_piece(said, figure.start)
    if _TOGETHER in literal or any(_TOGETHER in _sentence_piece(source.text, other.start) for other in same):
        return literal in source.text  # which of several figures belongs to what only the order tells
    crowded = [other for other in same if _has_neighbour(source, other)]
    if crowded and len(crowded) == len(same):
        return any(_surroundings(said, figure) == _surroundings(source.text, other) for other in crowded)
    around = frozenset().union(*(part.grams for part in window_of(pieces_of(said), figure.start)))
    # By its own words, and by those before it as well: 总投资 stands over many a figure.
    return all(_fits(source, figure, same, grams) for grams in (piece.grams, around | piece.grams))


def _fits(source: Source, figure: Figure, same: Sequence[Figure], grams: frozenset[str]) -> bool:
    """Whether no other figure of a passage fits the words around a sentence's figure better."""
    limits = rules()["binding"]
    known = grams & source.grams  # words of its own are the coverage's matter
    fit = max(affinity(known, source.window_at(other.start), source.head) for other in same)
    rivals = [
        affinity(known, source.window_at(other.start), source.head)
        for other in source.figures
        if other.value != figure.value
    ]
    return fit >= limits["fit"] and max(rivals, default=0.0) <= fit + limits["margin"]


def _has_neighbour(source: Source, figure: Figure) -> bool:
    """Whether the piece with a figure has another one: its words do not tell them apart."""
    piece = source.window_at(figure.start)[0]
    return any(
        piece.start <= other.start < piece.end and (other.value, other.unit) != (figure.value, figure.unit)
        for other in source.figures
    )


def _surroundings(text: str, figure: Figure) -> str:
    """A figure with the few characters on either side of it."""
    before, after = rules()["binding"]["around"]
    return text[max(0, figure.start - before) : figure.end + after]


def _same(said: Figure, printed: Figure) -> bool:
    if said.said != printed.said:
        return False
    if said.verb and printed.verb and said.verb != printed.verb:
        return False
    return not (said.year and printed.year and said.year != printed.year)


def _sentence_piece(text: str, position: int) -> str:
    """The text between commas around a position."""
    start = max(text.rfind(stop, 0, position) for stop in "，；。：！？\n") + 1
    ends = [at for stop in "，；。：！？\n" if (at := text.find(stop, position)) >= 0]
    return text[start : min(ends, default=len(text))]


def _joined(said: str) -> list[Piece]:
    """The pieces of a sentence; one that has no words to tell it by has those of the piece before."""
    found: list[Piece] = []
    for piece in pieces_of(said):
        grams = piece.grams
        if not grams and found:
            grams = found[-1].grams
        found.append(Piece(piece.text, piece.start, piece.end, grams, piece.year))
    return found


def contrasts_differ(said: str, sources: Sequence[Source]) -> bool:
    """Whether a word stands where the passages have its counterpart: 农村 for 城镇, 鼓励 for 遏制."""
    pieces = _joined(said)
    for sides, governs in _contrasts():
        for piece in pieces:
            if any(
                _swapped(piece, side, sides, governs, sources)
                for side in _sides_over(piece, said, sides, governs)
            ):
                return True
    return False


def _swapped(
    piece: Piece, side: int, sides: Sequence[Side], governs: bool, sources: Sequence[Source]
) -> bool:
    """Whether what is said under a side stands in the passages under another one of its group."""
    grams = piece.grams.difference(*(grams_of(word) for word in sides[side]))
    if not grams:
        return False
    own = other = 0.0
    for source in sources:
        for window in source.windows:
            over = _sides_over(window[0], source.text, sides, governs)
            fit = affinity(grams, window, source.head) if over else 0.0
            if side in over:
                own = max(own, fit)
            elif over:
                other = max(other, fit)
    limits = rules()["binding"]
    return other >= limits["fit"] and other > own + (limits["margin"] if own else 0.0)


def _sides_over(piece: Piece, text: str, sides: Sequence[Side], governs: bool) -> frozenset[int]:
    """The sides of a group that a piece names; where they govern what follows, those last named before it."""
    clauses = [piece.text]
    if governs:
        clauses = _CLAUSE_STOPS.split(text[: piece.end])[::-1]
    for clause in clauses:
        found = frozenset(i for i, side in enumerate(sides) if any(_names(word, clause) for word in side))
        if found:
            return found
    return frozenset()


def _names(word: str, clause: str) -> bool:
    """Whether a clause has a word otherwise than inside a longer name (白山 in 长白山)."""
    return word in clause and word in functools.reduce(
        lambda rest, name: rest.replace(name, "\n"), _longer_names(word), clause
    )


@cache
def _longer_names(word: str) -> tuple[str, ...]:
    known = (*places().inside, *places().outside)
    return tuple(name for name in known if word in name and name != word)


@cache
def _contrasts() -> tuple[tuple[tuple[Side, ...], bool], ...]:
    """Groups of words that must not change places, and whether a word of theirs governs what follows it."""
    verbs = [tuple(tuple(side.split()) for side in group) for group in rules()["polarity"]["contrasts"]]
    names = [tuple((normalise(word),) for word in group) for group in load_data("followup.toml")["contrasts"]]
    return (*((group, False) for group in verbs), *((group, True) for group in names))

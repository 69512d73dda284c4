"""Which verbatim text stands behind a sentence: what its citations quote, and what is shown in its stead."""

from collections.abc import Sequence

from bot.draft import Quote
from bot.llm.figures import figures_in, prepared
from bot.llm.source import Source, grams_of
from bot.sentences import Unit, join_spans, units_of

_ENOUGH = 0.02  # a further sentence is quoted if it adds more than this share
_STEAD = 0.25  # share of a sentence's bigrams that a verbatim one must have to stand in its stead


def quotes_behind(sentence: str, source: Source) -> list[Quote]:
    """The sentences of a passage that a checked sentence stands on: as few as hold what is held of it."""
    wanted = _marks(sentence)
    units = units_of(source.node)
    taken: list[Unit] = []
    held: set[str] = set()
    while True:
        best = max(units, key=lambda unit: len((_marks(unit.text) & wanted) - held), default=None)
        gain = len((_marks(best.text) & wanted) - held) if best else 0
        if best is None or (taken and gain <= _ENOUGH * len(wanted)) or (not taken and gain == 0):
            break
        taken.append(best)
        held |= _marks(best.text) & wanted
    return [Quote(source.node, span) for span in join_spans(taken or units[:1])]


def in_stead_of(sentence: str, sources: Sequence[Source]) -> Quote | None:
    """The verbatim sentence of the passages that a failed sentence meant; None where none is like it."""
    grams = grams_of(prepared(sentence))
    found: list[tuple[float, int, Quote]] = []
    for source in sources:
        for unit in units_of(source.node):
            share = len(grams & grams_of(prepared(unit.text))) / len(grams) if grams else 0.0
            found.append((share, -len(found), Quote(source.node, unit.span)))
    best = max(found, key=lambda entry: entry[:2], default=None)
    return best[2] if best and best[0] >= _STEAD else None


def _marks(text: str) -> set[str]:
    """What is compared: bigrams, and figures, which weigh as much as several of them."""
    said = prepared(text)
    figures = {f"{figure.value}{figure.unit}#{i}" for figure in figures_in(said) for i in range(8)}
    return set(grams_of(said)) | figures

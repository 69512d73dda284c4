"""Places: which citation stands at an acceptable place, and which passages a right answer rests on."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from llama_index.core.schema import TextNode

from bot.answer import Citation
from eval.records import KnownAnswer, Place
from eval.text import holds


@dataclass(frozen=True)
class Passage:
    """A passage of whatever system is evaluated: its text, its span in the plan's cleaned text, its place."""

    id: str
    text: str
    start: int
    end: int
    place: Place
    kind: str = "paragraph"

    @classmethod
    def of_node(cls, node: TextNode) -> "Passage":
        """A passage of the plan's index."""
        known = {key: node.metadata.get(key) for key in ("chapter", "section", "box", "term", "indicator")}
        pages = tuple(int(page) for page in str(node.metadata["pages"]).split(","))
        span = (int(node.metadata["start"]), int(node.metadata["end"]))
        return cls(node.node_id, node.text, *span, Place(**known, pages=pages), node.metadata["kind"])


def place_of(citation: Citation) -> Place:
    """Where a citation says it stands; the indicator is told by its passage."""
    indicator = None
    if citation.kind == "indicator":
        tail = citation.passage_id.rpartition(".")[2]
        indicator = int(tail) if tail.isdigit() else None
    return Place(
        citation.chapter, citation.section, citation.box, citation.term, indicator, tuple(citation.pages)
    )


_TABLE_HEAD = ".indicators"  # how the passage of the table's head is called


def is_at(found: Place, wanted: Place) -> bool:
    """Whether `found` is the acceptable place `wanted`.

    It is if chapter and section agree, and box, term and indicator where `wanted` names one; or, where
    `wanted` names neither term nor indicator, if they share a page of the same chapter and are in the same
    box or in none. A place with pages alone is outside the chapters: the preamble or the postscript.
    """
    if wanted.term is not None:
        return found.term == wanted.term
    if wanted.indicator is not None:
        return found.indicator == wanted.indicator
    if wanted.chapter is not None and _same_section(found, wanted):
        return wanted.box is None or found.box == wanted.box
    if wanted.chapter is None and wanted.box is not None:
        return found.box == wanted.box
    shared = set(found.pages) & set(wanted.pages)
    return bool(shared) and found.chapter == wanted.chapter and found.box == wanted.box and found.term is None


def stands_at(passage: Passage, wanted: Place) -> bool:
    """Whether a passage stands at exactly this place: as `is_at`, and in no box, and on the named pages."""
    if not is_at(passage.place, wanted):
        return False
    if wanted.box is None and passage.place.box is not None:
        return False
    if wanted.chapter is not None and not _same_section(passage.place, wanted):
        return False
    return not wanted.pages or bool(set(wanted.pages) & set(passage.place.pages))


def right_citation(citation: Citation, record: KnownAnswer) -> bool:
    """Whether a citation stands at one of the record's acceptable places.

    The head of the table of 主要指标 names the years of its rows: it is right where a row of its section is.
    """
    found = place_of(citation)
    if citation.passage_id.endswith(_TABLE_HEAD) and any(
        place.indicator is not None and _same_section(found, place) for place in record.places
    ):
        return True
    return any(is_at(found, place) for place in record.places)


def gold_passages(record: KnownAnswer, passages: Iterable[Passage]) -> list[Passage]:
    """The passages a right answer can rest on.

    At each acceptable place those passages that hold the most facts, then those that hold the most of the
    rest, until every fact that the place holds is covered. A year that stands everywhere thus makes no
    passage relevant. Where no place holds a fact, all passages of the places are.
    """
    candidates = list(passages)
    at = [
        [passage for passage in candidates if is_at(passage.place, place) and _on_pages(passage, place)]
        for place in record.places
    ]
    gold = {passage.id: passage for here in at for passage in _cover(record.facts, here)}
    return list(gold.values()) or list({passage.id: passage for here in at for passage in here}.values())


def relabel(retrieved: Sequence[Passage], gold: Sequence[Passage]) -> list[str]:
    """Ids of the retrieved, where one that covers at least half of a gold passage gets that one's id.

    With the plan's own passages this changes nothing; chunks of another splitter become comparable.
    """
    left = {passage.id: passage for passage in gold}
    found: list[str] = []
    for passage in retrieved:
        covered = [
            other.id
            for other in left.values()
            if min(passage.end, other.end) - max(passage.start, other.start)
            >= 0.5 * (other.end - other.start)
        ]
        for other_id in covered:
            del left[other_id]
        found += covered or [passage.id]
    return found


def _cover(facts: Sequence[tuple[str, ...]], here: Sequence[Passage]) -> list[Passage]:
    held = {passage.id: {i for i, fact in enumerate(facts) if holds(passage.text, fact)} for passage in here}
    left = set().union(*held.values()) if held else set()
    chosen: list[Passage] = []
    while left:
        most = max(len(held[passage.id] & left) for passage in here)
        best = [passage for passage in here if len(held[passage.id] & left) == most and passage not in chosen]
        chosen += best
        left -= set().union(*(held[passage.id] for passage in best))
    return chosen


def _on_pages(passage: Passage, place: Place) -> bool:
    # The table of a section or the next paragraph may stand on the page after: boxes and terms may run on.
    if not place.pages or place.chapter is None:
        return True
    near = range(min(place.pages) - 1, max(place.pages) + 2)
    return any(page in near for page in passage.place.pages)


def _same_section(found: Place, wanted: Place) -> bool:
    if found.chapter != wanted.chapter:
        return False
    return wanted.section is None or (found.section or 0) == wanted.section

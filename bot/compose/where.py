"""Answers to 「写在哪一章」: the section or 专栏 that a subject stands in, told by headings and passages.

A heading that says all of a subject is its place. Otherwise a section is worth what its passages are worth
together: one paragraph on a subject weighs less than a section full of it.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from llama_index.core.schema import TextNode

from bot.compose.context import Context
from bot.compose.outline import headings, place_line
from bot.draft import Draft, Quote, whole
from bot.expand import says
from ingest.terms import normalise

_QUIET = ("outline", "term", "indicator")


@dataclass(frozen=True)
class Place:
    """A section of a chapter (0: its introduction), or a 专栏."""

    chapter: int = 0
    section: int = 0
    box: int = 0


def compose(context: Context) -> tuple[Draft, bool] | None:
    """Where in the plan a subject stands, and whether that is sure; None if nothing is found."""
    rules = context.rules["where"]
    text = context.question.text
    draft = context.draft()
    if any(cue in text for cue in rules["glossary_cues"]):
        node = _in_glossary(context)
        if node is not None:
            place_line(draft, node)
            draft.quote(whole(node))
            return draft, True
    if any(cue in text for cue in rules["table_cues"]):
        table = next((node for node in context.index.passages if node.metadata["kind"] == "indicator"), None)
        if table is not None:
            place_line(draft, table)
            headings(context, draft, table)
            return draft, True
    subject = context.question.content
    ranked = _ranked(context, boxed=any(cue in text for cue in rules["box_cues"]))
    if not ranked or not subject:
        return None
    titled = {
        place: _coverage(subject, _title(context, place)) for place in dict.fromkeys(p for _, p in ranked)
    }
    worth = _shares(context, ranked)
    for place, share in titled.items():
        worth[place] += rules["heading"] * share
    found = max(titled, key=lambda place: worth[place])
    paged = any(cue in text for cue in rules["page_cues"])  # a page is that of the passage itself
    best = next(node for node, place in ranked if paged or place == found)
    place_line(draft, best)
    headings(context, draft, best)
    unit = max(context.units(best), key=lambda unit: unit.score)
    draft.quote(Quote(best, unit.span))
    covered = float(context.ranking.features["coverage"][context.position(best)])
    return draft, titled[found] >= rules["sure"] or covered >= rules["covered"]


def _in_glossary(context: Context) -> TextNode | None:
    """The definition that is asked for: of the term that is named, or the best-ranked one."""
    if context.keys.terms:
        return context.node(f"term.{context.keys.terms[0].number}")
    ordered = (context.index.passages[int(i)] for i in context.ranking.order)
    return next((node for node in ordered if node.metadata["kind"] == "term"), None)


def _ranked(context: Context, *, boxed: bool) -> list[tuple[TextNode, Place]]:
    """The passages, best first, with the section they stand in or with their 专栏."""
    found = []
    for i in context.ranking.order:
        node = context.index.passages[int(i)]
        here = node.metadata
        if here["kind"] in _QUIET or here.get("chapter") is None or (boxed and not here.get("box")):
            continue
        place = Place(box=here["box"]) if boxed else Place(here["chapter"], here.get("section") or 0)
        found.append((node, place))
    return found


def _title(context: Context, place: Place) -> str:
    """The heading of a section (for an introduction the chapter's) or of a 专栏."""
    if place.box:
        return context.box_titles[place.box]
    chapter = context.plan.chapters[place.chapter - 1]
    section = next((section.title for section in chapter.sections if section.number == place.section), "")
    return normalise(section if place.section else chapter.title)


def _coverage(subject: Sequence[str], title: str) -> float:
    """The share of a subject, by characters, that a title says, itself or by official words."""
    return sum(_held(word, title) for word in subject) / sum(map(len, subject))


def _held(word: str, title: str) -> int:
    """How many characters of a word a title says: of 修铁路 it may say 铁路."""
    if says(title, word):
        return len(word)
    lengths = range(len(word) - 1, 1, -1)
    return next((n for n in lengths for i in range(len(word) - n + 1) if word[i : i + n] in title), 0)


def _shares(context: Context, ranked: Sequence[tuple[TextNode, Place]]) -> dict[Place, float]:
    """Each place's share of the best passages, by a softmax over their scores."""
    rules = context.rules["where"]
    scores = [
        float(context.ranking.scores[context.position(node)]) for node, _ in ranked[: rules["passages"]]
    ]
    weights = np.exp(rules["softness"] * (np.array(scores) - scores[0]))
    shares: dict[Place, float] = defaultdict(float)
    for (_, place), weight in zip(ranked, weights / weights.sum(), strict=False):
        shares[place] += float(weight)
    return shares

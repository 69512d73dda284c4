"""Answers to 「写在哪一章」: the section or 专栏 that a subject stands in, told by headings and passages.

A heading that says all of a subject is its place. Otherwise a section is worth what its passages are worth
together: one paragraph on a subject weighs less than a section full of it.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from llama_index.core.schema import TextNode

from bot.compose.context import Context
from bot.compose.outline import headings, place_line
from bot.draft import Draft, Quote, whole
from bot.expand import official_words
from ingest.terms import normalise


@dataclass(frozen=True)
class Place:
    """A section of a chapter (0: its introduction), or a 专栏."""

    chapter: int = 0
    section: int = 0
    box: int = 0


_QUIET = ("outline", "term", "indicator")


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
    boxed = any(cue in text for cue in rules["box_cues"])
    groups = _groups(context, boxed=boxed)
    if not groups or not subject:
        return None
    paged = any(cue in text for cue in rules["page_cues"])
    titled = {key: _coverage(subject, _titles(context, key)) for key in groups}
    shares = _shares(context, groups)
    worth = {key: shares[key] + rules["heading"] * titled[key] for key in groups}
    found = max(worth, key=lambda key: worth[key])
    best = max(groups[found], key=lambda node: context.ranking.scores[context.position(node)])
    if paged:  # a page is that of the passage itself
        nodes = [node for nodes in groups.values() for node in nodes]
        best = max(nodes, key=lambda node: context.ranking.scores[context.position(node)])
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


def _groups(context: Context, *, boxed: bool) -> dict[Place, list[TextNode]]:
    """The passages by the section they stand in, or by their 专栏."""
    found: dict[Place, list[TextNode]] = {}
    for node in context.index.passages:
        here = node.metadata
        if here["kind"] in _QUIET or here.get("chapter") is None or (boxed and not here.get("box")):
            continue
        key = Place(box=here["box"]) if boxed else Place(here["chapter"], here.get("section") or 0)
        found.setdefault(key, []).append(node)
    return found


def _titles(context: Context, place: Place) -> str:
    """The headings of a section (its own, or the chapter's for an introduction) or of a 专栏."""
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
    if word in title or any(official in title for official in official_words(word)):
        return len(word)
    lengths = range(len(word) - 1, 1, -1)
    return next((n for n in lengths for i in range(len(word) - n + 1) if word[i : i + n] in title), 0)


def _shares(context: Context, groups: Mapping[Place, Sequence[TextNode]]) -> dict[Place, float]:
    """Each place's share of the best passages, by a softmax over their scores."""
    rules = context.rules["where"]
    scores = {
        node.node_id: float(context.ranking.scores[context.position(node)])
        for nodes in groups.values()
        for node in nodes
    }
    best = sorted(scores, key=lambda name: -scores[name])[: rules["passages"]]
    weights = {name: math.exp(rules["softness"] * (scores[name] - scores[best[0]])) for name in best}
    total = sum(weights.values())
    return {
        place: sum(weights.get(node.node_id, 0.0) for node in nodes) / total
        for place, nodes in groups.items()
    }

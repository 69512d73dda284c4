"""The general answer: the few sentences that bear on the question, the asked figure first."""

import re
from collections.abc import Callable
from dataclasses import replace

import numpy as np
from llama_index.core.schema import TextNode

from bot.compose.boxes import lead_quote
from bot.compose.context import Context
from bot.compose.outline import place_line
from bot.compose.values import direct_value
from bot.draft import Draft, Quote, whole
from bot.expand import official_words
from bot.keys import loose
from bot.lexicon import lexicon
from bot.question import Question, content_words
from bot.ranking import Ranking
from bot.sentences import Unit, has_figure, join_spans
from ingest.terms import bigrams, normalise
from prompts import wording

_PART = re.compile(r"[，。,?？；;！!]|还有|以及(?=.{0,6}(?:多少|几|什么|啥|哪))")
_MOST_PARTS = 3
_QUIET_KINDS = ("outline",)  # headings answer nothing by themselves


def compose(context: Context, ask: Callable[[str], tuple[Question, Ranking]]) -> Draft:
    """Quote the best sentences, grouped by passage in order of rank.

    Args:
        context: the question.
        ask: reads and ranks another wording; used where a question asks several things at once.
    """
    draft = context.draft()
    parts = parts_of(context.question.text)
    chosen = passages_for(context, ask)
    quotes = [quote for node in chosen[:1] for quote in quotes_from(context, node)]
    quotes += [
        quote for node in chosen[1:] for quote in quotes_from(context, node) if _bears_on(context, quote)
    ]
    for part in parts:
        for quote in _for_part(context, ask, part):
            if not any(_inside(quote, other) for other in quotes):
                quotes.append(quote)
    if context.question.asks_place:
        place_line(context, draft, chosen[0])
    elif quotes and not parts:  # one figure in bold would pass over the other parts
        _value_line(context, draft, quotes)
    for quote in quotes:
        _add(context, draft, quote, "- " if len(quotes) > 1 else "")
    return draft


def _add(context: Context, draft: Draft, quote: Quote, before: str) -> None:
    """Add a quotation; a piece that does not say what it is about gets the name it stands under in front."""
    node, text = quote.node, draft.read(quote.span)
    lead = str(node.metadata.get("lead") or "")
    plain = normalise(text)
    apart = quote.span.start > node.metadata["start"] + len(lead) and node.metadata["kind"] != "term"
    words = [word for word in context.question.content if len(word) > 1]
    headed = any(word in normalise(lead) and word not in plain for word in words)
    orphan = (
        headed
        or node.metadata["kind"] == "box_item"
        or not any(gram[1:] in plain for word in words for gram in bigrams(word))
    )
    told = any(
        other.node.node_id == node.node_id and other.span.start <= node.metadata["start"] + len(lead)
        for other in draft.quotes
    )
    if apart and lead and orphan and not told:
        draft.state(f"{lead}：{text}", [quote, lead_quote(node)], before)
    else:
        draft.quote(quote, before)


def parts_of(text: str) -> list[str]:
    """The things that a question asks at once (「…多长，投资多少」); none where it asks one."""
    asks = lexicon().asks
    parts = [part for part in _PART.split(text) if asks.search(part) and content_words(part)]
    return parts if 1 < len(parts) <= _MOST_PARTS else []


def _for_part(context: Context, ask: Callable[[str], tuple[Question, Ranking]], part: str) -> list[Quote]:
    """The best sentence for one part, from the passage that fits it and the whole question together."""
    question, ranking = ask(part)
    total = ranking.scores + context.ranking.scores
    order = np.argsort(-total, kind="stable")
    nodes = (context.index.passages[int(i)] for i in order)
    node = next(node for node in nodes if node.metadata["kind"] not in _QUIET_KINDS)
    best = max(replace(context, question=question, ranking=ranking).units(node), key=lambda unit: unit.score)
    return [Quote(node, best.span)]


def _inside(quote: Quote, other: Quote) -> bool:
    return other.span.start <= quote.span.start and quote.span.end <= other.span.end


def passages_for(context: Context, ask: Callable[[str], tuple[Question, Ranking]]) -> list[TextNode]:
    """The passages an answer is built from: the best, those nearly as good, and one for what they lack."""
    rules = context.rules["evidence"]
    # A row of the table means nothing without its head: it is an answer of its own or none.
    quiet = (*_QUIET_KINDS, "term" if context.question.asks_place else "indicator")
    ranked = [(node, score) for node, score in context.ranked if node.metadata["kind"] not in quiet]
    if not ranked:
        return [node for node, _ in context.ranked[:1]]
    narrow = context.question.want is not None or context.question.kind in rules["narrow_kinds"]
    ratio, most = (rules["narrow_ratio"], rules["narrow_most"]) if narrow else (rules["ratio"], rules["most"])
    if context.question.asks_place:
        ranked = ranked[:1] + [pair for pair in ranked[1:] if pair[0].metadata["kind"] != "indicator"]
    if not narrow and _is_weak(context, ranked[0][0]):
        apart = _topic_by_topic(context, ask)
        if len(apart) > 1:
            return apart[:most]
    best = ranked[0][1]
    chosen = [node for node, score in ranked[:most] if score >= ratio * best]
    if context.question.want is None and len(chosen) < most:
        others = [
            node for node, score in ranked if score >= rules["missing_ratio"] * best and node not in chosen
        ]
        chosen += _completing(context, chosen, others)[: most - len(chosen)]
    return chosen


def _is_weak(context: Context, node: TextNode) -> bool:
    """Whether the best passage is like nothing that is asked: it only happens to hold the words."""
    at = context.position(node)
    return float(context.ranking.features["asked"][at]) < context.rules["evidence"]["weak"]


def _topic_by_topic(context: Context, ask: Callable[[str], tuple[Question, Ranking]]) -> list[TextNode]:
    """The best passage for each topic of a question that no passage answers as a whole."""
    rules = context.rules["evidence"]
    found: list[tuple[float, TextNode]] = []
    for word in context.question.content:
        if len(word) < 2:
            continue
        _, ranking = ask(word)
        ordered = [
            (float(ranking.scores[i]), node)
            for i in ranking.top(context.rules["look"])
            if (node := context.index.passages[i]).node_id not in context.skip
            and node.metadata["kind"] not in _QUIET_KINDS
        ]
        best = next(iter(ordered), None)
        # A measure says more of a topic than one project that happens to be named after it.
        near = (pair for pair in ordered if best and pair[0] >= rules["measure_ratio"] * best[0])
        best = next((pair for pair in near if pair[1].metadata["kind"] == "paragraph"), best)
        if best and _speaks_of(word, best[1]) and all(best[1] is not node for _, node in found):
            found.append(best)
    return [node for _, node in sorted(found, key=lambda pair: -pair[0])]


def _completing(context: Context, chosen: list[TextNode], others: list[TextNode]) -> list[TextNode]:
    """Passages, best first, for words of the question that the chosen ones lack."""
    found: list[TextNode] = []
    for word in context.question.content:
        if len(word) < 2 or any(_speaks_of(word, node) for node in (*chosen, *found)):
            continue
        node = next((node for node in others if _speaks_of(word, node)), None)
        if node is not None:
            found.append(node)
    return found


def _bears_on(context: Context, quote: Quote) -> bool:
    """Whether a sentence of a further passage says a word of the question, or an official one for it."""
    text = normalise(context.plan.slice(quote.span))
    words = [word for word in context.question.content if len(word) > 1 and not re.search(r"\d", word)]
    return any(word in text or any(other in text for other in official_words(word)) for word in words)


def _speaks_of(word: str, node: TextNode) -> bool:
    text = normalise(node.text)
    return word in text or any(official in text for official in official_words(word))


def quotes_from(context: Context, node: TextNode) -> list[Quote]:
    """The sentences of a passage that answer: all of a short one, else the best within the bounds."""
    rules = context.rules["evidence"]
    if len(node.text) <= rules["short"] or node.metadata["kind"] in ("indicator", "term"):
        return [whole(node)]
    lead = loose(str(node.metadata.get("lead") or ""))
    named = len(lead) >= 4 and lead in loose(context.question.text)
    if named and not context.question.want and len(node.text) <= rules["whole"]:
        return [whole(node)]  # the question asks for what the passage is about, all of it
    taken = _chosen_units(context, context.units(node))
    return [Quote(node, span) for span in join_spans(taken)]


def _chosen_units(context: Context, units: list[Unit]) -> list[Unit]:
    """The best unit, those nearly as good, and those that say a word of the question the others do not."""
    rules = context.rules["evidence"]
    prefix = "list_" if context.question.kind == "list" else ""
    ratio, most = rules[f"{prefix}unit_ratio"], rules[f"{prefix}characters"]
    question = context.question
    dated = question.want is not None and "年" in question.want.units
    if question.asks_figure and question.want and not dated:  # the sentence with the figure is the answer
        units = [unit for unit in units if has_figure(normalise(unit.text), question.want.units)] or units
    ordered = sorted(units, key=lambda unit: -unit.score)
    taken = [ordered[0]]
    length = len(ordered[0].text)
    for unit in ordered[1:]:
        said = "".join(normalise(other.text) for other in taken)
        here = normalise(unit.text)
        words = [word for word in context.question.content if len(word) > 1]
        new = [word for word in words if word not in said and word in here]
        if (unit.score >= ratio * ordered[0].score or new) and length + len(unit.text) <= most:
            taken.append(unit)
            length += len(unit.text)
    return taken


def _value_line(context: Context, draft: Draft, quotes: list[Quote]) -> None:
    quote = quotes[0]
    head = f"{quote.node.metadata.get('lead') or ''} {quote.node.metadata.get('title', '')}"
    value = direct_value(context.question, draft.read(quote.span), head, context.rules["first_year"])
    if value:
        draft.value = value
        draft.state(wording("answer.value", value=value), [quote])

"""The general answer: the few sentences that answer the question, the asked figure first."""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
from llama_index.core.schema import TextNode

from bot.compose.boxes import follows_lead, quote_under_lead
from bot.compose.context import Context
from bot.compose.target_year import governing_year
from bot.compose.values import direct_value
from bot.draft import Draft, Quote, whole
from bot.expand import says
from bot.keys import loose
from bot.lexicon import lexicon
from bot.question import Question, content_words
from bot.ranking import Ranking
from bot.sentences import Unit, join_spans
from ingest.terms import bigrams, normalise
from prompts import wording

_PART = re.compile(r"[，。,?？；;！!]|还有|以及(?=.{0,6}(?:多少|几|什么|啥|哪))")
_MOST_PARTS = 3
_NAME = 4  # characters from which a lead is a name and not a common word
_QUIET_KINDS = ("outline",)  # headings answer nothing by themselves


def compose(context: Context, ask: Callable[[str], tuple[Question, Ranking]]) -> Draft:
    """Quote the best sentences, grouped by passage in order of rank.

    Args:
        context: the question.
        ask: reads and ranks another wording; used where a question asks several things at once.
    """
    draft = context.draft()
    parts = parts_of(context.question.text)
    quotes = best_quotes(context, ask)
    for part in parts:
        for quote in _for_part(context, ask, part):
            if not any(_inside(quote, other) for other in quotes):
                quotes.append(quote)
    if quotes and not parts:  # one figure in bold would pass over the other parts
        _value_line(context, draft, quotes)
    for quote in quotes:
        _add(context, draft, quote, "- " if len(quotes) > 1 else "")
    return draft


def _add(context: Context, draft: Draft, quote: Quote, before: str) -> None:
    """Add a quotation; a piece that does not say what it is about gets the name it stands under in front."""
    node, text = quote.node, draft.read(quote.span)
    lead = str(node.metadata.get("lead") or "")
    plain = normalise(text)
    words = [word for word in context.question.content if len(word) > 1]
    headed = any(word in normalise(lead) and word not in plain for word in words)
    orphan = (
        headed
        or node.metadata["kind"] == "box_item"
        or not any(gram[1:] in plain for word in words for gram in bigrams(word))
    )
    told = any(other.node.node_id == node.node_id and not follows_lead(other) for other in draft.quotes)
    year = governing_year(quote)
    if year is not None:
        draft.state(f"{draft.read(year.span)}：{text}", [quote, year], before)
    elif follows_lead(quote) and node.metadata["kind"] != "term" and orphan and not told:
        quote_under_lead(draft, quote, before)
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
    node = next(node for node in nodes if node.metadata["kind"] not in (*_QUIET_KINDS, "indicator"))
    best = max(replace(context, question=question, ranking=ranking).units(node), key=lambda unit: unit.score)
    return [Quote(node, best.span)]


def _inside(quote: Quote, other: Quote) -> bool:
    return other.span.start <= quote.span.start and quote.span.end <= other.span.end


def best_quotes(context: Context, ask: Callable[[str], tuple[Question, Ranking]]) -> list[Quote]:
    """The sentences that answer, out of the best passages; grouped by passage, the best sentence's first."""
    rules = context.rules["evidence"]
    # A row of the table means nothing without its head: it is an answer of its own or none.
    quiet = (*_QUIET_KINDS, "indicator")
    nodes = [node for node, _ in context.ranked if node.metadata["kind"] not in quiet][: rules["passages"]]
    if not nodes:
        return [quote for node, _ in context.ranked[:1] for quote in quotes_from(context, node)]
    if not _is_narrow(context) and _is_weak(context, nodes[0]):
        apart = _topic_by_topic(context, ask)[: rules["most"]]
        if len(apart) > 1:
            first = quotes_from(context, apart[0])
            further = [quote for node in apart[1:] for quote in quotes_from(context, node)]
            bear = [[quote for quote in quotes if _bears_on(context, quote)] for quotes in (first, further)]
            return [*(bear[0] or first), *bear[1]]
    return _quotes(context, _taken(context, nodes))


def _is_narrow(context: Context) -> bool:
    """Whether one sentence answers the question: a figure is asked for, or yes or no."""
    question = context.question
    return question.want is not None or question.kind in context.rules["evidence"]["narrow_kinds"]


def _is_weak(context: Context, node: TextNode) -> bool:
    """Whether the best passage is like nothing that is asked: it only happens to hold the words."""
    at = context.position(node)
    return float(context.ranking.features["asked"][at]) < context.rules["evidence"]["weak"]


def _topic_by_topic(context: Context, ask: Callable[[str], tuple[Question, Ranking]]) -> list[TextNode]:
    """The best passage for each topic of a question that no passage answers as a whole."""
    rules = context.rules["evidence"]
    found: list[tuple[float, TextNode]] = []
    topics = [word for word in dict.fromkeys(context.question.content) if len(word) > 1]
    for word in topics[: rules["topics"]]:
        _, ranking = ask(word)
        ordered = [
            (float(ranking.scores[i]), node)
            for i in ranking.top(context.rules["look"])
            if not context.is_told(node := context.index.passages[i])
            and node.metadata["kind"] not in _QUIET_KINDS
        ]
        best = next(iter(ordered), None)
        # A measure says more of a topic than one project that happens to be named after it.
        near = (pair for pair in ordered if best and pair[0] >= rules["measure_ratio"] * best[0])
        best = next((pair for pair in near if pair[1].metadata["kind"] == "paragraph"), best)
        if best and _speaks_of(word, best[1]) and all(best[1] is not node for _, node in found):
            found.append(best)
    return [node for _, node in sorted(found, key=lambda pair: -pair[0])]


def _bears_on(context: Context, quote: Quote) -> bool:
    """Whether a sentence of a further passage says a word of the question, or an official one for it."""
    text = normalise(context.plan.slice(quote.span))
    words = [word for word in context.question.content if len(word) > 1 and not re.search(r"\d", word)]
    return any(says(text, word) for word in words)


def _speaks_of(word: str, node: TextNode) -> bool:
    return says(normalise(node.text), word)


def quotes_from(context: Context, node: TextNode) -> list[Quote]:
    """The sentences of one passage that answer."""
    return _quotes(context, _taken(context, [node]))


def _taken(context: Context, nodes: Sequence[TextNode]) -> list[tuple[TextNode, Unit]]:
    """The best sentences of passages: until their shares of a softmax over all come to what is set."""
    rules = context.rules["evidence"]
    listed = context.question.kind == "list"
    share, characters = (
        (rules["list_share"], rules["list_characters"]) if listed else (rules["share"], rules["characters"])
    )
    most = rules["list_most" if listed else "narrow_most" if _is_narrow(context) else "most"]
    pairs = [(node, unit) for node in nodes for unit in context.units(node)]
    pairs.sort(key=lambda pair: -pair[1].score)
    exponents = np.exp([rules["softness"] * (unit.score - pairs[0][1].score) for _, unit in pairs])
    shares = exponents / exponents.sum()
    taken: list[tuple[TextNode, Unit]] = []
    reached, length = 0.0, 0
    for (node, unit), part in zip(pairs, shares, strict=True):
        if taken and (reached >= share or len(taken) == most):
            break
        reached += part
        if not taken or length + len(unit.text) <= characters:
            taken.append((node, unit))
            length += len(unit.text)
    return taken


def _quotes(context: Context, taken: Sequence[tuple[TextNode, Unit]]) -> list[Quote]:
    """Sentences as quotations: those of a passage together, neighbours as one, short passages whole."""
    rules = context.rules["evidence"]
    quotes: list[Quote] = []
    for node in {node.node_id: node for node, _ in taken}.values():
        lead = loose(str(node.metadata.get("lead") or ""))
        named = len(lead) >= _NAME and lead in loose(context.question.text)
        told = named and not context.question.want and len(node.text) <= rules["whole"]
        short = len(node.text) <= rules["short"] and node.node_id not in context.told
        if told or short or node.metadata["kind"] in ("indicator", "term"):
            quotes.append(whole(node))  # `told`: the question asks for what the passage is about, all of it
            continue
        units = [unit for other, unit in taken if other is node]
        quotes += [Quote(node, span) for span in join_spans(units)]
    return quotes


def value_in(context: Context, question: Question, quote: Quote) -> str | None:
    """The value in a quotation that a question wants, the name it stands under read with it."""
    head = f"{quote.node.metadata.get('lead') or ''} {quote.node.metadata.get('title', '')}"
    text = context.plan.slice(quote.span).replace("\n", "")
    return direct_value(question, text, head, context.rules["first_year"])


def _value_line(context: Context, draft: Draft, quotes: list[Quote]) -> None:
    quote = quotes[0]
    value = value_in(context, context.question, quote)
    if value:
        draft.value = value
        draft.state(wording("answer.value", value=value), [quote])

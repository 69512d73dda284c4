"""Which composer answers a question."""

from collections.abc import Callable
from dataclasses import dataclass

from bot.compose import boxes, comparison, evidence, extremes, indicators, lists, outline, sides, terms, where
from bot.compose.context import Context
from bot.draft import Draft
from bot.question import Question
from bot.ranking import Ranking


@dataclass(frozen=True)
class Routed:
    """A draft with its kind; `sure` where what was asked for is named outright and needs no judge."""

    kind: str
    draft: Draft | None
    sure: bool = False


def draft_for(context: Context, ask: Callable[[str], tuple[Question, Ranking]]) -> Routed:
    """Compose the answer to a question.

    Args:
        context: the question with its ranked passages.
        ask: reads and ranks another wording of it.
    """
    return _named(context) or _in_table(context) or _several(context, ask) or _general(context, ask)


def _named(context: Context) -> Routed | None:
    """What the question names outright: places in the plan, terms, a 专栏."""
    if outline.asks_outline(context):
        return Routed("place", outline.compose(context), sure=True)
    if context.question.asks_place:
        found = where.compose(context)
        if found is not None:
            return Routed("place", found[0], sure=found[1])
    if terms.asks_definition(context) and not _sets_apart(context):
        kind = "two_terms" if len(context.keys.terms) > 1 else "term"
        return Routed(kind, terms.compose(context), sure=True)
    box = boxes.box_asked(context)
    if box is not None:
        return Routed("list", boxes.list_box(context, box.number), sure=True)
    word = boxes.titles_asked(context)
    if word:
        return Routed("list", boxes.list_boxes(context, word), sure=True)
    items = boxes.place_items(context) or boxes.counted_items(context)
    if len(items) > 1:
        draft = context.draft()
        boxes.list_items(context, draft, items)
        return Routed("list", draft, sure=True)
    return None


def _sets_apart(context: Context) -> bool:
    """Whether a term is set beside something that is none: a comparison, no definition."""
    return (
        context.question.kind == "comparison"
        and len(context.keys.terms) == 1
        and sides.sides_of(context.question.text) is not None
    )


def _in_table(context: Context) -> Routed | None:
    note = indicators.note_asked(context)
    if note is not None:
        draft = context.draft()
        draft.quote(note)
        return Routed("indicator", draft, sure=True)
    named = indicators.holding_figure(context)
    if named:
        return Routed("indicator", indicators.compose(context, named), sure=True)
    rows = indicators.filtered(context)
    if rows and not context.keys.indicators:
        return Routed("indicator", indicators.compose(context, rows), sure=True)
    if indicators.asks_indicator(context):
        draft = indicators.compose(context, context.keys.indicators)
        return Routed("indicator", draft, sure=indicators.named_outright(context))
    return None


def _several(context: Context, ask: Callable[[str], tuple[Question, Ranking]]) -> Routed | None:
    """Comparisons and lists."""
    question, keys = context.question, context.keys
    compared = comparison.compose(context, ask)
    if compared is not None:
        sure = compared.sure or len(set(keys.item_names)) > 1  # both are named outright
        return Routed("comparison", compared.draft, sure=sure)
    extreme = extremes.compose(context)
    if extreme is not None:
        return Routed("comparison", extreme, sure=True)
    if keys.boxes and not keys.items and (question.kind == "list" or question.box is not None):
        return Routed("list", boxes.list_box(context, keys.boxes[0].number))
    if question.kind == "list" or keys.numbers:
        draft = lists.compose(context)
        if draft is not None:
            return Routed("list", draft)
    return None


def _general(context: Context, ask: Callable[[str], tuple[Question, Ranking]]) -> Routed:
    rows = indicators.rows_found(context)
    if rows:
        return Routed("indicator", indicators.compose(context, rows))
    return Routed(context.question.kind or "policy", evidence.compose(context, ask))

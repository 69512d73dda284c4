"""The largest or smallest of a kind of project, or their sum: 「铁路里哪条最长」, 「四个电站共投多少」."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from llama_index.core.schema import TextNode

from bot.compose.arithmetic import tell_total
from bot.compose.context import Context
from bot.compose.measure import Asked, asked_of
from bot.draft import Draft, Quote, whole
from bot.figures import figures_of
from bot.lexicon import load_data
from bot.quantities import Quantity, quantity_of
from ingest.numerals import whole_number
from ingest.terms import normalise
from prompts import wording

_COUNT = re.compile(r"(?P<count>\d+|[两二三四五六七八九十]+)(?:个|座|条|家|项|处|大)")


@dataclass(frozen=True)
class _Member:
    name: str
    node: TextNode
    quantity: Quantity
    text: str  # the figure as printed


def compose(context: Context) -> Draft | None:
    """The extreme or the sum of the figures of a kind of project; None where none is asked for.

    Nothing is said where a project has several such figures that could change the outcome, or where a sum is
    asked for of a number of projects that is not found.
    """
    question = context.question
    asked = asked_of(question.text)
    if asked.measure is None or not asked.measure.units or not {"most", "total"} & set(asked.operations):
        return None
    if question.outside or question.asks_actual or question.asks_detail or question.years:
        return None
    kind = [word for word in asked.about if not _COUNT.fullmatch(word)]
    if not kind and question.box is None:
        return None
    nodes = _of_kind(context, kind)
    members, open_ends = _members(asked, nodes)
    if len(members) < 2:
        return None
    draft = context.draft()
    if "total" in asked.operations:
        return draft if _tell_total(context, draft, members, len(nodes), bool(open_ends)) else None
    return draft if _tell_extreme(draft, asked, members, open_ends) else None


def _of_kind(context: Context, kind: Sequence[str]) -> list[TextNode]:
    """The items of a kind of project: those of the 专栏 it is the title of, or all that speak of it."""
    items: Sequence[TextNode] = context.index.box_items
    if context.question.box is not None:
        items = [node for node in items if node.metadata.get("box") == context.question.box]
        kind = [word for word in kind if any(word in _name(node) for node in items)]
    titled = [node for node in items if all(word in _title(context, node) for word in kind)]
    if kind and len({node.metadata.get("box") for node in titled}) == 1:
        return titled
    return [node for node in items if _has_all(kind, f"{_name(node)}{normalise(node.text)}")]


def _has_all(kind: Sequence[str], text: str) -> bool:
    return all(word in text for word in kind)


def _name(node: TextNode) -> str:
    return normalise(str(node.metadata.get("lead") or ""))


def _title(context: Context, node: TextNode) -> str:
    return context.box_titles.get(int(node.metadata.get("box") or 0), "")


def _members(asked: Asked, nodes: Sequence[TextNode]) -> tuple[list[_Member], list[_Member]]:
    """The projects with one fitting figure each, and every figure of those that have several."""
    one: list[_Member] = []
    several: list[_Member] = []
    nouns = asked.measure.nouns if asked.measure else ()
    units = asked.measure.units if asked.measure else frozenset()
    for node in nodes:
        found = [
            (_Member(str(node.metadata["lead"]), node, quantity, figure.text), figure)
            for figure in figures_of(node.text)
            if (quantity := quantity_of(figure.text)) and quantity.base in units
        ]
        named = [member for member, figure in found if any(noun in figure.clause for noun in nouns)]
        fitting = named or [member for member, _ in found]
        (one if len(fitting) == 1 else several).extend(fitting)
    return one, several


def _tell_total(
    context: Context, draft: Draft, members: Sequence[_Member], nodes: int, uncertain: bool
) -> bool:
    count = _COUNT.search(context.question.text)
    wanted = whole_number(count["count"]) if count else nodes
    same = len({member.quantity.base for member in members}) == 1
    if uncertain or not same or wanted != len(members) or wanted > _rule("summed"):
        return False
    told = [(member.quantity, f"{member.name}{member.text}") for member in members]
    tell_total(draft, told, map(_quote, members))
    for member in members:
        draft.quote(_quote(member), before="- ")
    return True


def _tell_extreme(draft: Draft, asked: Asked, members: list[_Member], several: Sequence[_Member]) -> bool:
    base = members[0].quantity.base
    if any(member.quantity.base != base for member in (*members, *several)):
        return False
    members = sorted(members, key=lambda member: member.quantity.value, reverse=not asked.fewest)
    first = members[0].quantity.value
    # Of a project told in parts the whole is not printed: it may be more than any.
    rivals = [member.quantity.value for member in several]
    if rivals and (min(rivals) <= first if asked.fewest else sum(rivals) >= first):
        return False
    best = [member for member in members if member.quantity.value == first]
    shown = members[: max(load_data("compare.toml")["extremes"]["shown"], len(best))]
    head = wording(
        "answer.most", side="、".join(member.name for member in best), adjective=asked.adjective(3)
    )
    told = "，".join(wording("answer.side_value", side=member.name, value=member.text) for member in shown)
    draft.value = best[0].text
    draft.state(head + told, map(_quote, shown))
    for member in best:
        draft.quote(_quote(member), before="- ")
    return True


def _quote(member: _Member) -> Quote:
    return whole(member.node)


def _rule(name: str) -> int:
    return int(load_data("compare.toml")["extremes"][name])

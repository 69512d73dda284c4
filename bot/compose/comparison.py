"""Answers that set two things side by side, each with its citation."""

import re
from collections.abc import Callable

from bot.compose.context import Context
from bot.compose.evidence import quotes_from
from bot.draft import Draft
from bot.question import Question
from bot.retrieve import Ranking
from prompts import wording

_SIDES = re.compile(r"^(?P<before>.{0,12}?)(?P<a>[^，。和与跟同及、]{2,14}?)(?:和|与|跟|同|及|、|还是|vs\.?)(?P<b>[^，。和与跟、]{2,14}?)(?P<rest>的.*|在.*|有.*|(?:区别|不同|差别|相比|比较|对比|分别|哪个|谁|各).*)$")
_FILLER = re.compile(r"^(请问|问一下|比较一下|比较|对比一下|对比)")


def sides_of(text: str) -> tuple[str, str, str] | None:
    """The two sides of a comparison and what is compared: 「东部和西部的生态建设有什么不同」 → 东部, 西部, 的生态建设…."""
    match = _SIDES.match(_FILLER.sub("", text))
    if match is None:
        return None
    return match["before"] + match["a"], match["b"], match["rest"]


def compose(context: Context, ask: Callable[[str], tuple[Question, Ranking]]) -> Draft | None:
    """Both sides of a comparison, found by a retrieval each; None where the question has no two sides.

    Args:
        context: the question.
        ask: reads and ranks another wording of the question.
    """
    sides = sides_of(context.question.text)
    if sides is None:
        return None
    first, second, rest = sides
    draft = context.draft()
    seen: set[str] = set()
    for side in (first, second):
        question, ranking = ask(f"{side}{rest}")
        here = Context(context.index, question, context.keys, ranking, context.scorer, context.rules, frozenset(seen))
        found = [node for node, _ in here.ranked if node.metadata["kind"] != "outline"]
        holding = [node for node in found if side in node.text]
        node = next(iter(holding or found), None)
        if node is None:
            return None
        seen.add(node.node_id)
        draft.say(wording("answer.side", side=side))
        for quote in quotes_from(here, node):
            draft.quote(quote, before="- ")
    return draft

"""Answers that set two things side by side, each with its citation."""

import re
from collections.abc import Callable

import numpy as np

from bot.compose.context import Context
from bot.compose.evidence import quotes_from
from bot.draft import Draft, echoed
from bot.question import Question, content_words
from bot.ranking import Ranking
from ingest.terms import normalise
from prompts import wording

_JOINT = re.compile(r"和|与|跟|同(?!时|步|意)|及|、|还是|vs\.?|对比|相比")
# Where the second side ends and what is compared begins.
_TAIL = re.compile(
    r"[，。,?？]|的(?!村|地)|在|有(?:什么|啥|哪些|何)|各(?:自|是|有|要)?|分别|两[个者条座]|哪个|谁|区别|不同|差别|差多少|相比|比较|对比|投资|面积|怎么|咋"
)
_LOOK = 60  # passages among which one that names the side may win
_NAMED = 1.0  # what naming a side is worth, in units of a ranking score (the best passages reach about 3)
_LONGEST = 16, 18  # characters of the first side and of the others
_MOST = 5  # sides
_YEAR = re.compile(r"(?:19|20)\d{2}年?")
_FILLER = re.compile(r"^(请问|问一下|比较一下|比较|对比一下|对比)|有没有")


def sides_of(text: str) -> tuple[list[str], str] | None:
    """The sides of a comparison and what is compared.

    「东部和西部的生态建设有什么不同」 gives 东部, 西部 and 的生态建设有什么不同; None without two sides.
    """
    plain = _FILLER.sub("", text)
    for joint in _JOINT.finditer(plain):
        first, rest = plain[: joint.start()], plain[joint.end() :]
        end = _TAIL.search(rest, 2)
        second, tail = (rest[: end.start()], rest[end.start() :]) if end else (rest, "")
        first = re.split(r"[，。]", first)[-1]
        # 「东部、中部和西部」: what follows the first joint may itself be several.
        others = [part for part in _JOINT.split(second) if part]
        if not all(map(_says_something, others)):
            others = [second]
        if (
            _says_something(first)
            and _says_something(second)
            and len(first) <= _LONGEST[0]
            and len(others) < _MOST
            and all(len(other) <= _LONGEST[1] for other in others)
        ):
            return [first, *others], tail
    return None


def _says_something(side: str) -> bool:
    return bool(content_words(side) or _YEAR.search(side))


def compose(context: Context, ask: Callable[[str], tuple[Question, Ranking]]) -> Draft | None:
    """The sides of a comparison, each from the passage that fits it best; None where there are no two.

    Args:
        context: the question.
        ask: reads and ranks another wording of the question.
    """
    found = sides_of(context.question.text)
    if found is None:
        return None
    sides, tail = found
    draft = context.draft()
    for side in sides:
        other = "".join(part for part in sides if part != side)
        question, ranking = ask(f"{side}{tail}")
        node = context.index.passages[_best(context, side, other, ranking)]
        here = Context(context.index, question, context.keys, ranking, context.scorer, context.rules)
        draft.say(wording("answer.side", side=echoed(side)))
        for quote in quotes_from(here, node):
            draft.quote(quote, before="- ")
    return draft


def _best(context: Context, side: str, other: str, ranking: Ranking) -> int:
    """The passage for one side: ranked high for it and the question, naming it rather than the other."""
    passages = context.index.passages
    mine = [word for word in content_words(side) if word not in other]
    theirs = [word for word in content_words(other) if word not in side]
    total = ranking.scores + 0.5 * context.ranking.scores
    for i in ranking.top(_LOOK):
        text = normalise(f"{passages[i].metadata.get('lead', '')}{passages[i].text}")
        own = sum(word in text for word in mine) / len(mine) if mine else 0.0
        foreign = sum(word in text for word in theirs) / len(theirs) if theirs else 0.0
        total[i] += _NAMED * own - (_NAMED * 0.3 * foreign if not own else 0.0)
    kinds = np.array([node.metadata["kind"] == "outline" for node in passages])
    total[kinds] = -np.inf
    return int(np.argmax(total))

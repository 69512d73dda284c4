"""Answers that are lists: the members of a named number (「六个回归」), bullets under a sentence."""

import re
from collections.abc import Sequence

from llama_index.core.schema import TextNode

from bot.compose.boxes import lead_quote
from bot.compose.context import Context
from bot.draft import Draft, Quote, whole
from bot.sentences import Unit, units_of
from ingest.numerals import chinese_value
from ingest.paragraphs import BULLET
from ingest.terms import normalise

_NUMBERED = re.compile(r"^[“]?([二两三四五六七八九十双]+)(?:个|大|项|条|类|种)?")
_CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"


def compose(context: Context) -> Draft | None:
    """A list answer, or None where the best passages are no list."""
    return _named_number(context) or _bullets(context)


def members_of(text: str, name: str) -> list[str]:
    """The members of a named number in a sentence: 「产能、排产、…创新“六个回归”」, 「“五大振兴”：A、B…」.

    Returns:
        The members if their count is the number in the name, else nothing: a list must not be cut.
    """
    match = _NUMBERED.match(name)
    at = normalise(text).find(normalise(name))
    if match is None or at < 0:
        return []
    wanted = int(chinese_value(match.group(1).replace("双", "二")))
    plain = text.replace("“", "").replace("”", "")
    at = plain.find(name.strip("“”"))
    before = re.split(r"[，。；：]", plain[:at])[-1]
    after = re.split(r"[。；]", plain[at + len(name.strip("“”")) :])[0]
    for side in (before, re.sub(r"^[^：:是指即包括]*(?:：|:|是指|包括|即)", "", after)):
        members = [part.strip() for part in re.split(r"[、，]", side) if part.strip()]
        if members and wanted == len(members):
            members[0] = (
                re.sub(r"^.*?(?:实现|构建|打造|实施|推进|建设|坚持|做到|包括|从)(?=.{2,})", "", members[0])
                or members[0]
            )
            members[-1] = re.sub(r"(?:等|等方面)$", "", members[-1])
            return members
    return []


def _named_number(context: Context) -> Draft | None:
    """The sentence that lists the members of a number the question names, and the members one by one."""
    for name in context.keys.numbers:
        found = _unit_with(context, name)
        if found is None:
            continue
        node, unit = found
        draft = context.draft()
        members = members_of(unit.text, name)
        quote = Quote(node, unit.span)
        for i, member in enumerate(members[: len(_CIRCLED)]):
            draft.state(member, [quote], before=f"- {_CIRCLED[i]} ")
        draft.quote(quote)
        return draft
    return None


def _unit_with(context: Context, name: str) -> tuple[TextNode, Unit] | None:
    """Where the name is explained: a sentence with its members, else the best-ranked one that has it."""
    wanted = normalise(name)
    holding = [
        (node, unit)
        for i in context.ranking.order
        if (node := context.index.passages[int(i)]).metadata["kind"] != "outline"
        and wanted in normalise(node.text)
        for unit in units_of(node)
        if wanted in normalise(unit.text)
    ]
    full = [pair for pair in holding if members_of(pair[1].text, name)]
    return next(iter(full or holding), None)


def _bullets(context: Context) -> Draft | None:
    """The leads under a sentence like 「…必须遵循的原则。」 that is followed by bullets."""
    if not context.ranked:
        return None
    passages = context.index.passages
    for node, _ in context.ranked[:2]:
        at = context.position(node)
        while at > 0 and passages[at].text.startswith(BULLET):
            at -= 1
        members = _following_bullets(passages, at + 1)
        head = passages[at]
        asked = normalise(context.question.text)
        key_words = [word for word in context.question.content if word in normalise(head.text)]
        if (
            len(members) < 2
            or not key_words
            or len("".join(key_words))
            < context.rules["lists"]["heading_share"] * len("".join(context.question.content) or asked)
        ):
            continue
        draft = context.draft()
        draft.quote(whole(head))
        for i, member in enumerate(members[: len(_CIRCLED)]):
            draft.state(str(member.metadata["lead"]), [lead_quote(member)], before=f"- {_CIRCLED[i]} ")
        return draft
    return None


def _following_bullets(passages: Sequence[TextNode], start: int) -> list[TextNode]:
    found = []
    for node in passages[start:]:
        if not node.text.startswith(BULLET) or not node.metadata.get("lead"):
            break
        found.append(node)
    return found

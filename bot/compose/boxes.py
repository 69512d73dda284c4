"""Answers that list a 专栏 or the projects of a place: every item, and how many they are."""

import re

from llama_index.core.schema import TextNode

from bot.compose.context import Context
from bot.draft import Draft, Quote, whole
from bot.frame import names_places
from bot.lexicon import places
from bot.sentences import units_of
from ingest.numerals import chinese_numeral
from ingest.plan import Box, Span
from ingest.terms import normalise, words
from prompts import wording

_COUNTS = re.compile(r"(?:几|多少|哪些|哪几)(?P<noun>个(?!点|百分点|亿|月|小时)|座|条|所|家|处|项)")
_COUNT = re.compile(r"[一二三四五六七八九十百\d]+[大项个条类种]")


def box_asked(context: Context) -> Box | None:
    """The 专栏 whose items a question asks for by its title, in any order of its words.

    「商贸流通业重点项目」, 「应急体系有哪些工程」: every informative word of the question is in the title or
    says only that a list is wanted, and most of what is particular to the title is in the question.
    """
    rules = context.rules["boxes"]
    if context.question.inside or context.question.outside or context.keys.items:
        return None
    asked = _COUNT.sub("", context.question.text)
    generic = set(rules["generic"])
    content = [word for word in context.question.content if not _COUNT.fullmatch(word)]
    if not any(word in asked for word in rules["heads"]):
        return None
    best: tuple[float, Box] | None = None
    for _, _, box in context.plan.boxes():
        title = normalise(box.title)
        if any(word not in title and word not in generic for word in content):
            continue
        core = _particular(title, generic)
        held = sum(len(word) for word in core if word in asked)
        share = held / sum(map(len, core)) if core else 0.0
        if share >= rules["title_share"] and (best is None or share > best[0]):
            best = (share, box)
    return best[1] if best else None


def _particular(title: str, generic: set[str]) -> list[str]:
    """The words of a title without what any title may hold, joined to them or not (水利 of 重点水利工程)."""
    for word in sorted((word for word in generic if len(word) > 1), key=len, reverse=True):
        title = title.replace(word, " ")
    return [word for part in title.split() for word in words(part) if word not in generic]


def place_items(context: Context) -> list[TextNode]:
    """The 专栏 items of a place, where its projects are asked for: 「长春的铁路项目」."""
    question, rules = context.question, context.rules["boxes"]
    if not question.inside or not any(head in question.text for head in rules["heads"]):
        return []
    # An item that bears the place's own name (通化市) is not what is asked for, but one of them.
    named = {name.rstrip("市县州区") for name in context.keys.item_names} - set(question.inside)
    if named or question.asks_figure:
        return []
    names = {name for name in question.inside} | {
        typed for typed, meant in places().spelling.items() if meant in question.inside
    }
    about = [
        word
        for word in question.content
        if word not in rules["generic"] and not any(word in name or name in word for name in names)
    ]
    if any(len(word) > 4 for word in about) or len(about) > rules["place_words"]:
        return []
    known = set(question.inside)
    return [
        node
        for node in context.index.box_items
        if not known.isdisjoint(names_places(node.text))  # 长白山 does not name 白山
        and all(word in normalise(f"{node.metadata.get('title', '')}{node.text}") for word in about)
    ]


def counted_items(context: Context) -> list[TextNode]:
    """The 专栏 items that a question counts or lists by what their names share: 「抽水蓄能电站要建几座」."""
    question = context.question
    counts = _COUNTS.search(question.text)
    if not counts or question.inside or context.keys.items:
        return []
    generic = context.rules["boxes"]["generic"]
    words = [
        word for word in question.content if len(word) > 1 and word not in generic and word != counts["noun"]
    ]
    if not words:
        return []
    return [
        node
        for node in context.index.box_items
        if all(word in normalise(str(node.metadata.get("lead", ""))) for word in words)
    ]


def list_box(context: Context, number: int) -> Draft | None:
    """A 专栏: its heading, its number of items, and the items; whole if short, else their names."""
    head = next((node for node in context.index.passages if node.metadata.get("box") == number), None)
    if head is None:
        return None
    items = [
        node for node in context.index.passages if node.metadata.get("box") == number and node is not head
    ]
    draft = context.draft()
    draft.quote(whole(head))
    list_items(context, draft, items)
    return draft


def list_items(context: Context, draft: Draft, items: list[TextNode]) -> None:
    """Add the number of items and every one of them."""
    draft.say(wording("answer.count", count=chinese_numeral(len(items))))
    short = sum(len(node.text) for node in items) <= context.rules["outline"]["box_characters"]
    for node in items:
        draft.quote(whole(node) if short else lead_quote(node), before="- ")


def titles_asked(context: Context) -> str:
    """The word in the titles of the 专栏 that are asked for (项目 of 「有哪些重点项目」), or ""."""
    rules, question = context.rules["boxes"], context.question
    generic = set(rules["generic"])
    if question.inside or question.outside or question.kind != "list":
        return ""
    if any(word not in generic for word in question.content):
        return ""
    return next((match[1] for match in re.finditer(rules["all_of"], question.text)), "")


def list_boxes(context: Context, word: str = "") -> Draft:
    """All 专栏 by their headings, or those with a word in it."""
    heads = [context.index.passages[i] for i in _heads(context)]
    heads = [node for node in heads if word in node.text]
    draft = context.draft()
    draft.say(wording("answer.boxes", count=chinese_numeral(len(heads))))
    for node in heads:
        draft.quote(whole(node), before="- ")
    return draft


def _heads(context: Context) -> list[int]:
    return [
        i
        for i, node in enumerate(context.index.passages)
        if node.metadata["kind"] == "outline" and node.metadata.get("box")
    ]


def follows_lead(quote: Quote) -> bool:
    """Whether a quotation stands behind the lead of its passage, and so does not say it."""
    lead = str(quote.node.metadata.get("lead") or "")
    return bool(lead) and quote.span.start > quote.node.metadata["start"] + len(lead)


def quote_under_lead(draft: Draft, quote: Quote, before: str = "") -> None:
    """Add a quotation with the lead of its passage in front: 「鼓励优生优育：完善…」."""
    text = f"{quote.node.metadata['lead']}：{draft.read(quote.span)}"
    draft.state(text, [quote, lead_quote(quote.node)], before)


def lead_quote(node: TextNode) -> Quote:
    """The lead of a paragraph or the name of an item, as printed at its head; else its first sentence."""
    start = node.metadata["start"]
    lead = str(node.metadata.get("lead") or "")
    offset = node.text.find(lead)
    if not lead or not 0 <= offset <= 3:
        return Quote(node, units_of(node)[0].span)
    return Quote(node, Span(start + offset, start + offset + len(lead)))

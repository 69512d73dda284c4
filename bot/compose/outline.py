"""Answers about places in the plan: 「第十一章讲什么」, 「专栏16」, a page, the table of contents."""

from collections.abc import Iterable

from llama_index.core.schema import TextNode

from bot.compose.context import Context
from bot.draft import Draft, Quote, whole
from bot.sentences import units_of
from ingest.plan import Span
from prompts import wording


def asks_outline(context: Context) -> bool:
    """Whether the question wants the outline of what it points to, and nothing more particular."""
    question = context.question
    rules = context.rules["outline"]
    # 「在第几章」 asks for one place, 「几章」 for all.
    if not question.asks_place and any(cue in question.text for cue in rules["contents_cues"]):
        return True
    if question.chapter is None and question.box is None and question.page is None:
        return False
    return all(any(word in cue for cue in rules["plain"]) for word in question.content)


def compose(context: Context) -> Draft | None:
    """The outline of the chapter, section or 专栏 named; None if the plan has no such place."""
    question = context.question
    if question.box is not None:
        return _box(context, question.box)
    if question.page is not None:
        return _page(context, question.page)
    if question.chapter is None:
        return _contents(context)
    chapter = next((c for c in context.plan.chapters if c.number == question.chapter), None)
    if chapter is None:
        return None
    if question.section is None:
        return _chapter(context, chapter.number)
    if not any(section.number == question.section for section in chapter.sections):
        return None
    return _section(context, chapter.number, question.section)


def box_list(context: Context, number: int) -> Draft | None:
    """The items of a 专栏: whole where they are short, else their names."""
    return _box(context, number)


def heading(context: Context, chapter: int, section: int | None = None) -> Quote:
    """The printed heading of a chapter or section."""
    passage_id = f"c{chapter:02}.outline" if section is None else f"c{chapter:02}s{section:02}.outline"
    return whole(context.node(passage_id))


def lead_quote(node: TextNode) -> Quote:
    """The lead of a paragraph or the name of an item, as printed at its head."""
    start = node.metadata["start"]
    lead = str(node.metadata.get("lead") or "")
    offset = node.text.find(lead)
    if not lead or not 0 <= offset <= 3:
        first = units_of(node)[0]
        return Quote(node, first.span)
    return Quote(node, Span(start + offset, start + offset + len(lead)))


def _contents(context: Context) -> Draft:
    draft = context.draft()
    draft.say(wording("answer.contents", plan=context.plan.title))
    for chapter in context.plan.chapters:
        draft.quote(heading(context, chapter.number), before="- ")
    return draft


def _chapter(context: Context, number: int) -> Draft:
    draft = context.draft()
    draft.quote(heading(context, number))
    chapter = context.plan.chapters[number - 1]
    for section in chapter.sections:
        if section.number:
            draft.quote(heading(context, number, section.number), before="- ")
    intro = next(iter(_nodes(context, number, 0, ("paragraph",))), None)
    if intro is not None:
        draft.quote(whole(intro))
    return draft


def _section(context: Context, chapter: int, section: int) -> Draft:
    draft = context.draft()
    draft.quote(heading(context, chapter, section) if section else heading(context, chapter))
    nodes = list(_nodes(context, chapter, section, ("paragraph",)))
    led = [node for node in nodes if node.metadata.get("lead")]
    if led:
        draft.say(wording("answer.leads"))
        seen: set[str] = set()
        for node in led:
            if node.metadata["lead"] not in seen:  # a divided paragraph has its lead on every part
                seen.add(node.metadata["lead"])
                draft.quote(lead_quote(node), before="- ")
    for node in nodes[: 0 if led else context.rules["outline"]["paragraphs"]]:
        draft.quote(Quote(node, units_of(node)[0].span), before="- ")
    for node in context.index.passages:
        here = node.metadata
        if (
            here["kind"] == "outline"
            and here.get("box")
            and (here.get("chapter"), here.get("section")) == (chapter, section)
        ):
            draft.quote(whole(node), before="- ")
    return draft


def _box(context: Context, number: int) -> Draft | None:
    head = next((node for node in context.index.passages if node.metadata.get("box") == number), None)
    if head is None:
        return None
    items = [
        node for node in context.index.passages if node.metadata.get("box") == number and node is not head
    ]
    draft = context.draft()
    draft.quote(whole(head))
    short = sum(len(node.text) for node in items) <= context.rules["outline"]["box_characters"]
    for node in items:
        draft.quote(whole(node) if short else lead_quote(node), before="- ")
    return draft


def _page(context: Context, page: int) -> Draft | None:
    """What stands on a printed page: headings, and of each passage its head."""
    draft = context.draft()
    for node in context.index.passages:
        if str(page) in str(node.metadata["pages"]).split(","):
            if node.metadata["kind"] == "outline":
                draft.quote(whole(node))
            else:
                draft.quote(lead_quote(node), before="- ")
    return draft if draft.quotes else None


def _nodes(context: Context, chapter: int, section: int, kinds: Iterable[str]) -> Iterable[TextNode]:
    for node in context.index.passages:
        here = node.metadata
        if (
            here["kind"] in kinds
            and here.get("chapter") == chapter
            and here.get("section") == section
            and not here.get("box")
        ):
            yield node

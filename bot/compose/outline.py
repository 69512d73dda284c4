"""Answers about places in the plan: 「第十一章讲什么」, 「专栏16」, a page, the table of contents."""

import re
from collections.abc import Iterable

from llama_index.core.schema import TextNode

from bot.compose import boxes
from bot.compose.boxes import lead_quote
from bot.compose.context import Context
from bot.draft import Draft, Quote, whole
from bot.sentences import units_of
from ingest.numerals import chinese_numeral
from prompts import wording


def asks_outline(context: Context) -> bool:
    """Whether the question wants the outline of what it points to, and nothing more particular."""
    question = context.question
    rules = context.rules["outline"]
    # 「在第几章」 asks for one place, 「几章」 for all.
    listed = re.search(rules["contents"], question.text) or any(
        cue in question.text for cue in rules["boxes_cues"]
    )
    if listed and not question.asks_place:
        return True
    if question.chapter is None and question.box is None and question.page is None and not _matter(context):
        return False
    return all(any(word in cue for cue in rules["plain"]) for word in question.content)


def compose(context: Context) -> Draft | None:
    """The outline of the chapter, section or 专栏 named; None if the plan has no such place."""
    question = context.question
    if question.box is not None and question.asks_place:
        head = next(
            (node for node in context.index.passages if node.metadata.get("box") == question.box), None
        )
        draft = context.draft()
        if head is not None:
            place_line(draft, head)
            headings(context, draft, head)
        return draft
    if question.box is not None:
        return boxes.list_box(context, question.box)
    if question.page is not None:
        return _page(context, question.page)
    if question.chapter is None and (matter := _matter(context)):
        return _beside_chapters(context, matter)
    if question.chapter is None:
        if any(cue in question.text for cue in context.rules["outline"]["boxes_cues"]):
            return boxes.list_boxes(context)
        return _contents(context)
    chapter = next((c for c in context.plan.chapters if c.number == question.chapter), None)
    if chapter is None:
        return None
    if question.section is None:
        return _chapter(context, chapter.number)
    if not any(section.number == question.section for section in chapter.sections):
        return None
    return _section(context, chapter.number, question.section)


def place_line(draft: Draft, node: TextNode) -> None:
    """For 「在哪一章」: where a passage stands, in words."""
    draft.say(wording("answer.place_found", place=node.metadata["place"]))


def headings(context: Context, draft: Draft, node: TextNode) -> None:
    """The headings that a passage stands under, quoted from the chapter down."""
    here = node.metadata
    chapter, section = here.get("chapter"), here.get("section")
    if chapter is None:
        return
    draft.quote(heading(context, chapter))
    if section:
        draft.quote(heading(context, chapter, section))
    if here.get("box"):
        draft.quote(
            whole(next(other for other in context.index.passages if other.metadata.get("box") == here["box"]))
        )


def heading(context: Context, chapter: int, section: int | None = None) -> Quote:
    """The printed heading of a chapter or section."""
    passage_id = f"c{chapter:02}.outline" if section is None else f"c{chapter:02}s{section:02}.outline"
    return whole(context.node(passage_id))


def _matter(context: Context) -> str:
    """The kind of the passages before or after the chapters that a question names (后记); "" for none."""
    named = context.rules["outline"]["matter"]
    return next((kind for kind, names in named.items() if any(n in context.question.text for n in names)), "")


def _beside_chapters(context: Context, kind: str) -> Draft | None:
    """The first sentences of what stands before or after the chapters."""
    draft = context.draft()
    nodes = [node for node in context.index.passages if node.metadata["kind"] == kind]
    for node in nodes[: context.rules["outline"]["paragraphs"]]:
        draft.quote(Quote(node, units_of(node)[0].span), before="- " if len(nodes) > 1 else "")
    return draft if draft.quotes else None


def _contents(context: Context) -> Draft:
    draft = context.draft()
    draft.say(wording("answer.chapters", count=chinese_numeral(len(context.plan.chapters))))
    for chapter in context.plan.chapters:
        draft.quote(heading(context, chapter.number), before="- ")
    return draft


def _chapter(context: Context, number: int) -> Draft:
    draft = context.draft()
    draft.quote(heading(context, number))
    sections = [section for section in context.plan.chapters[number - 1].sections if section.number]
    if sections:
        draft.say(wording("answer.sections", count=chinese_numeral(len(sections))))
    for section in sections:
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

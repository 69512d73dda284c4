"""The tree of a plan's chapters, sections and boxes, as links to their headings in the text."""

from markupsafe import Markup

from bot.web.markup import tag
from ingest.numerals import chinese_numeral
from ingest.plan import Box, Chapter, Plan, Section
from prompts import wording


def tree_html(plan: Plan) -> Markup:
    """The tree; chapters are closed until opened."""
    ends = [("glossary.outline", "名词解释")] if plan.terms else []
    ends += [("postscript.outline", "后记")] if plan.postscript else []
    return tag(
        "nav",
        *map(_chapter, plan.chapters),
        *(tag("p", _link(anchor, title), class_="jw-tree-end") for anchor, title in ends),
        class_="jw-tree",
        aria_label=wording("web_reading.tree"),
    )


def _chapter(chapter: Chapter) -> Markup:
    name = f"第{chinese_numeral(chapter.number)}章 {chapter.title}"
    sections = [_section(chapter.number, section) for section in chapter.sections]
    # The summary opens and closes; a link in it would be a control in a control.
    start = tag("li", _link(f"c{chapter.number:02}.outline", wording("web_reading.chapter_start")))
    return tag("details", tag("summary", name), tag("ul", start, *sections))


def _section(chapter: int, section: Section) -> Markup:
    here = f"c{chapter:02}s{section.number:02}"
    boxes = [
        tag("li", _link(f"{here}.b{block.number:02}.outline", f"专栏{block.number} {block.title}"))
        for block in section.blocks
        if isinstance(block, Box)
    ]
    inner = tag("ul", *boxes, class_="jw-tree-boxes") if boxes else Markup()
    if not section.number:
        return tag("li", inner) if boxes else Markup()
    name = f"第{chinese_numeral(section.number)}节 {section.title}"
    return tag("li", _link(f"{here}.outline", name), inner)


def _link(anchor: str, title: str) -> Markup:
    return tag("a", title, href=f"#{anchor}")

"""The plan as a page to read: its text with stable anchors.

The text is written passage by passage, and passages cover the plan from end to end, so nothing is left out
and every place a citation can name has its anchor. Elements that carry plan text say in `data-s` at which
position of the cleaned text they begin; what is not plan text (page marks) is marked `data-x`, not counted.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby, pairwise
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from bot.web.markup import Attribute, join, tag
from bot.web.tree import tree_html
from ingest.numerals import chinese_numeral
from ingest.plan import Indicator, Plan
from prompts import wording

if TYPE_CHECKING:
    from llama_index.core.schema import TextNode

_FIGURE = frozenset("0123456789.,")
_PART = re.compile(r"\.\d+$")  # c01s01.p01.2 is the second part of paragraph c01s01.p01
_FLOWING = ("paragraph", "preamble", "postscript")
_COLUMNS = ("number", "name", "unit", "before", "after", "annual", "attribute")


def reading_html(plan: Plan, passages: "Sequence[TextNode]") -> str:
    """The reading view: a tree (`nav`) and the text (`article`).

    Args:
        plan: the plan as read.
        passages: its passages in reading order.
    """
    text = _Writer(plan).article(passages)
    article = tag("article", tag("h1", plan.title), *text, class_="jw-plan", aria_label=plan.title)
    return str(tree_html(plan) + article)


def page_mark(page: int) -> Markup:
    """The mark at which a page begins, which is also its anchor."""
    label = wording("web_reading.page", page=page)
    return tag("a", label, class_="jw-page", id=f"page-{page}", href=f"#page-{page}", data_x=True)


class _Writer:
    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.mends = dict(_mended_figures(plan))
        self.mend_starts = sorted(self.mends)
        table = plan.indicator_table()
        self.table = table[2] if table else None
        self.chapters = {chapter.number: chapter for chapter in plan.chapters}

    def article(self, passages: "Sequence[TextNode]") -> Iterator[Markup]:
        for kind, group in groupby(passages, key=_group):
            nodes = list(group)
            yield self._indicators(nodes) if kind == "table" else self._block(nodes)

    def _block(self, nodes: "list[TextNode]") -> Markup:
        if len(nodes) > 1:
            parts = [tag("span", self._text_of(node), **self._place(node)) for node in nodes]
            return tag("p", *parts, id=_PART.sub("", nodes[0].node_id))
        node = nodes[0]
        name, css = _element(node.metadata)
        return tag(name, self._text_of(node), _anchor(node.node_id, name), class_=css, **self._place(node))

    def _place(self, node: "TextNode") -> dict[str, Attribute]:
        start, end = node.metadata["start"], node.metadata["end"]
        page = self.plan.pages(start, end)[0]
        path = "\n".join(self._path(node.metadata))
        return {"id": node.node_id, "data_s": start, "data_e": end, "data_page": page, "data_path": path}

    def _path(self, metadata: Mapping[str, Any]) -> Iterator[str]:
        title = str(metadata.get("title", ""))
        chapter = self.chapters.get(metadata.get("chapter", 0))
        if chapter is None:
            yield title
            return
        yield f"第{chinese_numeral(chapter.number)}章 {chapter.title}"
        if number := metadata.get("section"):
            section = next(s for s in chapter.sections if s.number == number)
            yield f"第{chinese_numeral(number)}节 {section.title}"
        if box := metadata.get("box"):
            yield f"专栏{box} {title}"

    def _text_of(self, node: "TextNode") -> Markup:
        start, end = node.metadata["start"], node.metadata["end"]
        if self.table and start == self.table.span.start:
            # The printed line goes on with the column heads, which the table below has as its own.
            cut = start + len(self.table.title)
            return self._text(start, cut) + tag("span", self._text(cut, end), class_="jw-columns")
        lead = (
            str(node.metadata.get("lead") or "") if node.metadata["kind"] in ("paragraph", "box_item") else ""
        )
        if lead and self.plan.text.startswith(lead, start):
            cut = start + len(lead)
            return tag("b", self._text(start, cut)) + self._text(cut, end)
        return self._text(start, end)

    def _text(self, start: int, end: int) -> Markup:
        """Plan text [start, end) with the marks of pages and of mended figures in it."""
        pages = self.plan.page_starts
        breaks = {pages[i]: i + 1 for i in range(bisect_left(pages, start), bisect_left(pages, end))}
        first, last = bisect_left(self.mend_starts, start), bisect_left(self.mend_starts, end)
        mends = {at: self.mends[at] for at in self.mend_starts[first:last]}
        ends = (min(until, end) for until, _ in mends.values())
        parts: list[str] = []
        mend: tuple[int, str] | None = None
        for a, b in pairwise(sorted({start, end, *breaks, *mends, *ends})):
            if a in breaks:
                parts.append(page_mark(breaks[a]))
            mend = mends.get(a) or (mend if mend and a < mend[0] else None)
            piece = self.plan.text[a:b]
            parts.append(tag("span", piece, class_="jw-mend", title=mend[1]) if mend else piece)
        return join(parts)

    def _indicators(self, nodes: "list[TextNode]") -> Markup:
        if self.table is None:
            return join(self._block([node]) for node in nodes)
        rows, notes = [], []
        for node in nodes:
            found = [row for row in self.table.indicators if row.span.start == node.metadata["start"]]
            if found:
                rows += [self._row(node, row, first=not i) for i, row in enumerate(found)]
            elif node.metadata["kind"] == "outline":
                head = tag("th", self._text_of(node), colspan=7, scope="colgroup", class_="jw-category")
                rows.append(tag("tr", head, **self._place(node)))
            else:
                notes.append(self._block([node]))
        heads = [tag("th", wording(f"web_figures.{name}"), scope="col") for name in _COLUMNS]
        body = (tag("thead", tag("tr", *heads, data_x=True)), tag("tbody", *rows))
        table = tag("table", *body, class_="jw-table")
        return tag(
            "div", table, class_="jw-scroll", tabindex=0, role="region", aria_label=self.table.title
        ) + join(notes)

    def _row(self, node: "TextNode", row: Indicator, *, first: bool) -> Markup:
        start, end = node.metadata["start"], node.metadata["end"]
        at = max(start, self.plan.text.find(row.group, start, end)) if row.group else start
        values = []
        # Figures keep their mend marks: each is looked for in the printed line, from left to right.
        for cell in (row.expected_2020, row.target_2025, row.annual_or_total):
            found = self.plan.text.find(cell, at, end) if cell else -1
            if cell and found >= 0:
                values.append(tag("td", self._text(found, found + len(cell))))
                at = found + len(cell)
            else:
                values.append(tag("td", cell or "———"))
        group = tag("small", f" {row.group}") if row.group else ""
        place = self._place(node) if first else {"data_s": start, "data_e": end}
        number = tag("td", self._page_mark(start) if first else "", str(row.number))
        name = tag("th", row.name, group, scope="row")
        ends = (tag("td", row.unit), *values, tag("td", row.attribute))
        return tag("tr", number, name, *ends, data_whole=True, **place)

    def _page_mark(self, position: int) -> Markup:
        i = bisect_right(self.plan.page_starts, position) - 1
        return page_mark(i + 1) if i >= 0 and self.plan.page_starts[i] == position else Markup()


def _group(node: "TextNode") -> str:
    if node.node_id.startswith("ind."):
        return "table"
    return _PART.sub("", node.node_id) if node.metadata["kind"] in _FLOWING else node.node_id


def _element(metadata: Mapping[str, Any]) -> tuple[str, str]:
    if metadata["kind"] != "outline":
        return "p", f"jw-{metadata['kind']}".replace("_", "-")
    if "box" in metadata:
        return "h4", "jw-box"
    return ("h3", "jw-section") if metadata.get("section") else ("h2", "jw-chapter")


def _anchor(passage: str, element: str) -> Markup:
    # Only those of headings are in the tab order: one for each of a thousand paragraphs would bar the way.
    order = None if element.startswith("h") else -1
    label = wording("web_reading.anchor")
    return tag(
        "a", "#", class_="jw-anchor", href=f"#{passage}", data_x=True, aria_label=label, tabindex=order
    )


def _mended_figures(plan: Plan) -> Iterator[tuple[int, tuple[int, str]]]:
    # A mended decimal point alone is too small to point at: its figure is marked, from its first digit on.
    for mend in plan.mends:
        start = end = mend.position
        while start and plan.text[start - 1] in _FIGURE:
            start -= 1
        while end < len(plan.text) and (end == mend.position or plan.text[end] in _FIGURE):
            end += 1
        code = f"U+{ord(mend.was[0]):04X}" if mend.was else "—"
        yield start, (end, wording("web_reading.mend", code=code))

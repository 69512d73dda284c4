"""The plan as a page to read: its text with stable anchors, and the tree of its parts beside it.

The text is written passage by passage, and passages cover the plan from end to end, so nothing is left out
and every place a citation can name has its anchor. Elements that carry plan text say in `data-s` at which
position of the cleaned text they begin; what is not plan text (page marks) is marked `data-x` and not counted.
"""

import html
import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

from ingest.numerals import chinese_numeral
from ingest.plan import Box, Indicator, Plan, Section
from prompts import wording

_FIGURE = frozenset("0123456789.,")
_PART = re.compile(r"\.\d+$")  # c01s01.p01.2 is the second part of paragraph c01s01.p01


def reading_html(plan: Plan, passages: Sequence[Any]) -> str:
    """The reading view: a tree (`nav`) and the text (`article`).

    Args:
        plan: the plan as read.
        passages: its passages in reading order (llama-index nodes of `ingest.passages`).
    """
    writer = _Writer(plan)
    return f'<nav class="jw-tree" aria-label="{wording("web_reading.tree")}">{_tree(plan)}</nav>' + (
        f'<article class="jw-plan" aria-label="{html.escape(plan.title)}"><h1>{html.escape(plan.title)}</h1>'
        f"{''.join(writer.article(passages))}</article>"
    )


class _Writer:
    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.mends = dict(_mended_figures(plan))
        self.mend_starts = sorted(self.mends)
        table = plan.indicator_table()
        self.table = table[2] if table else None

    def article(self, passages: Sequence[Any]) -> Iterator[str]:
        for kind, group in groupby(passages, key=self._group):
            nodes = list(group)
            yield self._indicators(nodes) if kind == "table" else self._paragraph(nodes)

    def _group(self, node: Any) -> str:
        if node.node_id.startswith("ind."):
            return "table"
        return (
            _PART.sub("", node.node_id)
            if node.metadata["kind"] in ("paragraph", "preamble", "postscript")
            else str(node.node_id)
        )

    def _paragraph(self, nodes: list[Any]) -> str:
        if len(nodes) > 1:
            inner = "".join(
                f"<span {self._place(n)}>{self.text(n.metadata['start'], n.metadata['end'], _lead(n))}</span>"
                for n in nodes
            )
            return f'<p id="{_PART.sub("", nodes[0].node_id)}">{inner}</p>'
        node = nodes[0]
        tag, css = self._tag(node.metadata)
        text = self.text(node.metadata["start"], node.metadata["end"], _lead(node))
        if self.table and node.metadata["start"] == self.table.span.start:
            # The printed line goes on with the column heads, which the table below has as its own.
            cut = self.table.span.start + len(self.table.title)
            heads = self.text(cut, self.table.span.end)
            text = f'{self.text(self.table.span.start, cut)}<span class="jw-columns">{heads}</span>'
        return f'<{tag} class="jw-{css}" {self._place(node)}>{text}{_anchor(node.node_id, tag)}</{tag}>'

    def _place(self, node: Any) -> str:
        start, end = node.metadata["start"], node.metadata["end"]
        path = html.escape(self._path(node.metadata)).replace("\n", "&#10;")
        page = self.plan.pages(start, end)[0]
        return f'id="{node.node_id}" data-s="{start}" data-e="{end}" data-page="{page}" data-path="{path}"'

    def _tag(self, metadata: dict[str, Any]) -> tuple[str, str]:
        if metadata["kind"] != "outline":
            return "p", str(metadata["kind"]).replace("_", "-")
        if "box" in metadata:
            return "h4", "box"
        if metadata.get("section"):
            return "h3", "section"
        return "h2", "chapter"

    def _path(self, metadata: dict[str, Any]) -> str:
        parts = []
        if (number := metadata.get("chapter")) is not None:
            chapter = next(c for c in self.plan.chapters if c.number == number)
            parts.append(f"第{chinese_numeral(number)}章 {chapter.title}")
            if section := metadata.get("section"):
                title = next(s.title for s in chapter.sections if s.number == section)
                parts.append(f"第{chinese_numeral(section)}节 {title}")
            if box := metadata.get("box"):
                parts.append(f"专栏{box} {metadata.get('title', '')}".strip())
        else:
            parts.append(str(metadata.get("title", "")))
        return "\n".join(parts)

    def text(self, start: int, end: int, lead: str | None = None) -> str:
        """Plan text [start, end) as HTML, with page marks, mend marks and its lead set off."""
        lead_end = start + len(lead) if lead and self.plan.text.startswith(lead, start) else start
        if lead_end > start:
            return f"<b>{self._plain(start, lead_end)}</b>{self._plain(lead_end, end)}"
        return self._plain(start, end)

    def _plain(self, start: int, end: int) -> str:
        pages = self.plan.page_starts
        breaks = {pages[i]: i + 1 for i in range(bisect_left(pages, start), bisect_left(pages, end))}
        first, last = bisect_left(self.mend_starts, start), bisect_left(self.mend_starts, end)
        mends = {at: self.mends[at] for at in self.mend_starts[first:last]}
        cuts = sorted({start, end, *breaks, *mends, *(min(until, end) for until, _ in mends.values())})
        out, hint = [], None
        for a, b in zip(cuts, cuts[1:], strict=False):
            if a in breaks:
                out.append(page_mark(breaks[a]))
            if a in mends:
                hint = mends[a]
            elif hint and a >= hint[0]:
                hint = None
            piece = html.escape(self.plan.text[a:b])
            out.append(f'<span class="jw-mend" title="{hint[1]}">{piece}</span>' if hint else piece)
        return "".join(out)

    def _indicators(self, nodes: list[Any]) -> str:
        if self.table is None:
            return "".join(self._paragraph([node]) for node in nodes)
        rows, notes = [], []
        for node in nodes:
            start, end = node.metadata["start"], node.metadata["end"]
            lines = [row for row in self.table.indicators if row.span.start == start]
            if lines:
                rows += [self._row(node, row, first=not i) for i, row in enumerate(lines)]
            elif node.metadata["kind"] == "outline":
                rows.append(
                    f'<tr {self._place(node)}><th colspan="7" scope="colgroup" class="jw-category">{self.text(start, end)}</th></tr>'
                )
            else:
                notes.append(self._paragraph([node]))
        heads = ("number", "name", "unit", "before", "after", "annual", "attribute")
        head = "".join(f'<th scope="col">{wording(f"web_figures.{name}")}</th>' for name in heads)
        return (
            f'<div class="jw-scroll" tabindex="0" role="region" aria-label="{html.escape(self.table.title)}"><table class="jw-table"><thead><tr data-x>{head}</tr></thead>'
            f"<tbody>{''.join(rows)}</tbody></table></div>{''.join(notes)}"
        )

    def _row(self, node: Any, row: Indicator, *, first: bool) -> str:
        start, end = node.metadata["start"], node.metadata["end"]
        at = max(start, self.plan.text.find(row.group, start, end)) if row.group else start
        cells = []
        # Figures keep their mend marks: each is looked for in the printed line, from left to right.
        for cell in (row.expected_2020, row.target_2025, row.annual_or_total):
            found = self.plan.text.find(cell, at, end) if cell else -1
            if cell and found >= 0:
                cells.append(self._plain(found, found + len(cell)))
                at = found + len(cell)
            else:
                cells.append(html.escape(cell or "———"))
        page = self._page_mark(start) if first else ""
        name = html.escape(row.name) + (f"<small> {html.escape(row.group)}</small>" if row.group else "")
        values = "".join(f"<td>{cell}</td>" for cell in cells)
        place = self._place(node) if first else f'data-s="{start}" data-e="{end}"'
        return (
            f'<tr {place} data-whole><td>{page}{row.number}</td><th scope="row">{name}</th>'
            f"<td>{html.escape(row.unit)}</td>{values}<td>{html.escape(row.attribute)}</td></tr>"
        )

    def _page_mark(self, position: int) -> str:
        i = bisect_right(self.plan.page_starts, position) - 1
        return page_mark(i + 1) if i >= 0 and self.plan.page_starts[i] == position else ""


def page_mark(page: int) -> str:
    """The mark at which a page begins, which is also its anchor."""
    return f'<a class="jw-page" id="page-{page}" href="#page-{page}" data-x>{wording("web_reading.page", page=page)}</a>'


def _lead(node: Any) -> str | None:
    return node.metadata.get("lead") if node.metadata["kind"] in ("paragraph", "box_item") else None


def _anchor(passage: str, tag: str) -> str:
    # Only those of headings are in the tab order: one for each of a thousand paragraphs would bar the way.
    order = "" if tag.startswith("h") else ' tabindex="-1"'
    return f'<a class="jw-anchor" href="#{passage}" data-x aria-label="{wording("web_reading.anchor")}"{order}>#</a>'


def _mended_figures(plan: Plan) -> Iterator[tuple[int, tuple[int, str]]]:
    # A mended decimal point alone is too small to point at: its whole figure is marked, from its first digit.
    for mend in plan.mends:
        start = end = mend.position
        while start and plan.text[start - 1] in _FIGURE:
            start -= 1
        while end < len(plan.text) and (end == mend.position or plan.text[end] in _FIGURE):
            end += 1
        code = f"U+{ord(mend.was[0]):04X}" if mend.was else "—"
        yield start, (end, html.escape(wording("web_reading.mend", code=code)))


def _tree(plan: Plan) -> str:
    parts = []
    for chapter in plan.chapters:
        items = "".join(_tree_section(chapter.number, section) for section in chapter.sections)
        parts.append(
            f"<details><summary>{_link(f'c{chapter.number:02}.outline', f'第{chinese_numeral(chapter.number)}章 {chapter.title}')}</summary><ul>{items}</ul></details>"
        )
    ends = [("glossary.outline", "名词解释")] if plan.terms else []
    ends += [("postscript.outline", "后记")] if plan.postscript else []
    parts += [f'<p class="jw-tree-end">{_link(anchor, title)}</p>' for anchor, title in ends]
    return "".join(parts)


def _tree_section(chapter: int, section: Section) -> str:
    here = f"c{chapter:02}s{section.number:02}"
    boxes = "".join(
        f"<li>{_link(f'{here}.b{block.number:02}.outline', f'专栏{block.number} {block.title}')}</li>"
        for block in section.blocks
        if isinstance(block, Box)
    )
    inner = f'<ul class="jw-tree-boxes">{boxes}</ul>' if boxes else ""
    if not section.number:
        return f"<li>{inner}</li>" if boxes else ""
    title = f"第{chinese_numeral(section.number)}节 {section.title}"
    return f"<li>{_link(f'{here}.outline', title)}{inner}</li>"


def _link(anchor: str, title: str) -> str:
    return f'<a href="#{anchor}">{html.escape(title)}</a>'

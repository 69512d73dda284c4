"""Passages: the plan as llama-index nodes, each with its place, its pages and its span."""

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

from llama_index.core.node_parser.interface import NodeParser
from llama_index.core.schema import BaseNode, Document, NodeRelationship, RelatedNodeInfo, TextNode
from pydantic import Field

from ingest.place import place_in_words
from ingest.plan import Box, Chapter, IndicatorTable, Paragraph, Plan, Section, Span
from ingest.reader import read_plan
from ingest.sentences import clause_spans, sentence_spans
from ingest.tokens import count_tokens

MAX_TOKENS = 480  # a passage is a paragraph; a longer one is divided between sentences
HARD_MAX_TOKENS = 1024  # a single sentence is never divided below this
_FINDING_KEYS = ("title", "lead")  # metadata embedded with the text; the rest only says where it stands


class PlanNodeParser(NodeParser):
    """Turns documents that hold a plan's extracted text into passages.

    Put a `Document` with the raw text in, get `TextNode`s with the metadata of `passages_of`.
    """

    max_tokens: int = Field(default=MAX_TOKENS, gt=0, description="Tokens of a passage (o200k_base).")

    @classmethod
    def class_name(cls) -> str:
        """The name llama-index stores."""
        return "PlanNodeParser"

    def _parse_nodes(
        self, nodes: Sequence[BaseNode], show_progress: bool = False, **kwargs: Any
    ) -> list[BaseNode]:
        found: list[BaseNode] = []
        for node in nodes:
            plan = read_plan(node.get_content())
            source = node.as_related_node_info()
            for passage in passages_of(plan, max_tokens=self.max_tokens):
                passage.relationships[NodeRelationship.SOURCE] = source
                found.append(passage)
        return found

    def _postprocess_parsed_nodes(
        self, nodes: list[BaseNode], parent_doc_map: dict[str, Document]
    ) -> list[BaseNode]:
        # llama-index looks for each text in the raw document and adds the document's own metadata: the spans
        # stay those of the cleaned text, and what is embedded stays the title, the lead and the text.
        for node in super()._postprocess_parsed_nodes(nodes, parent_doc_map):
            if isinstance(node, TextNode):
                node.start_char_idx, node.end_char_idx = node.metadata["start"], node.metadata["end"]
            node.excluded_embed_metadata_keys = [key for key in node.metadata if key not in _FINDING_KEYS]
        return nodes


def passages_of(plan: Plan, *, max_tokens: int = MAX_TOKENS) -> list[TextNode]:
    """Divide a plan into passages in reading order.

    Args:
        plan: the plan as read.
        max_tokens: paragraphs with more tokens are divided between sentences.

    Returns:
        Nodes whose text is `plan.text[start:end]` exactly. Together they cover the plan's text, line
        breaks aside, with nothing twice. Metadata: kind (paragraph, box_item, indicator, term, outline,
        preamble or postscript), place, pages ("38" or "38,39"), start, end, and where they apply chapter,
        section (0 is a chapter's introduction), box, term, indicator, title, lead.
    """
    passages = list(_Divider(plan, max_tokens).passages())
    for before, after in pairwise(passages):
        before.relationships[NodeRelationship.NEXT] = RelatedNodeInfo(node_id=after.node_id)
        after.relationships[NodeRelationship.PREVIOUS] = RelatedNodeInfo(node_id=before.node_id)
    return passages


def plan_passages(raw: str) -> list[TextNode]:
    """Read a plan's extracted text and divide it: `PlanNodeParser` for callers without documents."""
    nodes = PlanNodeParser().get_nodes_from_documents([Document(text=raw)])
    return [node for node in nodes if isinstance(node, TextNode)]


def passage_fingerprint(node: TextNode) -> str:
    """A short fingerprint of a passage's text: what is stored about a passage is void when it changes."""
    return hashlib.sha256(node.text.encode()).hexdigest()[:12]


class _Divider:
    def __init__(self, plan: Plan, max_tokens: int) -> None:
        self.plan = plan
        self.max_tokens = max_tokens
        self.given: Counter[str] = Counter()

    def passages(self) -> Iterator[TextNode]:
        for i, paragraph in enumerate(self.plan.preamble, 1):
            yield from self._split(f"preamble.p{i:02}", paragraph, kind="preamble", title=self.plan.title)
        for chapter in self.plan.chapters:
            yield from self._chapter(chapter)
        headings = list(self.plan.headings)
        if self.plan.terms and headings:
            yield self._node("glossary.outline", headings.pop(0), kind="outline", title="名词解释")
        for term in self.plan.terms:
            names = "，".join((term.name, *term.aliases))
            yield self._node(
                f"term.{term.number}", term.span, kind="term", term=term.number, title="名词解释", lead=names
            )
        if headings:
            yield self._node("postscript.outline", headings.pop(0), kind="outline", title="后记")
        for i, paragraph in enumerate(self.plan.postscript, 1):
            yield from self._split(f"postscript.p{i:02}", paragraph, kind="postscript", title="后记")

    def _chapter(self, chapter: Chapter) -> Iterator[TextNode]:
        here = f"c{chapter.number:02}"
        yield self._node(
            f"{here}.outline", chapter.span, kind="outline", chapter=chapter.number, title=chapter.title
        )
        for section in chapter.sections:
            yield from self._section(chapter, section, f"{here}s{section.number:02}")

    def _section(self, chapter: Chapter, section: Section, here: str) -> Iterator[TextNode]:
        place: dict[str, Any] = {"chapter": chapter.number, "section": section.number}
        title = section.title or chapter.title
        if section.span is not None:
            yield self._node(f"{here}.outline", section.span, kind="outline", title=title, **place)
        number = 0
        for block in section.blocks:
            if isinstance(block, Paragraph):
                number += 1
                yield from self._split(f"{here}.p{number:02}", block, kind="paragraph", title=title, **place)
            elif isinstance(block, Box):
                yield from self._box(block, here, place)
            else:
                yield from self._table(block, here, place)

    def _box(self, box: Box, here: str, place: dict[str, Any]) -> Iterator[TextNode]:
        in_box = {**place, "box": box.number}
        yield self._node(
            f"{here}.b{box.number:02}.outline", box.span, kind="outline", title=box.title, **in_box
        )
        for i, item in enumerate(box.items, 1):
            yield self._node(
                f"{here}.b{box.number:02}.i{i:02}",
                item.span,
                kind="box_item",
                title=box.title,
                lead=item.name,
                **in_box,
            )

    def _table(self, table: IndicatorTable, here: str, place: dict[str, Any]) -> Iterator[TextNode]:
        yield self._node(f"{here}.indicators", table.span, kind="outline", title=table.title, **place)
        # A category word of the table stands before its rows: it belongs to the first row's passage.
        covered = table.span.end
        seen: set[Span] = set()
        for indicator in table.indicators:
            if indicator.span in seen:  # a divided row has one passage for both its lines
                continue
            seen.add(indicator.span)
            between = self.plan.text[covered : indicator.span.start]
            if between.strip():
                start = covered + len(between) - len(between.lstrip())
                yield self._node(
                    f"ind.category.{indicator.number}",
                    Span(start, start + len(between.strip())),
                    kind="outline",
                    title=table.title,
                    **place,
                )
            covered = indicator.span.end
            yield self._node(
                f"ind.{indicator.number}",
                indicator.span,
                kind="indicator",
                indicator=indicator.number,
                title=f"{table.title} {indicator.category}",
                lead=indicator.name,
                **place,
            )
        for i, note in enumerate(table.notes, 1):
            yield self._node(f"ind.note{i}", note.span, kind="indicator", title=table.title, **place)

    def _split(self, node_id: str, paragraph: Paragraph, **metadata: Any) -> Iterator[TextNode]:
        if paragraph.lead:
            metadata["lead"] = paragraph.lead
        text = self.plan.slice(paragraph.span)
        pieces = self._pieces(text) if len(text) * 1.2 > self.max_tokens else [(0, len(text))]
        for i, (start, end) in enumerate(pieces):
            suffix = f".{i + 1}" if len(pieces) > 1 else ""
            span = Span(paragraph.span.start + start, paragraph.span.start + end)
            yield self._node(node_id + suffix, span, **metadata)

    def _pieces(self, text: str) -> list[tuple[int, int]]:
        units: list[tuple[int, int]] = []
        for start, end in sentence_spans(text):
            if count_tokens(text[start:end]) > HARD_MAX_TOKENS:
                units += [(start + a, start + b) for a, b in clause_spans(text[start:end])]
            else:
                units.append((start, end))
        pieces: list[tuple[int, int]] = []
        for start, end in units:
            if pieces and count_tokens(text[pieces[-1][0] : end]) <= self.max_tokens:
                pieces[-1] = (pieces[-1][0], end)
            else:
                pieces.append((start, end))
        return pieces

    def _node(self, node_id: str, span: Span, *, kind: str, **metadata: Any) -> TextNode:
        self.given[node_id] += 1
        if self.given[node_id] > 1:  # a plan that gives a 专栏 number twice in a section
            node_id += f"_{self.given[node_id]}"
        pages = self.plan.pages(span.start, span.end)
        known = {
            key: metadata[key]
            for key in ("chapter", "section", "box", "term", "indicator")
            if key in metadata
        }
        full = {
            "kind": kind,
            **metadata,
            "pages": ",".join(map(str, pages)),
            "place": place_in_words(kind, pages, **known),
            "start": span.start,
            "end": span.end,
        }
        return TextNode(
            id_=node_id,
            text=self.plan.slice(span),
            metadata=full,
            start_char_idx=span.start,
            end_char_idx=span.end,
            excluded_embed_metadata_keys=[key for key in full if key not in _FINDING_KEYS],
            excluded_llm_metadata_keys=[key for key in full if key not in (*_FINDING_KEYS, "place")],
            metadata_template="{value}",
            text_template="{metadata_str}\n{content}",
        )

"""A draft answer: lines of verbatim text with their marks, and the citations they stand on."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from llama_index.core.schema import TextNode

from bot.answer import Citation
from ingest.paragraphs import BULLET
from ingest.place import place_in_words
from ingest.plan import Plan, Span

# 「———」 before a bullet; an indicator row keeps its number, which is one of its cells.
_HEAD = re.compile(rf"^(?:{BULLET}|\d+\. )")
_JOINED = ("- ", "|")  # list entries, table rows
_PLACE_KEYS = ("chapter", "section", "box", "term", "indicator")


@dataclass(frozen=True)
class Quote:
    """A piece of a passage: its node and the span in the plan's text."""

    node: TextNode
    span: Span


@dataclass(frozen=True)
class Line:
    """A line of an answer: what is shown, and the citations that carry it (none: fixed wording)."""

    text: str
    cites: tuple[int, ...] = ()


class Draft:
    """Collects an answer's lines; quotations get their numbers in the order in which they are first cited."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.lines: list[Line] = []
        self.value: str | None = None
        self._quotes: list[Quote] = []

    @property
    def quotes(self) -> tuple[Quote, ...]:
        """What is cited so far, citation 1 first."""
        return tuple(self._quotes)

    def read(self, span: Span) -> str:
        """The plan's text of a span, as one line."""
        return self.plan.slice(span).replace("\n", "")

    def cite(self, quote: Quote) -> int:
        """The citation number of a quotation; one that lies inside an earlier one shares its number."""
        for number, other in enumerate(self._quotes, 1):
            same = other.node.node_id == quote.node.node_id
            if same and other.span.start <= quote.span.start and quote.span.end <= other.span.end:
                return number
        self._quotes.append(quote)
        return len(self._quotes)

    def say(self, text: str) -> None:
        """Add a line of fixed wording."""
        self.lines.append(Line(text))

    def state(self, text: str, quotes: Iterable[Quote], before: str = "", after: str = "") -> None:
        """Add a line whose words are taken from `quotes`, with their marks after it.

        Args:
            text: verbatim from the quotations (or cells of a cited table row).
            quotes: what carries it.
            before: a bullet or number put in front.
            after: what closes the line behind the marks (the bar of a table row).
        """
        cites = tuple(dict.fromkeys(self.cite(quote) for quote in quotes))
        self.lines.append(Line(f"{before}{text}{_marks(cites)}{after}", cites))

    def quote(self, quote: Quote, before: str = "") -> None:
        """Add a quotation as a line of its own."""
        self.state(self.read(quote.span), [quote], before)

    def text(self) -> str:
        """The answer in light Markdown."""
        return "\n\n".join(_paragraphs(line.text for line in self.lines))

    def citations(self) -> tuple[Citation, ...]:
        """The citations with their places in words; pages are the quotation's, not its whole passage's."""
        return tuple(self._citation(number, quote) for number, quote in enumerate(self._quotes, 1))

    def _citation(self, number: int, quote: Quote) -> Citation:
        metadata = quote.node.metadata
        where = {key: metadata.get(key) for key in _PLACE_KEYS}
        pages = self.plan.pages(quote.span.start, quote.span.end)
        return Citation(
            n=number,
            passage_id=quote.node.node_id,
            kind=metadata["kind"],
            chapter=where["chapter"],
            section=where["section"],
            box=where["box"],
            term=where["term"],
            pages=pages,
            place=place_in_words(metadata["kind"], pages, **where),
            quote=self.read(quote.span),
            start=quote.span.start,
            end=quote.span.end,
        )


def echoed(text: str) -> str:
    """A user's words for showing: brackets widened, so that nothing in them reads as a mark."""
    return text.replace("[", "［").replace("]", "］")


def whole(node: TextNode) -> Quote:
    """A passage quoted whole, without the bullet or the glossary number at its head."""
    head = _HEAD.match(node.text)
    return Quote(node, Span(node.metadata["start"] + (head.end() if head else 0), node.metadata["end"]))


def _marks(cites: tuple[int, ...]) -> str:
    return "".join(f"[{number}]" for number in cites)


def _paragraphs(lines: Iterable[str]) -> list[str]:
    """Lines as Markdown paragraphs; list entries and table rows stay together."""
    blocks: list[str] = []
    joined = ""
    for line in lines:
        kind = line[0] if line.startswith(_JOINED) else ""
        if blocks and kind and kind == joined:
            blocks[-1] += f"\n{line}"
        else:
            blocks.append(line)
        joined = kind
    return blocks

"""The plan as data: what the reader makes and everything else reads.

Every part carries its span in `Plan.text`, the cleaned text, so that a quotation is proved by slicing.
"""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Span:
    """A half-open range of character positions in the plan's cleaned text."""

    start: int
    end: int


@dataclass(frozen=True)
class Paragraph:
    """A body paragraph; `lead` is its heading sentence (「提高粮食生产能力。」 without the stop), or None."""

    span: Span
    lead: str | None = None


@dataclass(frozen=True)
class BoxItem:
    """One item of a 专栏: 「名称：说明。」."""

    span: Span
    name: str


@dataclass(frozen=True)
class Box:
    """A 专栏 with its number, title and items; `span` is its heading's."""

    number: int
    title: str
    span: Span
    items: tuple[BoxItem, ...]


@dataclass(frozen=True)
class Indicator:
    """One line of the table 主要指标; cells are as printed, an empty cell (———) is None.

    `number` is the row's; a row with two lines (7) gives two indicators that share it.
    """

    number: int
    name: str
    group: str | None  # the line within a divided row: 城镇常住居民
    unit: str
    expected_2020: str | None
    target_2025: str | None
    annual_or_total: str | None
    attribute: str  # 预期性 or 约束性
    category: str  # 经济发展, 创新驱动, …
    span: Span

    @property
    def full_name(self) -> str:
        """The name with the line's own group in front, as one would say it."""
        return f"{self.group}{self.name.removeprefix('居民')}" if self.group else self.name


@dataclass(frozen=True)
class IndicatorTable:
    """The table of 主要指标: title, column heads, lines and the notes printed under it."""

    title: str
    span: Span
    indicators: tuple[Indicator, ...]
    notes: tuple[Paragraph, ...]
    years: tuple[str, str] = ("2020", "2025")  # of its two columns of figures: expected, aimed at


Block = Paragraph | Box | IndicatorTable


@dataclass(frozen=True)
class Section:
    """A 节; number 0 is the chapter's introduction, whose title is empty."""

    number: int
    title: str
    span: Span | None
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Chapter:
    """A 章 with its whole title; `sections[0]` may be its introduction (number 0)."""

    number: int
    title: str
    span: Span
    sections: tuple[Section, ...]


@dataclass(frozen=True)
class Term:
    """An entry of 名词解释; `aliases` are other forms people use: without quotation marks, short forms."""

    number: int
    name: str
    aliases: tuple[str, ...]
    definition: str
    span: Span


@dataclass(frozen=True)
class Mend:
    """A character the reader mended: its position in the cleaned text and what stood in the source."""

    position: int
    was: str


@dataclass(frozen=True)
class Plan:
    """A whole plan. `page_starts[i]` is the position in `text` where page `i + 1` begins."""

    title: str
    text: str
    preamble: tuple[Paragraph, ...]
    chapters: tuple[Chapter, ...]
    terms: tuple[Term, ...]
    postscript: tuple[Paragraph, ...]
    page_starts: tuple[int, ...]
    page_marks: tuple[tuple[int, int], ...] = ()
    mends: tuple[Mend, ...] = field(default=(), repr=False)
    headings: tuple[Span, ...] = ()  # 名词解释, 后记: plain headings outside the chapters

    def slice(self, span: Span) -> str:
        """The cleaned text of `span`."""
        return self.text[span.start : span.end]

    def pages(self, start: int, end: int) -> tuple[int, ...]:
        """The pages (from 1) on which the characters [start, end) are printed."""
        first = bisect_right(self.page_starts, start)
        last = bisect_right(self.page_starts, max(start, end - 1))
        return tuple(range(first, last + 1))

    @property
    def pages_total(self) -> int:
        """How many printed pages the plan has."""
        return len(self.page_starts)

    def sections(self) -> Iterator[tuple[Chapter, Section]]:
        """Every section with its chapter, introductions (number 0) included, in reading order."""
        for chapter in self.chapters:
            for section in chapter.sections:
                yield chapter, section

    def boxes(self) -> Iterator[tuple[Chapter, Section, Box]]:
        """Every 专栏 with where it stands, in reading order."""
        for chapter, section in self.sections():
            for block in section.blocks:
                if isinstance(block, Box):
                    yield chapter, section, block

    def indicator_table(self) -> tuple[Chapter, Section, IndicatorTable] | None:
        """The table of 主要指标 with where it stands, if the plan has one."""
        for chapter, section in self.sections():
            for block in section.blocks:
                if isinstance(block, IndicatorTable):
                    return chapter, section, block
        return None


def empty_plan() -> Plan:
    """A plan of nothing, for an index over texts that are no plan."""
    return Plan(title="", text="", preamble=(), chapters=(), terms=(), postscript=(), page_starts=())

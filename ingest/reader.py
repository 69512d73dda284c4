"""The reader: a plan's extracted text becomes a `Plan` (章, 节, 专栏, 主要指标, 名词解释, 后记)."""

import re
from collections.abc import Sequence
from pathlib import Path

from ingest import boxes, glossary, indicators, paragraphs
from ingest.characters import close_up, private_use
from ingest.errors import IndexBuildError, NotAPlanError
from ingest.layout import Line, read_layout
from ingest.numerals import chinese_value
from ingest.plan import (
    Block,
    Box,
    BoxItem,
    Chapter,
    Indicator,
    IndicatorTable,
    Paragraph,
    Plan,
    Section,
    Span,
    Term,
)
from ingest.writer import TextWriter

_NUMERAL = "一二三四五六七八九十百零〇"
_CHAPTER = re.compile(rf"^第([{_NUMERAL}]+)章[\u3000 ]+(\S.*)$")
_SECTION = re.compile(rf"^第([{_NUMERAL}]+)节[\u3000 ]+(\S.*)$")
_GLOSSARY_HEADING = "名词解释"
_POSTSCRIPT_HEADING = "后记"
_TITLE_WIDTH = 24  # a chapter's title goes on over short lines without punctuation


def read_source(source: Path) -> str:
    """The text of a plan's file, a byte order mark aside.

    Raises:
        IndexBuildError: the file cannot be read or is not UTF-8.
    """
    try:
        return source.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise IndexBuildError(
            f"读不到规划文本 {source}：{error.strerror}。请检查设置 JIWEN_SOURCE。"
        ) from error
    except UnicodeDecodeError as error:
        raise IndexBuildError(
            f"规划文本 {source} 不是 UTF-8 编码（第 {error.start + 1} 字节起）。请先转换为 UTF-8。"
        ) from error


def read_plan(raw: str) -> Plan:
    """Read a plan's text as extracted from its PDF.

    Args:
        raw: the whole text; see `ingest.layout` for how pages are marked.

    Returns:
        The plan with every part's span in its cleaned text.

    Raises:
        NotAPlanError: the text has no chapters or sections, or their numbers do not run on; the message
            says in Chinese what was looked for and not found.
    """
    return _Reader(raw).read()


def _squeezed(line: Line) -> str:
    return re.sub(r"\s", "", line.text)


class _Reader:
    def __init__(self, raw: str) -> None:
        self.printed = read_layout(raw)
        self.lines = self.printed.lines
        self.writer = TextWriter()
        self.headings: list[Span] = []

    def read(self) -> Plan:
        starts = [i for i, line in enumerate(self.lines) if _CHAPTER.match(line.text)]
        self._check_is_plan(starts)
        glossary_at = self._find_heading(_GLOSSARY_HEADING, starts[-1])
        postscript_at = self._find_heading(
            _POSTSCRIPT_HEADING, glossary_at if glossary_at is not None else starts[-1]
        )
        body_end = min((at for at in (glossary_at, postscript_at) if at is not None), default=len(self.lines))
        preamble = self._paragraphs(self.lines[: starts[0]])
        chapters = tuple(
            self._chapter(self.lines[start:end], number)
            for number, (start, end) in enumerate(zip(starts, [*starts[1:], body_end], strict=True), 1)
        )
        glossary_end = postscript_at if postscript_at is not None else len(self.lines)
        terms = self._terms(self.lines[glossary_at:glossary_end]) if glossary_at is not None else ()
        postscript: tuple[Paragraph, ...] = ()
        if postscript_at is not None:
            self._heading(self.lines[postscript_at])
            postscript = self._paragraphs(self.lines[postscript_at + 1 :])
        text, page_starts, mends = self.writer.finish()
        left = private_use(text)
        if left:
            context = text[max(0, left[0] - 10) : left[0] + 10]
            raise NotAPlanError(
                f"正文中有 {len(left)} 个无法识别的私用区字符，首个位于“{context!r}”。请检查文本的提取方式。"
            )
        return Plan(
            title=self._title(text, chapters),
            text=text,
            preamble=preamble,
            chapters=chapters,
            terms=terms,
            postscript=postscript,
            page_starts=page_starts,
            page_marks=self.printed.page_marks,
            mends=mends,
            headings=tuple(self.headings),
        )

    def _check_is_plan(self, chapter_lines: Sequence[int]) -> None:
        if not self.lines:
            raise NotAPlanError("文本是空的：没有找到任何一行文字。")
        missing = []
        if not chapter_lines:
            missing.append("章标题（如“第一章　……”，单独成行，“章”字后有空格）")
        if not any(_SECTION.match(line.text) for line in self.lines):
            missing.append("节标题（如“第一节　……”，单独成行，“节”字后有空格）")
        if missing:
            raise NotAPlanError(
                f"这不是可识别的规划文本：没有找到{'、'.join(missing)}。共读取 {len(self.lines)} 行。"
            )
        self._check_order([self.lines[i] for i in chapter_lines], _CHAPTER, "章")

    @staticmethod
    def _check_order(heads: Sequence[Line], pattern: re.Pattern[str], unit: str) -> None:
        for expected, line in enumerate(heads, 1):
            match = pattern.match(line.text)
            found = int(chinese_value(match.group(1))) if match else 0
            if found != expected:
                raise NotAPlanError(
                    f"{unit}的编号不连续：第 {line.number} 行是“{line.text.strip()}”，"
                    f"此处应为第{expected}{unit}。"
                )

    def _find_heading(self, heading: str, after: int) -> int | None:
        for i in range(len(self.lines) - 1, after, -1):
            if _squeezed(self.lines[i]) == heading:
                return i
        return None

    def _title(self, text: str, chapters: Sequence[Chapter]) -> str:
        head = text[: chapters[0].span.start]
        match = re.match(r"^([^，。\n]{4,80}?(?:纲要|规划))(?=[，。\n]|$)", head)
        if match is None:
            match = re.match(r"^([^，。\n]{4,80})", head)
        return match.group(1) if match else "规划"

    def _heading(self, line: Line) -> None:
        self.headings.append(self.writer.write([line]))

    def _paragraphs(self, lines: Sequence[Line]) -> tuple[Paragraph, ...]:
        found = []
        for group in paragraphs.split_paragraphs(lines):
            span = self.writer.write(group)
            found.append(Paragraph(span, paragraphs.lead_of(self.writer.read(span))))
        return tuple(found)

    def _chapter(self, lines: Sequence[Line], number: int) -> Chapter:
        title_end = 1
        while title_end < len(lines) and self._is_title_line(lines[title_end]):
            title_end += 1
        span = self.writer.write(lines[:title_end], joiner=" ")
        title = _CHAPTER.sub(r"\2", self.writer.read(span))
        starts = [i for i, line in enumerate(lines) if i >= title_end and _SECTION.match(line.text)]
        self._check_order([lines[i] for i in starts], _SECTION, "节")
        sections = []
        intro = lines[title_end : starts[0] if starts else len(lines)]
        if intro:
            sections.append(Section(0, "", None, self._blocks(intro)))
        ends = [*starts[1:], len(lines)] if starts else []  # a chapter may do without sections
        for section_number, (start, end) in enumerate(zip(starts, ends, strict=True), 1):
            section_span = self.writer.write([lines[start]], joiner=" ")
            section_title = _SECTION.sub(r"\2", self.writer.read(section_span)).replace(" ", "")
            blocks = self._blocks(lines[start + 1 : end])
            sections.append(Section(section_number, section_title, section_span, blocks))
        return Chapter(number, title, span, tuple(sections))

    @staticmethod
    def _is_title_line(line: Line) -> bool:
        text = line.text.strip()
        return (
            line.width <= _TITLE_WIDTH
            and not re.search(r"[，。；：]", text)
            and not _SECTION.match(text)
            and not boxes.is_box_heading(line)
        )

    def _blocks(self, lines: Sequence[Line]) -> tuple[Block, ...]:
        found: list[Block] = []
        body: list[Line] = []
        i = 0

        def close_body() -> None:
            found.extend(self._paragraphs(body))
            body.clear()

        while i < len(lines):
            if indicators.is_table_title(lines, i):
                close_body()
                length = indicators.table_length(lines, i)
                found.append(self._table(lines[i : i + length]))
                i += length
            elif boxes.is_box_heading(lines[i]):
                close_body()
                rest = lines[i + 1 :]
                stop = next((k for k, line in enumerate(rest) if boxes.is_box_heading(line)), len(rest))
                length = boxes.box_length(rest[:stop])
                found.append(self._box(lines[i], rest[:length]))
                i += 1 + length
            else:
                body.append(lines[i])
                i += 1
        close_body()
        return tuple(found)

    def _box(self, heading: Line, lines: Sequence[Line]) -> Box:
        span = self.writer.write([heading], joiner=" ")
        number, title = boxes.split_heading(self.writer.read(span))
        items = []
        for group in boxes.split_items(lines):
            whole = self.writer.write(group)
            for start, end, name in boxes.item_bounds(self.writer.read(whole)):
                items.append(BoxItem(Span(whole.start + start, whole.start + end), name))
        return Box(number, title, span, tuple(items))

    def _table(self, lines: Sequence[Line]) -> IndicatorTable:
        head, rows, notes = indicators.split_rows(lines)
        head_span = self.writer.write(head, joiner=" ")
        found: list[Indicator] = []
        category = ""
        for row in rows:
            if row.category != category:
                category = row.category
                self.writer.write([Line(category, row.lines[0].page, row.lines[0].number)])
            span = self.writer.write(row.lines, joiner=" ", tidy=indicators.tidy_row)
            cells = indicators.read_cells(self.writer.read(span))
            if not cells:
                raise NotAPlanError(
                    f"主要指标表第 {row.number} 行无法识别（第 {row.lines[0].number} 行）："
                    f"“{self.writer.read(span)}”。"
                )
            found += [
                Indicator(
                    row.number, cell.name, cell.group, cell.unit, *cell.values, cell.attribute, category, span
                )
                for cell in cells
            ]
        note_paragraphs = (Paragraph(self.writer.write(notes)),) if notes else ()
        title = close_up(lines[0].text)
        years = indicators.column_years(self.writer.read(head_span))
        dated = {"years": years} if years else {}
        return IndicatorTable(title, head_span, tuple(found), note_paragraphs, **dated)

    def _terms(self, lines: Sequence[Line]) -> tuple[Term, ...]:
        self._heading(lines[0])
        found: list[Term] = []
        entries = glossary.split_entries(lines[1:])
        if not entries or entries[0][0] is not lines[1]:
            where = f"第 {lines[1].number} 行是“{lines[1].text.strip()}”" if lines[1:] else "标题下没有文字"
            raise NotAPlanError(f"名词解释没有从第1条（“1.词：解释”）开始：{where}。")
        for entry in entries:
            span = self.writer.write(entry, tidy=glossary.separate_number)
            read = glossary.read_entry(self.writer.read(span))
            if read is None:
                raise NotAPlanError(f"名词解释第 {len(found) + 1} 条缺少冒号（第 {entry[0].number} 行）。")
            number, name, definition = read
            found.append(Term(number, name, glossary.aliases_of(name, definition), definition, span))
        return tuple(found)

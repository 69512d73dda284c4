"""A conversation as a Word document: questions, answers with their tables and marks, reference lines."""

import io
import re
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from bot.web.blocks import Block, Sources, blocks, pieces
from bot.web.conversation import Conversation, Turn
from bot.web.export import made_line, reference_lines, title_of
from prompts import wording

if TYPE_CHECKING:
    from docx.document import Document
    from docx.text.paragraph import Paragraph

# Fonts are named, not embedded: a reader's machine without them takes what it has for Chinese.
_BODY_FONT, _HEAD_FONT, _LATIN_FONT = "宋体", "黑体", "Times New Roman"
_BODY, _SMALL = 12.0, 10.5  # points: 小四, 五号
_TITLE, _QUESTION = 18.0, 14.0  # 小二, 四号
_INDENT = 24.0  # points
_PAGE = (210, 297, 25)  # A4 and its margins, in millimetres
# What XML 1.0 cannot hold: https://www.w3.org/TR/xml/#charsets
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def word(conversation: Conversation, plan_title: str) -> bytes:
    """A conversation as a .docx file.

    Args:
        conversation: as the browser keeps it; characters that no XML can hold are left out.
        plan_title: for the line under the title and the reference lines.
    """
    from docx import Document

    document = Document()
    _set_up(document, title_of(conversation))
    document.add_paragraph(_clean(title_of(conversation)), "Title")
    _small(document, made_line(conversation, plan_title))
    for turn in conversation.turns:
        _write_turn(document, turn, plan_title)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _write_turn(document: "Document", turn: Turn, plan_title: str) -> None:
    document.add_paragraph(_clean(" ".join(turn.question.split())), "Heading 1")
    sources = {source.n: source for source in turn.sources}
    for block in blocks(turn.text):
        if block.kind == "table":
            _write_table(document, block, sources)
        else:
            _write_lines(document, block, sources)
    if turn.sources:
        _small(document, wording("web_export.sources"))
        for line in reference_lines(turn.sources, plan_title):
            _small(document, line)


def _write_lines(document: "Document", block: Block, sources: Sources) -> None:
    from docx.shared import Pt

    if block.kind == "ul":
        for line in block.lines:
            _write_line(document.add_paragraph(style="List Bullet"), [line], sources)
        return
    if block.kind == "ol":
        # Numbers as text: Word would count on from the list of the answer before.
        for number, line in enumerate(block.lines, block.first):
            paragraph = document.add_paragraph()
            paragraph.paragraph_format.left_indent = Pt(_INDENT)
            paragraph.paragraph_format.first_line_indent = Pt(-_INDENT)
            _write_line(paragraph, [f"{number}.\t{line}"], sources)
        return
    paragraph = document.add_paragraph()
    if block.kind == "quote":
        paragraph.paragraph_format.left_indent = Pt(_INDENT)
    _write_line(paragraph, block.lines, sources)


def _write_table(document: "Document", block: Block, sources: Sources) -> None:
    from docx.oxml import OxmlElement

    width = max(map(len, block.rows))
    table = document.add_table(len(block.rows), width, "Table Grid")
    for y, row in enumerate(block.rows):
        cells = table.rows[y].cells
        for cell, text in zip(cells, row, strict=False):
            paragraph = cell.paragraphs[0]
            paragraph.paragraph_format.space_after = 0
            _write_line(paragraph, [text], sources, bold=y == 0)
    # The heading comes again where the table goes over a page.
    table.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
    document.add_paragraph().paragraph_format.space_after = 0


def _write_line(
    paragraph: "Paragraph", lines: Iterable[str], sources: Sources, *, bold: bool = False
) -> None:
    for i, line in enumerate(lines):
        if i:
            paragraph.add_run().add_break()
        for piece in pieces(line, sources):
            run = paragraph.add_run(_clean(piece.text))
            run.bold = True if piece.bold or bold else None
            run.font.superscript = True if piece.source else None


def _small(document: "Document", text: str) -> None:
    from docx.shared import Pt

    run = document.add_paragraph().add_run(_clean(text))
    run.font.size = Pt(_SMALL)


def _set_up(document: "Document", title: str) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.oxml.ns import qn
    from docx.shared import Mm, Pt, RGBColor

    section = document.sections[0]
    section.page_width, section.page_height = Mm(_PAGE[0]), Mm(_PAGE[1])
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = Mm(_PAGE[2])
    styles: Any = document.styles
    for fonts in styles.element.iter(qn("w:rFonts")):
        _name_fonts(fonts, _BODY_FONT)
    for lang in styles.element.iter(qn("w:lang")):
        lang.set(qn("w:eastAsia"), "zh-CN")
    for name, size, font in (
        ("Normal", _BODY, _BODY_FONT),
        ("Title", _TITLE, _HEAD_FONT),
        ("Heading 1", _QUESTION, _HEAD_FONT),
    ):
        style = styles[name]
        style.font.size, style.font.color.rgb = Pt(size), RGBColor(0, 0, 0)
        _name_fonts(style.element.get_or_add_rPr().get_or_add_rFonts(), font)
    styles["Title"].paragraph_format.alignment = WD_ALIGN_PARAGRAPH.CENTER
    about = document.core_properties
    about.title, about.author, about.comments = _clean(title), wording("web_page.name"), ""
    about.created = about.modified = datetime.now(UTC)


def _name_fonts(fonts: Any, chinese: str) -> None:  # noqa: ANN401  an element of python-docx
    from docx.oxml.ns import qn

    for key in [key for key in fonts.attrib if key.endswith("Theme")]:
        del fonts.attrib[key]  # a theme's font goes before a named one
    for script in ("ascii", "hAnsi", "cs"):
        fonts.set(qn(f"w:{script}"), _LATIN_FONT)
    fonts.set(qn("w:eastAsia"), chinese)
    fonts.set(qn("w:hint"), "eastAsia")  # or quotation marks are taken from the Latin font


def _clean(text: str) -> str:
    return _NO_XML.sub("", text)

"""Layout: the extracted text as printed lines with their page, their width and their blank neighbours."""

import re
from dataclasses import dataclass

from ingest.characters import narrow

_PAGE_MARK = re.compile(r"^—(\d+)—$")
PAGE_BREAK = " "  # a line that begins with exactly this ASCII space is the first of a page


@dataclass(frozen=True)
class Line:
    """One printed line: narrowed text (spaces as extracted), page from 1, line number in the file from 1."""

    text: str
    page: int
    number: int

    @property
    def width(self) -> int:
        """Printed characters of the line, spaces aside (a body line has 26 to 28, a box line 37 to 41)."""
        return sum(1 for char in self.text if not char.isspace())


@dataclass(frozen=True)
class Printed:
    """The lines of a text and the page marks that survived, as (mark read, page counted)."""

    lines: tuple[Line, ...]
    page_marks: tuple[tuple[int, int], ...]
    pages: int


def read_layout(raw: str) -> Printed:
    """Split `raw` into printed lines with page numbers; page marks are taken out and reported.

    A page begins at a line that starts with one ASCII space, or after a printed page mark, whose digits
    the extraction reversed (「—９２—」 is page 29).
    """
    lines: list[Line] = []
    marks: list[tuple[int, int]] = []
    page = 0
    after_mark = False
    for number, raw_line in enumerate(raw.replace("\r\n", "\n").split("\n"), 1):
        if not raw_line.strip():
            continue
        text = narrow(raw_line)
        mark = _PAGE_MARK.match(text.strip())
        if mark:
            marks.append((int(mark.group(1)[::-1]), page))
            page += 1
            after_mark = True
            continue
        if text.startswith(PAGE_BREAK) and not after_mark:
            page += 1
        after_mark = False
        lines.append(Line(text.strip(PAGE_BREAK), max(page, 1), number))
    last_page = lines[-1].page if lines else 0
    return Printed(tuple(lines), tuple(marks), last_page)

"""Typesetting: blocks of text as the printed lines that an extraction of a plan's PDF gives.

The conventions are those that `ingest.layout`, `ingest.paragraphs` and `ingest.boxes` read: full-width
figures, private-use decimal points, set-in first lines, wide lines in boxes, a space before each page's first
line, page marks with their digits reversed.
"""

import re
from collections.abc import Sequence

from ingest.characters import DECIMAL_MARK
from ingest.paragraphs import BODY_WIDTH, BOX_WIDTH

_PAGE_LINES = 26
_MARKED = 9  # every so many pages the printed page mark survives
_WIDE = str.maketrans(
    {chr(code): chr(code + 0xFEE0) for code in range(ord("0"), ord("9") + 1)}
    | {chr(code): chr(code + 0xFEE0) for code in range(ord("A"), ord("Z") + 1)}
    | {chr(code): chr(code + 0xFEE0) for code in range(ord("a"), ord("z") + 1)}
    | {char: chr(ord(char) + 0xFEE0) for char in "%+/&<>="}
)
_POINT = re.compile(r"(?<=\d)[.](?=\d)|(?<=\d),(?=\d-)")
_STOP = re.compile(r"[。！？；][”’）》]*$")
_NARROW = BODY_WIDTH - 2
_BOX = BOX_WIDTH - 2


class Typesetter:
    """Collects printed lines; `text` gives them as one extracted text."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._on_page = 0
        self._page = 1
        self._before = ""  # the last body line, without spaces; "" after a heading

    def heading(self, *lines: str, new_page: bool = False) -> None:
        """A heading of one or more lines, which no paragraph goes on from."""
        if new_page:
            self._on_page = _PAGE_LINES
        for line in lines:
            self._line(widened(line))
        self._before = ""

    def paragraph(self, text: str) -> None:
        """A body paragraph: its first line two characters shorter."""
        lines = _wrapped(text, _NARROW, BODY_WIDTH)
        before = self._before
        told = not before or (
            _STOP.search(before) is not None and (len(before) < _NARROW or len(lines[0]) >= BODY_WIDTH - 4)
        )
        for i, line in enumerate(lines):
            self._line(("" if told or i else "\u3000\u3000") + widened(line))
        self._before = lines[-1]

    def box(self, number: int, title: str, items: Sequence[str]) -> None:
        """A 专栏 with its items 「名称：说明。」."""
        self.heading(f"专栏{number}\u3000{title}")
        for item in items:
            for line in _wrapped(item, _BOX, _BOX):
                self._line(widened(line))

    def cells(self, *lines: str) -> None:
        """Lines of a table, as they stand."""
        for line in lines:
            self._line(widened(line))
        self._before = ""

    def text(self) -> str:
        """The whole as extracted."""
        return "\n\n".join(self._lines) + "\n"

    def _line(self, line: str) -> None:
        if self._on_page >= _PAGE_LINES or not self._lines:
            if self._lines and self._page % _MARKED == 0:
                self._lines.append(f"—{widened(str(self._page)[::-1])}—")
            if self._lines:
                self._page += 1
            self._on_page = 0
            line = f" {line}"
        self._lines.append(line)
        self._on_page += 1


def widened(text: str) -> str:
    """Figures, letters and measure signs full-width, decimal points as the broken font has them."""
    return _POINT.sub(DECIMAL_MARK, text).translate(_WIDE)


def _wrapped(text: str, first: int, width: int) -> list[str]:
    """Lines of `text`; none but the last ends with a stop, which would read as the end of the paragraph."""
    lines = []
    start, wide = 0, first
    while start < len(text):
        end = min(start + wide, len(text))
        while end < len(text) and end > start + 1 and _STOP.search(text[start:end]):
            end -= 1
        lines.append(text[start:end])
        start, wide = end, width
    return lines

"""The cleaned text while it is being written: printed lines go in, spans and page starts come out."""

from collections.abc import Callable, Sequence

from ingest.characters import DECIMAL_MARK, close_up, join_lines, mend_decimals, squeeze
from ingest.layout import Line
from ingest.plan import Mend, Span


class TextWriter:
    """Collects the cleaned text, one line of it a block, and remembers on which page each part stands."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._by_start: dict[int, str] = {}
        self._length = 0
        self._page_starts: list[int] = []
        self._mends: list[Mend] = []

    def write(
        self, lines: Sequence[Line], *, joiner: str | None = None, tidy: Callable[[str], str] | None = None
    ) -> Span:
        """Append printed `lines` as one block and return its span.

        Args:
            lines: the block's printed lines, in order.
            joiner: None joins the lines as running text, justified spaces closed up; a string is put
                between lines whose single spaces are kept (table cells, titles of several parts).
            tidy: a last change of white space in the joined text (a glossary number, a table's row).
        """
        start = self._length
        text = ""
        pages: list[tuple[int, int]] = []  # page, printed characters of the block before it
        for line in lines:
            if joiner is not None:
                piece = " ".join(line.text.split())
                text = text + joiner + piece if text else piece
            else:
                piece = close_up(line.text)
                # A space at a line's end inside a Latin word (「Micro / LED」) must survive until the join.
                tail = " " if line.text[-1:].isspace() else ""
                text = join_lines(text, piece + tail) if text else piece + tail
            pages.append((line.page, len(squeeze(text)) - len(squeeze(piece))))
        raw = tidy(text.rstrip()) if tidy else text.rstrip()
        text = mend_decimals(raw)
        self._start_pages(text, start, pages)
        self._mends += [Mend(start + i, DECIMAL_MARK) for i, char in enumerate(raw) if char != text[i]]
        self._parts.append(text)
        self._by_start[start] = text
        self._length += len(text) + 1
        return Span(start, start + len(text))

    def _start_pages(self, text: str, start: int, pages: Sequence[tuple[int, int]]) -> None:
        # White space may have moved since a line was joined: its place is counted in printed characters.
        places = [i for i, char in enumerate(text) if not char.isspace()]
        for page, before in pages:
            while len(self._page_starts) < page:
                self._page_starts.append(start + places[before])

    def read(self, span: Span) -> str:
        """The cleaned text of a block that `write` returned `span` for."""
        return self._by_start[span.start][: span.end - span.start]

    def finish(self) -> tuple[str, tuple[int, ...], tuple[Mend, ...]]:
        """Return the cleaned text, the page starts and the list of mended characters."""
        return "\n".join(self._parts), tuple(self._page_starts), tuple(self._mends)

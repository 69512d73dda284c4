"""The light Markdown of an answer, read once for the page and for Word: blocks, and the pieces of a line.

Nothing else of Markdown is known: what is no bold, list, table, quotation, heading or [n] is text.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from bot.web.conversation import Source

Kind = Literal["p", "ul", "ol", "quote", "table"]
Sources = Mapping[int, Source]

_MARK = re.compile(r"\[(\d{1,3})\]")
_BOLD = re.compile(r"\*\*(.+?)\*\*")
_ITEM = re.compile(r"^\s*(?:[-*•]|(\d{1,2})[.、])\s+")
_HEADING = re.compile(r"^#{1,6}\s+")
_RULE = re.compile(r"^\|?[\s:|-]+\|?$")


@dataclass(frozen=True)
class Block:
    """Lines that belong together.

    Attributes:
        kind: "ul" and "ol" are lists without and with numbers.
        lines: its lines or items without their marks; none of a table.
        rows: a table's cells, those of its heading first.
        first: the number of a numbered list's first item.
    """

    kind: Kind
    lines: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    first: int = 1


@dataclass(frozen=True)
class Piece:
    """A part of a line: text, or the mark of a source."""

    text: str
    bold: bool = False
    source: Source | None = None


def blocks(text: str) -> Iterator[Block]:
    """The blocks of an answer, in order."""
    kind: Kind | None = None
    held: list[str] = []
    for line in [*text.splitlines(), ""]:
        now = _kind(line)
        if kind and now != kind:
            yield _block(kind, held)
            held = []
        kind = now
        if now:
            held.append(line)


def pieces(line: str, sources: Sources) -> Iterator[Piece]:
    """The pieces of a line; a mark without a source is text."""
    for i, part in enumerate(_BOLD.split(line)):  # every second part was between asterisks
        start = 0
        for match in _MARK.finditer(part):
            source = sources.get(int(match.group(1)))
            if source is None:
                continue
            if match.start() > start:
                yield Piece(part[start : match.start()], bold=bool(i % 2))
            yield Piece(match.group(), source=source)
            start = match.end()
        if start < len(part):
            yield Piece(part[start:], bold=bool(i % 2))


def _kind(line: str) -> Kind | None:
    if not line.strip():
        return None
    if line.lstrip().startswith("|"):
        return "table"
    if match := _ITEM.match(line):
        return "ol" if match.group(1) else "ul"
    return "quote" if line.startswith("> ") else "p"


def _block(kind: Kind, held: list[str]) -> Block:
    if kind == "table" and len(held) > 1 and _RULE.match(held[1].strip()):
        rows = [
            tuple(cell.strip() for cell in line.strip().strip("|").split("|"))
            for line in (held[0], *held[2:])
        ]
        return Block("table", rows=tuple(rows))
    if kind in ("ol", "ul"):
        match = _ITEM.match(held[0])
        first = int(match.group(1)) if match and match.group(1) else 1
        return Block(kind, tuple(_ITEM.sub("", line) for line in held), first=first)
    if kind == "quote":
        return Block(kind, tuple(line[2:] for line in held))
    return Block("p", tuple(_HEADING.sub("", line) for line in held))

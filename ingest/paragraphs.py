"""Paragraphs out of printed lines: where one ends, told by its stop and the widths of the lines.

The first line of a paragraph is set in by two characters, so a body's first line has 24 to 26 characters
where a full one has 27 or more; a last line is as long as it happens to be.
"""

import re
from collections.abc import Sequence

from ingest.layout import Line

BODY_WIDTH = 28  # characters in a full body line
BOX_WIDTH = 41  # characters in a full line of a 专栏
BULLET = "———"
_SIGNATURE_WIDTH = 20  # a line this short that ends no sentence stands alone (the signature under 后记)

_STOP = re.compile(r"[。！？；][”’）》]*$")
# A lead is one short clause with no comma: 「提高粮食生产能力。」, 「———坚持系统观念。」
_LEAD = re.compile(rf"^(?:{BULLET})?([^。，；：！？]{{2,32}})。(?=.)")


def ends_sentence(line: Line) -> bool:
    """Whether the line ends with a full stop (closing quotes after it allowed)."""
    return bool(_STOP.search(line.text.rstrip()))


def is_narrow(line: Line, full: int = BODY_WIDTH) -> bool:
    """Whether a line is too short to be full: only a paragraph's last line may be."""
    return line.width < full - 2


def starts_paragraph(line: Line, before: Line) -> bool:
    """Whether body `line` opens a new paragraph after `before`."""
    if line.text.startswith((BULLET, "\u3000\u3000")):
        return True
    if not ends_sentence(before):
        return before.width < _SIGNATURE_WIDTH
    unwrapped = before.width > BOX_WIDTH  # a text whose paragraphs are one line each
    set_in = BODY_WIDTH - 4 <= line.width <= BODY_WIDTH - 2
    return is_narrow(before) or unwrapped or set_in


def split_paragraphs(lines: Sequence[Line]) -> list[list[Line]]:
    """Group body lines into paragraphs."""
    groups: list[list[Line]] = []
    for line in lines:
        if groups and not starts_paragraph(line, groups[-1][-1]):
            groups[-1].append(line)
        else:
            groups.append([line])
    return groups


def lead_of(text: str) -> str | None:
    """The lead sentence of a paragraph without its stop, or None where it has none.

    A paragraph that is one sentence has no lead: there is nothing for it to head.
    """
    match = _LEAD.match(text)
    return match.group(1) if match else None

"""专栏 (boxes): where one ends, for it has no end mark, and its items 「名称：说明。」."""

import re
from collections.abc import Sequence
from itertools import zip_longest

from ingest.layout import Line
from ingest.paragraphs import BODY_WIDTH, BOX_WIDTH, ends_sentence

BOX_HEADING = re.compile(r"^专栏(\d+)[\u3000 ]*(\S.*)$")
_NAME = re.compile(r"^[^。；]{2,45}?：")
_LONG_NAME = re.compile(r"^[^。；，]{30,60}：")
# A name that lacks its colon: 「中医药健康产业创新专项。」 at the head of a full box line.
_BARE_NAME = re.compile(r"^[^，。；：]{4,24}。(?=.)")
# An item that begins in the middle of a line, after the stop of the one before (box 30).
_INNER_NAME = re.compile(r"(?<=。)[^，。；：、“”]{4,20}：")


def is_box_heading(line: Line) -> bool:
    """Whether the line opens a 专栏; its title may follow without a space (专栏9)."""
    return bool(BOX_HEADING.match(line.text.strip()))


def split_heading(text: str) -> tuple[int, str]:
    """Number and title of a cleaned box heading."""
    match = BOX_HEADING.match(text)
    if match is None:
        raise ValueError(f"not a box heading: {text!r}")
    return int(match.group(1)), match.group(2).replace(" ", "")


def _complete(line: Line) -> bool:
    # A last line without its stop (专栏3: 「等领域」) is known by being short.
    return ends_sentence(line) or line.width < BOX_WIDTH - 5


def _starts_item(line: Line, before: Line, after: Line | None) -> bool:
    text = line.text.strip()
    if not _complete(before):
        return False
    if _NAME.match(text):
        return True
    # A long name goes on to the next line before its colon comes (box 13, the fourth item).
    if after is not None and line.width <= BOX_WIDTH and _LONG_NAME.match(text + after.text.strip()):
        return True
    return ends_sentence(before) and line.width <= BOX_WIDTH - 2 and bool(_BARE_NAME.match(text))


def is_body_line(line: Line, before: Line) -> bool:
    """Whether `line`, met after box line `before`, is body text again.

    A box line that goes on is 37 to 41 wide, a body line 28 at most: a narrow line after a finished item
    is body text, unless it is a whole short item itself (「大安己二腈基地：建设…装置。」) or the rest of
    one whose line before was quite full.
    """
    if line.width > BODY_WIDTH + 2 or not _complete(before):
        return False
    if _NAME.match(line.text.strip()) and ends_sentence(line):
        return False
    rest_of_item = before.width >= BOX_WIDTH and ends_sentence(line) and line.width < BODY_WIDTH - 4
    return not rest_of_item


def box_length(lines: Sequence[Line]) -> int:
    """How many of `lines` (which follow a box heading, up to the next heading) belong to the box."""
    for i in range(1, len(lines)):
        if is_body_line(lines[i], lines[i - 1]):
            return i
    return len(lines)


def split_items(lines: Sequence[Line]) -> list[list[Line]]:
    """Group a box's lines into items."""
    groups: list[list[Line]] = []
    for line, after in zip_longest(lines, lines[1:]):
        if groups and not _starts_item(line, groups[-1][-1], after):
            groups[-1].append(line)
        else:
            groups.append([line])
    return groups


def item_bounds(text: str) -> list[tuple[int, int, str]]:
    """Split one group's cleaned text where a new item begins in mid-line: (start, end, name) of each."""
    starts = [0, *(match.start() for match in _INNER_NAME.finditer(text))]
    ends = [*starts[1:], len(text)]
    return [(start, end, item_name(text[start:end])) for start, end in zip(starts, ends, strict=True)]


def item_name(text: str) -> str:
    """The name of an item: up to its colon, or its first sentence where the colon is missing."""
    match = _NAME.match(text) or _LONG_NAME.match(text)
    if match:
        return match.group()[:-1]
    return re.split(r"[。，；：]", text, maxsplit=1)[0]

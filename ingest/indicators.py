"""The table of 主要指标, which the extraction read out cell by cell."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ingest.characters import close_up
from ingest.layout import Line

EMPTY_CELL = "———"
_TITLE = re.compile(r"主要指标$")
_HEADER_CELLS = ("类", "别", "序", "号")
_ROW = re.compile(r"^(\d{1,3})(?:\s|$)")
_YEAR = re.compile(r"(20\d{2})年")
_ATTRIBUTE = "预期性|约束性"
_TIDY = re.compile(rf"^(?P<number>\d+) (?P<name>.+（[^（）]+）) ?(?P<cells>[^（]*(?:{_ATTRIBUTE}))$")
_CELLS = re.compile(rf"(?P<head>.*?)(?P<cells>\S+ \S+ \S+?) ?(?P<attribute>{_ATTRIBUTE})(?: |$)")


@dataclass(frozen=True)
class Row:
    """One numbered row as printed: its lines, and the category its lines stand under."""

    number: int
    category: str
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Cells:
    """What one line of the table says; empty cells are None."""

    name: str
    group: str | None
    unit: str
    values: tuple[str | None, str | None, str | None]  # 2020 expected, 2025 target, annual or cumulative
    attribute: str


def is_table_title(lines: Sequence[Line], i: int) -> bool:
    """Whether the table's title stands at line `i`: the first header cells follow it one by one."""
    following = tuple(line.text.strip() for line in lines[i + 1 : i + 5])
    return bool(_TITLE.search(lines[i].text.strip())) and following == _HEADER_CELLS


def column_years(head: str) -> tuple[str, str] | None:
    """The years that the table's head gives its two columns of figures; None if it gives no two."""
    years = _YEAR.findall(head)
    return (years[0], years[1]) if len(years) == len(("expected", "target")) else None


def table_length(lines: Sequence[Line], start: int) -> int:
    """How many lines from the title on belong to the table, its notes (「注：…」) included."""
    i = start + 5
    last = i
    while i < len(lines):
        text = lines[i].text.strip("\u3000 ")
        if text.startswith("注：") or text.startswith("注:"):
            while i < len(lines) and not lines[i].text.rstrip().endswith("。"):
                i += 1
            return i + 1 - start
        if re.search(rf"(?:{_ATTRIBUTE})$", text):  # a row's last cell; body text only speaks of 预期性指标
            last = i
        elif re.match(r"^第.{1,3}[章节]", text):
            break
        i += 1
    return last + 1 - start


def split_rows(lines: Sequence[Line]) -> tuple[list[Line], list[Row], list[Line]]:
    """Divide the table's lines (title first) into head, rows and notes.

    Category words stand one character a line before the rows they head; row numbers run from 1.
    """
    head: list[Line] = []
    rows: list[Row] = []
    letters: list[Line] = []
    current: list[Line] = []
    category = ""

    def close() -> None:
        if current:
            rows.append(Row(len(rows) + 1, category, tuple(current)))
            current.clear()

    for i, line in enumerate(lines):
        text = line.text.strip("\u3000 ")
        if text.startswith("注：") or text.startswith("注:"):
            close()
            return head, rows, list(lines[i:])
        match = _ROW.match(text)
        if match and int(match.group(1)) == len(rows) + (2 if current else 1):
            close()
            if letters:
                category = "".join(letter.text.strip() for letter in letters)
                letters.clear()
            current.append(line)
        elif len(text) == 1 and i >= 5 and not text.isdigit():
            close()
            letters.append(line)
        elif current:
            current.append(line)
        else:
            head.append(line)
    close()
    return head, rows, []


def tidy_row(text: str) -> str:
    """A row's joined lines with the spaces inside its name closed up and one between its cells."""
    match = _TIDY.match(re.sub(r"\s+（", "（", text))
    if match is None:
        return text
    cells = re.sub(rf"(?<=\S) ?({_ATTRIBUTE})", r" \1", match["cells"])
    return f"{match['number']} {close_up(match['name'])} {cells}"


def read_cells(text: str) -> list[Cells]:
    """Read a tidy row 「18 森林覆盖率（%） 45 45.8 ——— 约束性」 into its lines.

    A divided row (「7 居民人均可支配收入增长（%） 城镇常住居民 3.4 …」) gives one for each part. A text
    that is no such row gives none.
    """
    row = _TIDY.match(text)
    if row is None:
        return []
    name, unit = row["name"].removesuffix("）").rsplit("（", 1)
    lines: list[Cells] = []
    for match in _CELLS.finditer(row["cells"]):
        first, second, third = (None if cell == EMPTY_CELL else cell for cell in match["cells"].split(" "))
        lines.append(
            Cells(name, match["head"].strip() or None, unit, (first, second, third), match["attribute"])
        )
    return lines

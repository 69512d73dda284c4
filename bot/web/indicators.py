"""The table of 主要指标: filtered, sorted, drawn, every cell with its page."""

import html
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.web.message import bar_pair
from ingest.place import pages_in_words
from ingest.plan import Indicator, IndicatorTable, Plan
from prompts import wording

ALL = "all"
SORTS = ("printed", "name", "before", "after", "change")
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_CELLS = ("expected_2020", "target_2025", "annual_or_total")
HEADS = ("number", "category", "name", "unit", "before", "after", "annual", "attribute", "page")


@dataclass(frozen=True)
class Row:
    """A line of the table with its page and its anchor in the text."""

    indicator: Indicator
    page: int
    anchor: str

    @property
    def before(self) -> float | None:
        """The 2020 figure, if it is one."""
        return number(self.indicator.expected_2020)

    @property
    def after(self) -> float | None:
        """The 2025 figure, if it is one."""
        return number(self.indicator.target_2025)

    @property
    def change(self) -> float | None:
        """How much the 2025 figure is over the 2020 one, as a share of it."""
        return (self.after - self.before) / self.before if self.before and self.after is not None else None

    def cells(self) -> tuple[str, ...]:
        """The line as printed, in the order of `HEADS`; an empty cell is empty."""
        i = self.indicator
        values = (i.expected_2020, i.target_2025, i.annual_or_total)
        return (
            str(i.number),
            i.category,
            i.full_name,
            i.unit,
            *(value or "" for value in values),
            i.attribute,
            str(self.page),
        )


def number(cell: str | None) -> float | None:
    """A cell that is a plain number; None for 「>6.5」, 「待国家下达」 or nothing."""
    return float(cell) if cell and _NUMBER.fullmatch(cell) else None


def table_rows(plan: Plan) -> tuple[Row, ...]:
    """The lines in their printed order; none if the plan has no such table."""
    found = plan.indicator_table()
    if found is None:
        return ()
    return tuple(
        Row(row, plan.pages(row.span.start, row.span.end)[0], f"ind.{row.number}")
        for row in found[2].indicators
    )


def choices(rows: Sequence[Row]) -> tuple[list[str], list[str]]:
    """The categories and attributes that occur, in their printed order."""
    categories = dict.fromkeys(row.indicator.category for row in rows)
    return list(categories), list(dict.fromkeys(row.indicator.attribute for row in rows))


def pick(rows: Sequence[Row], category: str, attribute: str, sort: str) -> list[Row]:
    """The lines of a category and attribute (`ALL` for any), sorted by one of `SORTS`.

    Lines without the figure sorted by come last.
    """
    picked = [
        row
        for row in rows
        if category in (ALL, row.indicator.category) and attribute in (ALL, row.indicator.attribute)
    ]
    if sort == "name":
        from pypinyin import lazy_pinyin

        return sorted(picked, key=lambda row: lazy_pinyin(row.indicator.full_name))
    keys: dict[str, Callable[[Row], float | None]] = {
        "before": lambda row: row.before, "after": lambda row: row.after, "change": lambda row: row.change,
    }  # fmt: skip
    key = keys.get(sort)
    if key is None:
        return picked

    def place(row: Row) -> tuple[bool, float]:
        value = key(row)
        return value is None, -(value or 0.0)

    return sorted(picked, key=place)


def table_html(rows: Sequence[Row], table: IndicatorTable, plan: Plan) -> str:
    """The lines as a table, with the notes printed under it."""
    if not rows:
        return f'<p class="jw-none" role="status">{wording("web_indicators.none")}</p>'
    head = "".join(f'<th scope="col">{wording(f"web_figures.{name}")}</th>' for name in HEADS)
    notes = "".join(f"<p>{html.escape(plan.slice(note.span))}</p>" for note in table.notes)
    title = html.escape(table.title)
    return (
        f'<div class="jw-scroll" tabindex="0" role="region" aria-label="{title}"><table class="jw-table jw-indicators">'
        f'<caption class="jw-sr">{title}</caption><thead><tr>{head}</tr></thead>'
        f'<tbody>{"".join(map(_row_html, rows))}</tbody></table></div><div class="jw-notes">{notes}</div>'
    )


def chart_html(rows: Sequence[Row]) -> str:
    """A pair of bars for each line that has a figure in both years."""
    cards = "".join(
        f'<div class="jw-bar-card"><h4>{html.escape(row.indicator.full_name)}</h4>'
        f"{bar_pair(row.indicator.full_name, row.indicator.unit, row.indicator.expected_2020 or '', row.indicator.target_2025 or '')}"
        f'<p class="jw-change">{_change(row)}<a class="jw-visit" href="#{row.anchor}">{pages_in_words([row.page])}</a></p></div>'
        for row in rows
        if row.before is not None and row.after is not None
    )
    if not cards:
        return ""
    return f'<h3 class="jw-chart-title">{wording("web_indicators.chart")}</h3><div class="jw-bar-cards">{cards}</div>'


def _row_html(row: Row) -> str:
    page = pages_in_words([row.page])
    number_, category, name, unit, *values, attribute, _ = row.cells()
    cells = "".join(
        f'<td><a class="jw-visit" href="#{row.anchor}" title="{page}">{html.escape(value)}</a></td>'
        if value
        else "<td>———</td>"
        for value in values
    )
    return (
        f'<tr><td>{number_}</td><td>{html.escape(category)}</td><th scope="row">{html.escape(name)}</th><td>{html.escape(unit)}</td>'
        f'{cells}<td>{html.escape(attribute)}</td><td><a class="jw-visit" href="#{row.anchor}">{page}</a></td></tr>'
    )


def _change(row: Row) -> str:
    if row.change is None:
        return ""
    return f"<span>{wording('web_indicators.change', percent=f'{row.change * 100:+.1f}%')}</span>"

"""The table of 主要指标: filtered, sorted, drawn, every cell with its page."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from bot.web.markup import tag
from bot.web.message import bar_pair
from ingest.place import pages_in_words
from ingest.plan import Indicator, IndicatorTable, Plan
from ingest.sounds import spell
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
        return sorted(picked, key=lambda row: spell(row.indicator.full_name))
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
        return str(tag("p", wording("web_indicators.none"), class_="jw-none", role="status"))
    heads = [tag("th", wording(f"web_figures.{name}"), scope="col") for name in HEADS]
    made = tag(
        "table",
        tag("caption", table.title, class_="jw-sr"),
        tag("thead", tag("tr", *heads)),
        tag("tbody", *map(_row_html, rows)),
        class_="jw-table jw-indicators",
    )
    notes = [tag("p", plan.slice(note.span)) for note in table.notes]
    scroll = tag("div", made, class_="jw-scroll", tabindex=0, role="region", aria_label=table.title)
    return str(scroll + tag("div", *notes, class_="jw-notes"))


def chart_html(rows: Sequence[Row]) -> str:
    """A pair of bars for each line that has a figure in both years."""
    cards = [_chart_card(row) for row in rows if row.before is not None and row.after is not None]
    if not cards:
        return ""
    title = tag("h3", wording("web_indicators.chart"), class_="jw-chart-title")
    return str(title + tag("div", *cards, class_="jw-bar-cards"))


def _row_html(row: Row) -> Markup:
    page = pages_in_words([row.page])
    number_, category, name, unit, *values, attribute, _ = row.cells()
    cells = [
        tag("td", tag("a", value, class_="jw-visit", href=f"#{row.anchor}", title=page) if value else "———")
        for value in values
    ]
    starts = (tag("td", number_), tag("td", category), tag("th", name, scope="row"), tag("td", unit))
    cited = tag("td", tag("a", page, class_="jw-visit", href=f"#{row.anchor}"))
    return tag("tr", *starts, *cells, tag("td", attribute), cited)


def _chart_card(row: Row) -> Markup:
    i = row.indicator
    bars = bar_pair(i.full_name, i.unit, i.expected_2020 or "", i.target_2025 or "")
    change = (
        "" if row.change is None else wording("web_indicators.change", percent=f"{row.change * 100:+.1f}%")
    )
    page = tag("a", pages_in_words([row.page]), class_="jw-visit", href=f"#{row.anchor}")
    foot = tag("p", tag("span", change), page, class_="jw-change")
    return tag("div", tag("h4", i.full_name), bars, foot, class_="jw-bar-card")

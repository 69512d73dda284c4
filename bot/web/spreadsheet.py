"""主要指标 as CSV and XLSX; no cell is ever taken for a formula."""

import csv
import io
from collections.abc import Sequence

from bot.web.indicators import HEADS, Row, number
from prompts import wording

# How a spreadsheet program recognises a formula: https://owasp.org/www-community/attacks/CSV_Injection
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_WIDTHS = {"name": 44, "annual": 20, "category": 12, "unit": 12}


def safe_cell(text: str) -> str:
    """`text` with an apostrophe before it where a spreadsheet would read a formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def as_csv(rows: Sequence[Row]) -> bytes:
    """The lines as CSV with a byte order mark, without which Excel shows Chinese as noise."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(_heads())
    writer.writerows([safe_cell(cell) for cell in row.cells()] for row in rows)
    return out.getvalue().encode("utf-8-sig")


def as_xlsx(rows: Sequence[Row], title: str, source: str) -> bytes:
    """The lines as an Excel workbook; figures are numbers, all else is text.

    Args:
        rows: the lines.
        title: of the table, for the first line.
        source: where it is from, for the last line.
    """
    from openpyxl import Workbook
    from openpyxl.styles import Alignment, Font, PatternFill
    from openpyxl.utils import get_column_letter

    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = wording("web_indicators.sheet")
    lines = [[title], _heads(), *(list(row.cells()) for row in rows), [], [source]]
    for y, line in enumerate(lines, 1):
        for x, value in enumerate(line, 1):
            cell = sheet.cell(y, x)
            figure = number(value) if y > 2 else None
            if figure is not None:
                cell.value = int(figure) if figure.is_integer() and "." not in value else figure
            else:
                cell.value = value
                cell.data_type = "s"  # a text that begins with "=" would become a formula
            cell.alignment = Alignment(vertical="center", wrap_text=y > 1)
    sheet["A1"].font = Font(bold=True, size=14)
    for x, name in enumerate(HEADS, 1):
        sheet.cell(2, x).font = Font(bold=True)
        sheet.cell(2, x).fill = PatternFill("solid", fgColor="D6EAE0")
        sheet.column_dimensions[get_column_letter(x)].width = _WIDTHS.get(name, 11)
    sheet.freeze_panes = "A3"
    for y in (1, len(lines)):
        sheet.merge_cells(start_row=y, start_column=1, end_row=y, end_column=len(HEADS))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _heads() -> list[str]:
    return [wording(f"web_figures.{name}") for name in HEADS]

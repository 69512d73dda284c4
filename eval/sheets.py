"""Spreadsheets that are safe to open: no cell of them is ever taken for a formula."""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from eval.records import EvaluationError

if TYPE_CHECKING:
    from openpyxl.cell import Cell

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
_ESCAPED = re.compile("_(x[0-9A-Fa-f]{4}_)")
_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]")
Row = Sequence[str | int | float | bool | None]


@dataclass(frozen=True)
class Sheet:
    """A sheet to write: its name, its head, its rows, widths of columns in characters."""

    name: str
    head: Sequence[str]
    rows: Iterable[Row]
    widths: Sequence[int] = ()


def write_xlsx(path: Path, sheets: Sequence[Sheet]) -> None:
    """Write a workbook; texts are stored as texts, with the mark that keeps them so when edited."""
    from openpyxl import Workbook
    from openpyxl.styles import Alignment, Font, PatternFill
    from openpyxl.utils import get_column_letter

    workbook = Workbook()
    workbook.remove(workbook.active)
    for sheet in sheets:
        page = workbook.create_sheet(sheet.name)
        for column, head in enumerate(sheet.head, 1):
            cell = page.cell(1, column)
            _fill(cell, head)
            cell.font = Font(bold=True)
            cell.fill = PatternFill("solid", fgColor="E8EEF4")
        for number, row in enumerate(sheet.rows, 2):
            for column, value in enumerate(row, 1):
                cell = page.cell(number, column)
                _fill(cell, value)
                if isinstance(value, str):
                    cell.alignment = Alignment(wrap_text=True, vertical="top")
        for column, width in enumerate(sheet.widths, 1):
            page.column_dimensions[get_column_letter(column)].width = width
        page.freeze_panes = "A2"
        page.auto_filter.ref = page.dimensions
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.name + ".part")
    workbook.save(part)
    part.replace(path)


def write_csv(path: Path, head: Sequence[str], rows: Iterable[Row]) -> None:
    """Write CSV (UTF-8 with a mark); what a spreadsheet would take for a formula gets a quote before it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8-sig", errors="backslashreplace", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([_quoted(value) for value in head])
        writer.writerows([[_quoted(value) for value in row] for row in rows])


def read_rows(path: Path) -> list[list[str]]:
    """The rows of a CSV file or of the first sheet of a workbook, every cell as text.

    Raises:
        EvaluationError: the file cannot be read or is neither.
    """
    try:
        if path.suffix.lower() == ".xlsx":
            return _read_xlsx(path)
        if path.suffix.lower() == ".csv":
            return _read_csv(path)
    except OSError as error:
        raise EvaluationError(f"读不到 {path}：{error.strerror}") from error
    raise EvaluationError(f"{path.name} 不是 .xlsx 或 .csv 文件。")


def _read_xlsx(path: Path) -> list[list[str]]:
    from zipfile import BadZipFile

    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        # A formula is read as its own text: it is never computed here.
        workbook = load_workbook(path, read_only=True, data_only=False)
    except (BadZipFile, InvalidFileException, KeyError, ValueError) as error:
        raise EvaluationError(f"{path.name} 不是可读的 xlsx 文件：{error}") from error
    try:
        rows = workbook.worksheets[0].iter_rows(values_only=True)
        return [["" if value is None else _printable_again(_text(value)) for value in row] for row in rows]
    finally:
        workbook.close()


def _read_csv(path: Path) -> list[list[str]]:
    raw = path.read_bytes()
    for encoding in ("utf-8-sig", "gb18030"):  # what Chinese spreadsheet programs save
        try:
            text = raw.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise EvaluationError(f"{path.name} 的编码无法识别，请另存为 UTF-8 的 CSV。")
    return [[_unquoted(value) for value in row] for row in csv.reader(io.StringIO(text, newline=""))]


def _fill(cell: "Cell", value: object) -> None:
    if isinstance(value, str):
        cell.value = _printable(value)
        cell.data_type = "s"
        cell.quotePrefix = True
    else:
        cell.value = value


def _printable(text: str) -> str:
    # What XML cannot hold is written as OOXML does, _x0001_; what looks like that gets its first sign so.
    text = _ESCAPED.sub(r"_x005F_\1", text)
    return _UNPRINTABLE.sub(lambda match: f"_x{ord(match.group()):04X}_", text)


def _printable_again(text: str) -> str:
    return re.sub("_x([0-9A-Fa-f]{4})_", lambda match: chr(int(match.group(1), 16)), text)


def _quoted(value: object) -> object:
    if isinstance(value, str) and value.startswith((*_FORMULA, "'")):
        return f"'{value}"
    return value


def _unquoted(value: str) -> str:
    return value[1:] if value.startswith("'") and value[1:].startswith((*_FORMULA, "'")) else value


def _text(value: object) -> str:
    # A spreadsheet makes numbers of what looks like one: 10 comes back as 10.0.
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)

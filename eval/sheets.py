"""Spreadsheets that are safe to open: no cell of them is ever taken for a formula."""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from eval.records import EvaluationError

if TYPE_CHECKING:
    from openpyxl.cell import Cell

_MOST_BYTES = 200 * 2**20  # of a workbook, unpacked
_MOST_CELLS = 2_000_000
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
    from zipfile import ZipFile

    from openpyxl import load_workbook

    try:
        with ZipFile(path) as archive:
            if sum(part.file_size for part in archive.infolist()) > _MOST_BYTES:
                raise EvaluationError(
                    f"{path.name} 解压后太大（最多 {_MOST_BYTES // 2**20} MiB），没有读取。"
                )
        # A formula is read as its own text: it is never computed here.
        with closing(load_workbook(path, read_only=True, data_only=False)) as workbook:
            return _rows(workbook.worksheets[0].iter_rows(values_only=True), path)
    except (EvaluationError, OSError):
        raise
    except Exception as error:  # whatever a torn part makes zipfile, an XML parser or openpyxl raise
        raise EvaluationError(f"{path.name} 不是可读的 xlsx 文件：{type(error).__name__} {error}") from error


def _rows(found: Iterable[Sequence[object]], path: Path) -> list[list[str]]:
    rows: list[list[str]] = []
    cells = 0
    for row in found:
        cells += max(1, len(row))
        if cells > _MOST_CELLS:  # one cell far below and right makes a sheet of milliards
            raise EvaluationError(f"{path.name} 的单元格太多（最多 {_MOST_CELLS} 个），没有读取。")
        rows.append(["" if value is None else _printable_again(_text(value)) for value in row])
    return rows


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
    try:
        return [[_unquoted(value) for value in row] for row in csv.reader(io.StringIO(text, newline=""))]
    except (
        csv.Error
    ) as error:  # a cell of more than 131,072 characters: a quotation mark that is never closed
        raise EvaluationError(f"{path.name} 不是可读的 csv 文件，请检查引号是否成对：{error}") from error


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

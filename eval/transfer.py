"""Known answers as spreadsheets and back: one row a record, nothing lost, bad rows told by row and column."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eval.labels import labels
from eval.records import EvaluationError, KnownAnswer, Place, parse_record
from eval.sheets import Row, Sheet, read_rows, write_csv, write_xlsx

_PLACE_WORDS = {"chapter": "章", "section": "节", "box": "专栏", "term": "名词", "indicator": "指标"}
_PLACE = re.compile(r"(章|节|专栏|名词|指标|页)\s*(\d+(?:\s*[,，、]\s*\d+)*)")
_SEPARATOR = " / "
_NAMED = {"kind": "类型", "user": "用户", "noise": "干扰", "ability": "能力", "status": "状态"}
# column: its head, its width, what to write in it (for the sheet that explains)
COLUMNS: dict[str, tuple[str, int, str]] = {
    "id": ("编号", 10, "唯一，如 d-001"),
    "split": ("部分", 8, "dev（开发集）或 test（测试集）"),
    "question": ("问题", 40, "用户原样输入的问题"),
    "history": ("前文", 30, "追问之前的问题，每行一句；没有则留空"),
    "kind": ("类型", 12, ""),
    "user": ("用户", 14, ""),
    "noise": ("干扰", 10, "可留空。"),
    "ability": ("能力", 10, "可留空。"),
    "status": ("状态", 12, ""),
    "facts": ("要点", 36, "每行一个要点；同一要点的不同写法用“ / ”隔开。应拒答的问题留空"),
    "forbidden": ("不得出现", 18, "每行一个；没有则留空"),
    "places": (
        "出处",
        32,
        "每行一处，如：章10 节1 页88；章5 节2 专栏16 页46,47；名词17 页139；指标18 页10。节0 为章的引言",
    ),
    "author": ("作者", 10, "谁写的"),
    "why": ("缘由", 30, "为什么要有这一条"),
}


@dataclass(frozen=True)
class BadCell:
    """A cell that cannot be read: its row (from 1, the head is row 1), its column, what is wrong."""

    row: int
    column: str
    message: str

    def __str__(self) -> str:
        return f"第 {self.row} 行“{self.column}”列：{self.message}"


def export_known(path: Path, records: Iterable[KnownAnswer]) -> None:
    """Write records as .xlsx or .csv, by the path's ending.

    Raises:
        EvaluationError: the ending is neither.
    """
    rows = [_row(record) for record in records]
    heads = [head for head, _, _ in COLUMNS.values()]
    if path.suffix.lower() == ".csv":
        write_csv(path, heads, rows)
    elif path.suffix.lower() == ".xlsx":
        widths = [width for _, width, _ in COLUMNS.values()]
        write_xlsx(
            path,
            [
                Sheet("已知答案", heads, rows, widths),
                Sheet("填写说明", ("列", "怎么填"), _guide(), (12, 100)),
            ],
        )
    else:
        raise EvaluationError(f"导出文件应以 .xlsx 或 .csv 结尾，实为 {path.name}。")


def import_known(path: Path) -> tuple[list[KnownAnswer], list[BadCell]]:
    """Read records from .xlsx or .csv; columns may stand in any order, empty rows are passed over.

    Raises:
        EvaluationError: the file cannot be read, or a column is missing or unknown.
    """
    rows = read_rows(path)
    if not rows:
        raise EvaluationError(f"{path.name} 是空的。")
    by_head = {head: key for key, (head, _, _) in COLUMNS.items()}
    heads = [head.strip() for head in rows[0]]
    missing = [head for head in by_head if head not in heads]
    unknown = [head for head in heads if head and head not in by_head]
    if missing or unknown:
        told = [f"缺少列：{'、'.join(missing)}"] if missing else []
        told += [f"没有这样的列：{'、'.join(unknown)}"] if unknown else []
        raise EvaluationError(
            f"{path.name} 的表头不对，{'；'.join(told)}。可用 python -m eval export --template 得到模板。"
        )
    records: list[KnownAnswer] = []
    bad: list[BadCell] = []
    for number, cells in enumerate(rows[1:], 2):
        if not any(cell.strip() for cell in cells):
            continue
        row = {by_head[head]: cell for head, cell in zip(heads, cells, strict=False) if head}
        record, wrong = _read_row(row)
        bad += [BadCell(number, COLUMNS[key][0] if key in COLUMNS else "", message) for key, message in wrong]
        if record is not None and not wrong:
            records.append(record)
    return records, bad


def place_text(place: Place) -> str:
    """A place as it is written in a cell: 章10 节1 页88."""
    parts = [
        f"{word}{value}" for key, word in _PLACE_WORDS.items() if (value := getattr(place, key)) is not None
    ]
    return " ".join(parts + ([f"页{','.join(map(str, place.pages))}"] if place.pages else []))


def _row(record: KnownAnswer) -> Row:
    history = [
        turn if isinstance(turn, str) else f"{turn['role']}: {turn['content']}" for turn in record.history
    ]
    values: dict[str, Any] = {
        "id": record.id,
        "split": record.split,
        "question": record.question,
        "history": _lines(history),
        "facts": _lines(
            [_SEPARATOR.join(_escaped(form, "/") for form in fact) for fact in record.facts], done=True
        ),
        "forbidden": _lines(record.forbidden),
        "places": "\n".join(place_text(place) for place in record.places),
        "author": record.author,
        "why": record.why,
    }
    for group in _NAMED:
        value = getattr(record, group)
        values[group] = "" if value is None else labels(group)[value]
    return [values[key] for key in COLUMNS]


def _read_row(row: dict[str, str]) -> tuple[KnownAnswer | None, list[tuple[str, str]]]:
    wrong: list[tuple[str, str]] = []
    data: dict[str, Any] = {key: row.get(key, "") for key in ("id", "question", "author", "why")}
    data["id"] = data["id"].strip()
    for group in _NAMED:
        cell = row.get(group, "").strip()
        names = {name: value for value, name in labels(group).items()}
        if cell and cell not in names and cell not in labels(group):
            wrong.append((group, f"“{cell}”不在可选值中：{'、'.join(names)}"))
        data[group] = names.get(cell, cell) or None
    data["history"] = [_turn(line) for line in _unlines(row.get("history", ""))]
    data["forbidden"] = _unlines(row.get("forbidden", ""))
    data["facts"] = [
        _forms(line) for line in row.get("facts", "").replace("\r\n", "\n").split("\n") if line.strip()
    ]
    data["places"] = []
    for line in row.get("places", "").replace("\r\n", "\n").split("\n"):
        if line.strip():
            place, message = _read_place(line)
            data["places"].append(place)
            wrong += [("places", message)] if message else []
    split = row.get("split", "").strip()
    if split not in ("dev", "test"):
        wrong.append(("split", f"应为 dev 或 test，实为“{split}”"))
    told = {key for key, _ in wrong}
    record, more = parse_record(data, split)
    return record, wrong + [(key, message) for key, message in more if key not in told]


def _read_place(line: str) -> tuple[dict[str, Any], str]:
    place: dict[str, Any] = {}
    words = {word: key for key, word in _PLACE_WORDS.items()}
    for word, digits in _PLACE.findall(line):
        numbers = [int(number) for number in re.split(r"\s*[,，、]\s*", digits)]
        if word == "页":
            place["pages"] = numbers
        elif len(numbers) > 1:
            return {}, f"“{line.strip()}”中的“{word}”只能有一个数"
        else:
            place[words[word]] = numbers[0]
    rest = re.sub(r"[\s;；·]+", "", _PLACE.sub("", line))
    if rest or not place:
        return {}, f"“{line.strip()}”无法识别，应如：章10 节1 页88"
    return place, ""


def _turn(line: str) -> str | dict[str, str]:
    match = re.match(r"^(user|assistant): (.*)$", line, re.S)
    return {"role": match.group(1), "content": match.group(2)} if match else line


def _forms(line: str) -> list[str]:
    return [_unescaped(form) for form in re.split(r"(?<!\\) / ", line)]


def _lines(items: Sequence[str], *, done: bool = False) -> str:
    return "\n".join(item if done else _escaped(item, "") for item in items)


def _unlines(cell: str) -> list[str]:
    return [_unescaped(line) for line in cell.replace("\r\n", "\n").split("\n") if line.strip()]


def _escaped(text: str, separator: str) -> str:
    # A line break or a separator inside a text would be read as one between texts.
    text = text.replace("\\", "\\\\").replace("\n", "\\n")
    return text.replace(" / ", "\\ / ") if separator else text


def _unescaped(text: str) -> str:
    return re.sub(r"\\(.)", lambda match: "\n" if match.group(1) == "n" else match.group(1), text)


def _guide() -> list[Row]:
    rows: list[Row] = []
    for key, (head, _, told) in COLUMNS.items():
        options = f"可选：{'、'.join(_options(key))}" if key in _NAMED else ""
        rows.append((head, f"{told}{options}"))
    return rows


def _options(key: str) -> list[str]:
    found = labels(key)
    return [name for value, name in found.items() if not (key == "status" and value == "partial")]

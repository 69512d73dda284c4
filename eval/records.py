"""Known answers: what a right answer to a question must hold, and where in the plan it stands."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from eval.labels import labels
from ingest.errors import JiwenError

KNOWN = Path(__file__).resolve().parent / "known"
SPLITS = ("dev", "test")
REFUSALS = ("not_in_plan", "out_of_scope", "invalid")
_STATUSES = ("answered", *REFUSALS)
_PLACE_KEYS = ("chapter", "section", "box", "term", "indicator")


class EvaluationError(JiwenError):
    """The evaluation cannot go on; the message says which file or option and what to do."""


@dataclass(frozen=True)
class Place:
    """A place of the plan that a right answer may cite; section 0 is a chapter's introduction."""

    chapter: int | None = None
    section: int | None = None
    box: int | None = None
    term: int | None = None
    indicator: int | None = None
    pages: tuple[int, ...] = ()


@dataclass(frozen=True)
class KnownAnswer:
    """One known answer.

    Attributes:
        id: unique over both splits.
        question: as typed by the user.
        history: what was said before, oldest first: the user's earlier questions, or messages with
            "role" and "content".
        kind, user, noise, ability: the classes it is counted under (`labels.toml`).
        status: what the system should do; `partial` counts as answered.
        facts: each inner tuple holds alternatives, one of which the answer must hold.
        forbidden: texts the answer must not hold.
        places: acceptable places; any of them may be cited.
        author, why: who wrote it and why it is there.
        split: "dev" or "test", told by the file it stands in.
    """

    id: str
    question: str
    history: tuple[Any, ...]
    kind: str
    user: str
    noise: str | None
    ability: str | None
    status: str
    facts: tuple[tuple[str, ...], ...]
    forbidden: tuple[str, ...]
    places: tuple[Place, ...]
    author: str
    why: str
    split: str = "dev"

    @property
    def answerable(self) -> bool:
        """Whether the plan answers the question."""
        return self.status not in REFUSALS

    @property
    def chapter(self) -> int | None:
        """The chapter of its first acceptable place that has one, under which it is counted."""
        return next((place.chapter for place in self.places if place.chapter is not None), None)

    def to_json(self) -> dict[str, Any]:
        """The record as one object of a known-answers file; the split is the file's."""
        record = asdict(self)
        del record["split"]
        plain: dict[str, Any] = json.loads(json.dumps(record))  # tuples become lists
        return plain


@dataclass(frozen=True)
class Problem:
    """What is wrong with a record: where it stands, the field, and what to do about it."""

    file: str
    line: int
    field: str
    message: str
    fatal: bool = True

    def __str__(self) -> str:
        mark = "" if self.fatal else "（提示）"
        field = f"字段 {self.field}：" if self.field else ""
        return f"{self.file} 第 {self.line} 行：{mark}{field}{self.message}"


@dataclass(frozen=True)
class Located:
    """A record with the file and line it was read from."""

    record: KnownAnswer
    file: str
    line: int


def known_path(split: str, folder: Path = KNOWN) -> Path:
    """The file of a split."""
    return folder / f"{split}.jsonl"


def read_known(path: Path, split: str) -> tuple[list[Located], list[Problem]]:
    """Read a known-answers file; lines that are no record become problems.

    Raises:
        EvaluationError: the file cannot be read.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise EvaluationError(f"没有找到已知答案文件 {path.name}（位于 {path.parent}）。") from error
    except UnicodeDecodeError as error:
        raise EvaluationError(
            f"{path.name} 不是 UTF-8 编码（第 {error.start} 字节），请另存为 UTF-8。"
        ) from error
    except OSError as error:
        raise EvaluationError(f"读不到 {path.name}：{error.strerror}") from error
    found: list[Located] = []
    problems: list[Problem] = []
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            data = json.loads(line)
        except (ValueError, RecursionError) as error:
            problems.append(Problem(path.name, number, "", f"不是合法的 JSON：{error}"))
            continue
        record, wrong = parse_record(data, split)
        problems += [Problem(path.name, number, field, message) for field, message in wrong]
        if record is not None:
            found.append(Located(record, path.name, number))
    return found, problems


def load_known(split: str, folder: Path = KNOWN) -> list[KnownAnswer]:
    """The known answers of "dev", "test" or "all".

    Raises:
        EvaluationError: a file is missing or a line is no record; the message names every such line.
    """
    records: list[KnownAnswer] = []
    for name in SPLITS if split == "all" else (split,):
        located, problems = read_known(known_path(name, folder), name)
        if problems:
            shown = "\n".join(str(problem) for problem in problems[:20])
            raise EvaluationError(
                f"已知答案文件有 {len(problems)} 处错误，请改正后再运行（python -m eval check）：\n{shown}"
            )
        records += [item.record for item in located]
    return records


def write_known(path: Path, records: Iterable[KnownAnswer]) -> None:
    """Write records as JSON lines, all or nothing."""
    lines = [json.dumps(record.to_json(), ensure_ascii=False) for record in records]
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(path.suffix + ".part")
    # A lone surrogate has no UTF-8; Python's escape for it is JSON's as well.
    part.write_text("".join(line + "\n" for line in lines), encoding="utf-8", errors="backslashreplace")
    part.replace(path)


def parse_record(data: object, split: str) -> tuple[KnownAnswer | None, list[tuple[str, str]]]:
    """Make a record of parsed JSON; gives None and what is wrong, by field, where it is none."""
    if not isinstance(data, Mapping):
        return None, [("", f"应为一个对象，实为 {type(data).__name__}")]
    reader = _FieldReader(data)
    record = KnownAnswer(
        id=reader.text("id"),
        question=reader.text("question", strip=False),
        history=reader.history(),
        kind=reader.choice("kind", tuple(labels("kind"))),
        user=reader.choice("user", tuple(labels("user"))),
        noise=reader.optional_choice("noise", tuple(labels("noise"))),
        ability=reader.optional_choice("ability", tuple(labels("ability"))),
        status=reader.choice("status", _STATUSES),
        facts=reader.facts(),
        forbidden=reader.texts("forbidden"),
        places=reader.places(),
        author=reader.text("author"),
        why=reader.text("why"),
        split=split,
    )
    unknown = set(data) - {*KnownAnswer.__dataclass_fields__}
    for key in sorted(unknown):
        reader.wrong.append((key, "没有这个字段，请检查拼写"))
    return (None, reader.wrong) if reader.wrong else (record, [])


class _FieldReader:
    def __init__(self, data: Mapping[str, Any]) -> None:
        self.data = data
        self.wrong: list[tuple[str, str]] = []

    def text(self, key: str, *, strip: bool = True) -> str:
        value = self.data.get(key)
        if not isinstance(value, str):
            self.wrong.append((key, "缺少" if key not in self.data else f"应为文字，实为 {value!r}"))
            return ""
        # A question may be blank on purpose (an invalid input is a class of its own).
        if strip and not value.strip():
            self.wrong.append((key, "不能为空"))
        return value

    def choice(self, key: str, allowed: tuple[str, ...]) -> str:
        return self.optional_choice(key, allowed, required=True) or ""

    def optional_choice(self, key: str, allowed: tuple[str, ...], *, required: bool = False) -> str | None:
        value = self.data.get(key)
        if value is None and not required:
            return None
        if not isinstance(value, str) or value not in allowed:
            shown = "缺少" if key not in self.data else f"{value!r} 不在可选值中"
            self.wrong.append((key, f"{shown}，可选：{'、'.join(allowed)}{'' if required else '，或留空'}"))
            return None
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        value = self.data.get(key, [])
        if not isinstance(value, list) or not all(isinstance(item, str) and item.strip() for item in value):
            self.wrong.append((key, "应为文字的列表，各项不能为空"))
            return ()
        return tuple(value)

    def history(self) -> tuple[Any, ...]:
        value = self.data.get("history", [])
        if not isinstance(value, list):
            self.wrong.append(("history", "应为列表"))
            return ()
        for i, turn in enumerate(value, 1):
            message = isinstance(turn, dict) and {"role", "content"} <= set(turn)
            if not (isinstance(turn, str) or message):
                self.wrong.append(("history", f"第 {i} 项应为文字，或带 role 和 content 的对象"))
        return tuple(value)

    def facts(self) -> tuple[tuple[str, ...], ...]:
        value = self.data.get("facts", [])
        if not isinstance(value, list):
            self.wrong.append(("facts", "应为列表，每项是一组可互换的写法"))
            return ()
        for i, group in enumerate(value, 1):
            good = isinstance(group, list) and group and all(isinstance(a, str) and a.strip() for a in group)
            if not good:
                self.wrong.append(("facts", f"第 {i} 项应为至少一个写法的列表，各写法不能为空"))
                return ()
        return tuple(tuple(group) for group in value)

    def places(self) -> tuple[Place, ...]:
        value = self.data.get("places", [])
        if not isinstance(value, list):
            self.wrong.append(("places", "应为列表"))
            return ()
        return tuple(place for i, item in enumerate(value, 1) if (place := self._place(item, i)) is not None)

    def _place(self, item: object, i: int) -> Place | None:
        if not isinstance(item, dict):
            self.wrong.append(("places", f"第 {i} 项应为对象"))
            return None
        for key in sorted(set(item) - {*_PLACE_KEYS, "pages"}):
            self.wrong.append(("places", f"第 {i} 项没有字段 {key}，请检查拼写"))
        for key in _PLACE_KEYS:
            if not (item.get(key) is None or _whole(item[key])):
                self.wrong.append(("places", f"第 {i} 项的 {key} 应为整数或留空，实为 {item[key]!r}"))
                return None
        pages = item.get("pages", [])
        if not isinstance(pages, list) or not all(_whole(page) for page in pages):
            self.wrong.append(("places", f"第 {i} 项的 pages 应为页码的列表"))
            return None
        return Place(**{key: item.get(key) for key in _PLACE_KEYS}, pages=tuple(pages))


def _whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0

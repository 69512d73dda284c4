"""Questions that people ask and the plan does not answer: what is like them is likely not answered either.

One JSON object a line: {"question": …}. They help to judge and are never shown.
"""

import json
from pathlib import Path

from ingest.errors import IndexBuildError


def unanswered_path(source: Path) -> Path:
    """Where the unanswered questions of `source` are kept: beside it, `<name>.unanswered.jsonl`."""
    return source.with_name(f"{source.stem}.unanswered.jsonl")


def load_unanswered(path: Path) -> tuple[str, ...]:
    """Read the questions, each once; no file gives none.

    Raises:
        IndexBuildError: a line is no JSON object with a question; the message names the line.
    """
    if not path.exists():
        return ()
    found = []
    for number, line in enumerate(path.read_bytes().split(b"\n"), 1):
        if not line.strip():
            continue
        try:
            text = json.loads(line)["question"]
            if not isinstance(text, str):
                raise TypeError("question 应为字符串")
        except KeyError as error:
            raise _unreadable(path.name, number, f"缺少 {error}") from error
        except (ValueError, TypeError, RecursionError) as error:
            raise _unreadable(path.name, number, error) from error
        found.append(text.strip())
    return tuple(dict.fromkeys(filter(None, found)))


def _unreadable(name: str, line: int, reason: object) -> IndexBuildError:
    return IndexBuildError(f"未答问题文件 {name} 第 {line} 行无法读取：{reason}。请改正或删去这一行。")

"""Questions that people ask and the plan does not answer: what is like them is likely not answered either.

A text file beside the source, one question a line. They help to judge and are never shown.
"""

from pathlib import Path

from ingest.errors import IndexBuildError


def unanswered_path(source: Path) -> Path:
    """Where the unanswered questions of `source` are kept: beside it, `<name>.unanswered.txt`."""
    return source.with_name(f"{source.stem}.unanswered.txt")


def load_unanswered(path: Path) -> tuple[str, ...]:
    """Read the questions, each once; no file gives none.

    Raises:
        IndexBuildError: the file is no UTF-8 text.
    """
    if not path.exists():
        return ()
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except UnicodeDecodeError as error:
        raise IndexBuildError(f"{path.name} 不是 UTF-8 文本，请另存为 UTF-8 后重试。") from error
    return tuple(dict.fromkeys(line.strip() for line in lines if line.strip()))

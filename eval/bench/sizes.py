"""How much disk a set of packages takes once installed, with all that they need."""

from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, distribution, requires
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

NEEDED = {
    "tutorial": ("llama-index-core", "numpy"),
    "tutorial_bm25": ("llama-index-core", "bm25s"),
    "bm25s_jieba": ("bm25s", "jieba"),
    "bm25s_rjieba": ("bm25s", "rjieba"),
    "rank_bm25_jieba": ("rank-bm25", "jieba"),
    "chroma_filter": ("chromadb",),
}


def closure(requirements: Iterable[str]) -> set[str]:
    """The names of installed packages that `requirements` need, themselves included."""
    found: set[str] = set()
    seen: set[tuple[str, str]] = set()
    todo = [(Requirement(text), "") for text in requirements]
    while todo:
        wanted, extra = todo.pop()
        if wanted.marker and not wanted.marker.evaluate({"extra": extra}):
            continue
        name = canonicalize_name(wanted.name)
        for own in {"", *wanted.extras}:
            if (name, own) in seen:
                continue
            seen.add((name, own))
            try:
                needs = requires(name) or []
            except PackageNotFoundError:
                continue
            found.add(name)
            todo += [(Requirement(text), own) for text in needs]
    return found


def installed_bytes(names: Iterable[str]) -> int:
    """What the files of installed packages take, the bytecode compiled from them included."""
    paths: set[Path] = set()
    for name in names:
        for file in distribution(name).files or ():
            path = Path(str(file.locate()))
            paths.add(path)
            if path.suffix == ".py":
                paths.update((path.parent / "__pycache__").glob(f"{path.stem}.*.pyc"))
    return sum(path.stat().st_size for path in paths if path.is_file())


def folder_bytes(folder: Path) -> int:
    """What the files in a folder take."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())

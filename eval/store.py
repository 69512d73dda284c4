"""The store of finished answers: a run that was cut off goes on where it stopped.

One JSON line an answer, keyed by what was asked; one file a configuration, named by its fingerprint, so that
an answer of other code, text, prompts or settings is never taken for one of these.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from bot.answer import Answer, Citation

_KEEP = 6  # configurations whose answers are kept


class AnswerStore:
    """Answers of one configuration, in memory and in a file."""

    def __init__(self, folder: Path, fingerprint: str, *, fresh: bool = False) -> None:
        """Open the store.

        Args:
            folder: where the files lie.
            fingerprint: of the configuration.
            fresh: forget what is there and answer everything anew.
        """
        self.path = folder / f"answers-{fingerprint}.jsonl"
        folder.mkdir(parents=True, exist_ok=True)
        if fresh:
            self.path.unlink(missing_ok=True)
        self._found = self._read()
        _prune(folder, keep=self.path)

    def get(self, key: str) -> tuple[Answer, dict[str, float]] | None:
        """The finished answer to what `key` asks and what a model judged of it, or None."""
        entry = self._found.get(key)
        return None if entry is None else (answer_from_json(entry["answer"]), entry.get("judged", {}))

    def put(self, key: str, answer: Answer, judged: Mapping[str, float] | None = None) -> None:
        """Add a finished answer and write it at once."""
        entry = {"key": key, "answer": answer_to_json(answer), "judged": dict(judged or {})}
        self._found[key] = entry
        with self.path.open("a", encoding="utf-8", errors="backslashreplace") as file:
            file.write(json.dumps(entry, ensure_ascii=False) + "\n")

    def _read(self) -> dict[str, dict[str, Any]]:
        found: dict[str, dict[str, Any]] = {}
        if not self.path.exists():
            return found
        text = self.path.read_text(encoding="utf-8", errors="replace")
        if text and not text.endswith(
            "\n"
        ):  # cut off in mid-line: the next answer starts on a line of its own
            with self.path.open("a", encoding="utf-8") as file:
                file.write("\n")
        for line in text.split("\n"):
            try:
                entry = json.loads(line)
                answer_from_json(entry["answer"])
                found[entry["key"]] = entry
            except (ValueError, KeyError, TypeError, RecursionError):
                continue  # half-written: asked again
        return found


def answer_to_json(answer: Answer) -> dict[str, Any]:
    """The whole answer, trace and timings included, as JSON values."""
    found: dict[str, Any] = plain(asdict(answer))
    return found


def answer_from_json(data: Mapping[str, Any]) -> Answer:
    """The answer that `answer_to_json` was given."""
    citations = tuple(Citation(**{**item, "pages": tuple(item["pages"])}) for item in data["citations"])
    return Answer(**{**data, "citations": citations, "suggestions": tuple(data["suggestions"])})


def plain(value: object) -> Any:  # noqa: ANN401
    """A value with numpy's numbers, tuples and dataclasses as what JSON has; anything else as its text."""
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(item) for item in value]
    if isinstance(value, np.ndarray | np.generic):
        return value.tolist()
    return value if value is None or isinstance(value, str | int | float | bool) else str(value)


def _prune(folder: Path, keep: Path) -> None:
    others = [path for path in folder.glob("answers-*.jsonl") if path != keep]
    for path in sorted(others, key=lambda path: path.stat().st_mtime, reverse=True)[_KEEP - 1 :]:
        path.unlink(missing_ok=True)

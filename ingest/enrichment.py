"""Questions and keywords for passages (doc2query): they help finding and are never shown or quoted.

One JSON object a line: {"id", "fingerprint", "questions": [...], "keywords": [...]}, and, where questions
were written for single sentences, "sentences": [{"text", "questions": [...]}, ...] with the beginning of each
sentence as it stands in the passage. Beside "questions" there may be "known" ones: the training questions
that have their answer there (`eval/fit_known.py` writes them). An entry whose fingerprint no longer fits its
passage is left out: it was written for another text.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from llama_index.core.schema import TextNode

from ingest.errors import IndexBuildError
from ingest.passages import passage_fingerprint


@dataclass(frozen=True)
class Enrichment:
    """What people would ask to get a passage, and their words for its official ones.

    Attributes:
        questions: about the passage.
        keywords: everyday words for what it says.
        sentences: beginnings of its sentences, with the questions that the sentence answers.
    """

    questions: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    sentences: tuple[tuple[str, tuple[str, ...]], ...] = ()

    @property
    def every_question(self) -> tuple[str, ...]:
        """The questions about the passage, then those about its sentences."""
        return (*self.questions, *(text for _, questions in self.sentences for text in questions))


class WrittenQuestion(NamedTuple):
    """A question written for the passage at a position, or for its sentence that begins at a character."""

    passage: int
    at: int | None
    text: str


def written_questions(
    passages: Sequence[TextNode], enrichment: Mapping[str, Enrichment]
) -> list[WrittenQuestion]:
    """Every written question; the order is the same wherever they are indexed."""
    found = []
    for i, node in enumerate(passages):
        entry = enrichment.get(node.node_id, Enrichment())
        found += [WrittenQuestion(i, None, text) for text in entry.questions]
        for start, questions in entry.sentences:
            found += [WrittenQuestion(i, node.text.index(start), text) for text in questions]
    return found


def enrichment_path(source: Path) -> Path:
    """Where the questions for the passages of `source` are kept: beside it, `<name>.questions.jsonl`."""
    return source.with_suffix(".questions.jsonl")


def load_enrichment(path: Path, passages: Iterable[TextNode]) -> dict[str, Enrichment]:
    """Read the entries that fit `passages`, by passage id; no file gives none.

    Raises:
        IndexBuildError: a line is no JSON object with these keys; the message names the line.
    """
    return read_enrichment(path.read_bytes(), path.name, passages) if path.exists() else {}


def read_enrichment(content: bytes, name: str, passages: Iterable[TextNode]) -> dict[str, Enrichment]:
    """Read the entries of a file's `content`; `name` is the file's, for messages.

    Raises:
        IndexBuildError: as `load_enrichment`.
    """
    nodes = {node.node_id: node for node in passages}
    fingerprints = {key: passage_fingerprint(node) for key, node in nodes.items()}
    found: dict[str, Enrichment] = {}
    for number, line in enumerate(content.split(b"\n"), 1):
        if not line.strip():
            continue
        try:
            entry = json.loads(line)
            fits = fingerprints.get(entry["id"]) == entry["fingerprint"]
            enrichment = Enrichment(
                _asked(entry),
                _texts(entry["keywords"]),
                tuple((part["text"], _asked(part)) for part in entry.get("sentences", ())),
            )
            text = nodes[entry["id"]].text if fits else ""
            lost = [start for start, _ in enrichment.sentences if fits and start not in text]
        except KeyError as error:
            raise _unreadable(name, number, f"缺少 {error}") from error
        except (ValueError, TypeError, RecursionError) as error:
            raise _unreadable(name, number, error) from error
        if lost:
            raise _unreadable(name, number, f"段落中没有“{lost[0]}”")
        if fits:
            found[entry["id"]] = enrichment
    return found


def _asked(place: Mapping[str, object]) -> tuple[str, ...]:
    """The questions for a passage or a sentence, those of training last; each once."""
    return tuple(dict.fromkeys((*_texts(place["questions"]), *_texts(place.get("known", [])))))


def _texts(value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(text, str) for text in value):
        raise TypeError("questions 和 keywords 应为字符串的列表")
    return tuple(value)


def _unreadable(name: str, line: int, reason: object) -> IndexBuildError:
    return IndexBuildError(f"段落问句文件 {name} 第 {line} 行无法读取：{reason}。请改正或删去这一行。")
